// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of PPRAM: its areas do not overlap, are aligned, and are inside memory.
 */
#include <limits.h>
#include <string.h>

#include <colinux/guest.h>
#include <colinux/ring.h>

#include "suite.h"
#include "vm/boot.h"
#include "vm/layout.h"

#define MIB		(1ULL << 20)
#define MAX_RANGES	(6 + CO_MAX_DEVS * CO_DEV_QUEUES)

static struct err err;

struct range {
	uint64_t start;
	uint64_t end;
};

static struct layout example(void)
{
	return (struct layout) {
		.mem_size = 64 * MIB,
		.kernel_end = 20 * MIB + 1234,
		.cmdline_size = 77,
		.tables_size = 3 * 4096,
		.initrd_size = 5 * MIB + 1,
	};
}

static int collect(const struct layout *l, struct range *r)
{
	int n = 0;

	r[n++] = (struct range) { 0, l->kernel_end };
	r[n++] = (struct range) { l->boot_gpa,
				  l->boot_gpa + sizeof(struct co_boot_info) };
	r[n++] = (struct range) { l->cmdline_gpa,
				  l->cmdline_gpa + l->cmdline_size };
	r[n++] = (struct range) { l->dev_gpa, l->dev_gpa +
				  CO_MAX_DEVS * sizeof(struct co_dev) };
	for (int slot = 0; slot < CO_MAX_DEVS; slot++)
		for (int q = 0; q < CO_DEV_QUEUES; q++)
			if (layout_queue_size(slot, q))
				r[n++] = (struct range) {
					l->queue_gpa[slot][q],
					l->queue_gpa[slot][q] +
					co_queue_bytes(layout_queue_size(slot, q))
				};
	r[n++] = (struct range) { l->tables_gpa,
				  l->tables_gpa + l->tables_size };
	r[n++] = (struct range) { l->initrd_gpa,
				  l->initrd_gpa + l->initrd_size };
	return n;
}

START_TEST(nothing_overlaps)
{
	struct layout l = example();
	struct range r[MAX_RANGES];
	int n;

	ck_assert_int_eq(layout_make(&l, &err), 0);
	n = collect(&l, r);
	for (int i = 0; i < n; i++) {
		ck_assert_uint_le(r[i].end, l.end);
		for (int j = 0; j < i; j++)
			ck_assert(r[i].start >= r[j].end ||
				  r[j].start >= r[i].end);
	}
	/* All parts except kernel and initrd are in the area. */
	for (int i = 1; i < n - 1; i++) {
		ck_assert_uint_ge(r[i].start, l.area_gpa);
		ck_assert_uint_le(r[i].end, l.area_gpa + l.area_size);
	}
}
END_TEST

START_TEST(aligned)
{
	struct layout l = example();

	ck_assert_int_eq(layout_make(&l, &err), 0);
	ck_assert_uint_eq(l.area_gpa % 4096, 0);
	ck_assert_uint_eq(l.area_size % 4096, 0);
	ck_assert_uint_eq(l.boot_gpa % 8, 0);
	ck_assert_uint_eq(l.dev_gpa % 8, 0);
	ck_assert_uint_eq(l.tables_gpa % 4096, 0);
	ck_assert_uint_eq(l.initrd_gpa % 4096, 0);
	for (int slot = 0; slot < CO_MAX_DEVS; slot++)
		for (int q = 0; q < CO_DEV_QUEUES; q++)
			ck_assert_uint_eq(l.queue_gpa[slot][q] % 64, 0);
}
END_TEST

START_TEST(no_initrd)
{
	struct layout l = example();

	l.initrd_size = 0;
	ck_assert_int_eq(layout_make(&l, &err), 0);
	ck_assert_uint_eq(l.initrd_gpa, 0);
	ck_assert_uint_eq(l.end, l.area_gpa + l.area_size);
}
END_TEST

/* The message names the least amount of memory that is enough. */
START_TEST(too_little_memory)
{
	struct layout l = example();
	unsigned long mib;

	l.mem_size = 28 * MIB;
	ck_assert_int_eq(layout_make(&l, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "mem=28: too little"));
	mib = strtoul(strstr(err.text, "give mem=") + 9, NULL, 10);
	l.mem_size = mib * MIB;
	ck_assert_int_eq(layout_make(&l, &err), 0);
	l.mem_size -= CO_CHUNK_SIZE;
	ck_assert_int_eq(layout_make(&l, &err), -1);
}
END_TEST

START_TEST(too_large_initrd)
{
	struct layout l = example();

	l.mem_size = 4096 * MIB;
	l.initrd_size = 480 * MIB;
	ck_assert_int_eq(layout_make(&l, &err), 0);
	l.initrd_size = 495 * MIB;
	ck_assert_int_eq(layout_make(&l, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "must end below 512"));
}
END_TEST

/* Each slot is for one unit of one kind, and the kinds fill the table. */
START_TEST(slots)
{
	unsigned int last = CO_DEV_NONE, unit = 0;

	for (unsigned int slot = 0; slot < CO_MAX_DEVS; slot++) {
		unsigned int type = layout_slot_type(slot);

		unit = type == last ? unit + 1 : 0;
		last = type;
		ck_assert_uint_ne(type, CO_DEV_NONE);
		ck_assert_uint_eq(layout_slot_unit(slot), unit);
		ck_assert_uint_eq(layout_slot(type, unit), slot);
	}
	ck_assert_uint_eq(layout_slot_type(CO_MAX_DEVS), CO_DEV_NONE);
	ck_assert_uint_eq(layout_queue_size(CO_MAX_DEVS, 0), 0);
	ck_assert_uint_eq(layout_slot(CO_DEV_NONE, 0), UINT_MAX);
}
END_TEST

/* Units and queues of each kind, as the guest's driver expects them (bus.c). */
static const struct {
	unsigned int units;
	unsigned int queues;
} expected[] = {
	[CO_DEV_COBD] = { CO_MAX_COBD, 1 },
	[CO_DEV_CONET] = { CO_MAX_CONET, 2 },
	[CO_DEV_COCON] = { CO_MAX_COCON, 2 },
};

START_TEST(kinds)
{
	unsigned int units[sizeof(expected) / sizeof(expected[0])] = { 0 };

	for (unsigned int slot = 0; slot < CO_MAX_DEVS; slot++) {
		unsigned int type = layout_slot_type(slot);

		ck_assert_uint_lt(type, sizeof(expected) / sizeof(expected[0]));
		units[type]++;
		for (unsigned int q = 0; q < CO_DEV_QUEUES; q++) {
			unsigned int size = layout_queue_size(slot, q);

			ck_assert_int_eq(size != 0, q < expected[type].queues);
			ck_assert_uint_le(size, CO_QUEUE_MAX);
			ck_assert_uint_eq(size & (size - 1), 0);
		}
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		ck_assert_uint_eq(units[i], expected[i].units);
}
END_TEST

START_TEST(boot_area)
{
	static uint8_t mem[8 * MIB];
	const struct ppram ram = { .base = mem, .size = sizeof(mem) };
	struct layout l = {
		.mem_size = 64 * MIB,
		.kernel_end = MIB,
		.cmdline_size = 6,
		.tables_size = 4096,
	};
	const struct co_boot_info *b;
	const struct co_dev *dev;

	memset(mem, 0xff, sizeof(mem));
	ck_assert_int_eq(layout_make(&l, &err), 0);
	ck_assert_int_eq(boot_write(&ram, &l, "name", "hello", &err), 0);
	b = (void *)(mem + l.boot_gpa);
	ck_assert_uint_eq(b->magic, CO_BOOT_MAGIC);
	ck_assert_uint_eq(b->abi, CO_GUEST_ABI);
	ck_assert_uint_eq(b->mem_size, 64 * MIB);
	ck_assert_uint_eq(b->area_gpa, l.area_gpa);
	ck_assert_uint_eq(b->area_size, l.area_size);
	ck_assert_uint_eq(b->dev_size, sizeof(struct co_dev));
	ck_assert_str_eq(b->name, "name");
	ck_assert_str_eq((char *)mem + b->cmdline_gpa, "hello");
	dev = (void *)(mem + b->dev_gpa);
	for (unsigned int i = 0; i < b->dev_count; i++) {
		ck_assert_uint_eq(dev[i].type, CO_DEV_NONE);
		ck_assert_uint_eq(dev[i].unit, layout_slot_unit(i));
		ck_assert_uint_ge(dev[i].virq, CO_VIRQ_FIRST_DEV);
		ck_assert_uint_lt(dev[i].virq, CO_NR_VIRQS);
		ck_assert_uint_lt(dev[i].kick + 1, CO_NR_KICKS);
		ck_assert_uint_eq(dev[i].queue_size[0],
				  layout_queue_size(i, 0));
	}
	ck_assert_int_eq(mem[l.area_gpa - 1], 0xff);
	ck_assert_int_eq(mem[l.area_gpa + l.area_size], 0xff);
}
END_TEST

START_TEST(boot_area_outside)
{
	static uint8_t mem[MIB];
	const struct ppram ram = { .base = mem, .size = sizeof(mem) };
	struct layout l = example();

	ck_assert_int_eq(layout_make(&l, &err), 0);
	ck_assert_int_eq(boot_write(&ram, &l, "name", "hello", &err), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("layout");
	TCase *tc = tcase_create("layout");

	tcase_add_test(tc, nothing_overlaps);
	tcase_add_test(tc, aligned);
	tcase_add_test(tc, no_initrd);
	tcase_add_test(tc, too_little_memory);
	tcase_add_test(tc, too_large_initrd);
	tcase_add_test(tc, slots);
	tcase_add_test(tc, kinds);
	tcase_add_test(tc, boot_area);
	tcase_add_test(tc, boot_area_outside);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

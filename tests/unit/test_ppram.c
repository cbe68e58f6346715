// SPDX-License-Identifier: GPL-2.0
/*
 * PPRAM: its mapping, and the number of tries for a chunk. A function that rejects
 * chunks as the test wants replaces the module.
 */
#include <errno.h>
#include <string.h>

#include <colinux/guest.h>

#include "suite.h"
#include "vm/ppram.h"

#define CHUNKS		8
#define SIZE		((uint64_t)CHUNKS * CO_CHUNK_SIZE)

static struct ppram ram;
static struct err err;
static const struct vm vm = { .info.max_mem = SIZE };

/* The number of times that each chunk will still be rejected as no huge page. */
static unsigned int bad[CHUNKS];
static unsigned int calls;
static int other_error;
static bool flap;

int vm_set_mem(const struct vm *v __attribute__((unused)),
	       struct co_set_mem *mem)
{
	calls++;
	ck_assert_uint_eq(mem->user_addr % CO_CHUNK_SIZE, 0);
	ck_assert_uint_eq(mem->size, SIZE);
	for (unsigned int i = 0; i < CHUNKS; i++) {
		if (!bad[i])
			continue;
		bad[i]--;
		mem->bad_chunk = i * CO_CHUNK_SIZE;
		return -ENOBUFS;
	}
	if (flap) {
		mem->bad_chunk = calls % 2 * CO_CHUNK_SIZE;
		return -ENOBUFS;
	}
	mem->tables_size = 4096;
	return other_error;
}

static void setup(void)
{
	ck_assert_int_eq(ppram_map(&ram, SIZE, false, &err), 0);
}

static void teardown(void)
{
	ppram_unmap(&ram);
}

START_TEST(mapped)
{
	ck_assert_uint_eq((uintptr_t)ram.base % CO_CHUNK_SIZE, 0);
	for (uint64_t i = 0; i < SIZE; i += 4096)
		ck_assert_uint_eq(ram.base[i], 0);
	ram.base[SIZE - 1] = 1;
}
END_TEST

START_TEST(ranges)
{
	ck_assert_ptr_eq(ppram_at(&ram, 0, SIZE), ram.base);
	ck_assert_ptr_eq(ppram_at(&ram, SIZE, 0), ram.base + SIZE);
	ck_assert_ptr_null(ppram_at(&ram, 0, SIZE + 1));
	ck_assert_ptr_null(ppram_at(&ram, SIZE, 1));
	ck_assert_ptr_null(ppram_at(&ram, SIZE + 1, 0));
	ck_assert_ptr_null(ppram_at(&ram, 1, ~0ULL));
	ck_assert_ptr_null(ppram_at(&ram, ~0ULL, 1));
}
END_TEST

START_TEST(registered)
{
	uint64_t tables = 0;

	ck_assert_int_eq(ppram_register(&ram, &vm, &tables, &err), 0);
	ck_assert_uint_eq(tables, 4096);
	ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(tried_again)
{
	uint64_t tables;

	bad[0] = 1;
	bad[3] = 4;
	bad[7] = 2;
	ck_assert_int_eq(ppram_register(&ram, &vm, &tables, &err), 0);
	ck_assert_uint_eq(calls, 8);
}
END_TEST

START_TEST(given_up)
{
	uint64_t tables;

	bad[3] = 1000;
	ck_assert_int_eq(ppram_register(&ram, &vm, &tables, &err), -1);
	ck_assert_uint_eq(calls, 5);
	ck_assert_str_eq(err.text, "mem=16: no 2 MiB of contiguous memory for the part at 6 MiB: give less mem=, free memory, or reserve it with vm.nr_hugepages and --hugetlb");
}
END_TEST

/* Two chunks that are rejected in turn must not make it try for ever. */
START_TEST(flapping)
{
	uint64_t tables;

	flap = true;
	ck_assert_int_eq(ppram_register(&ram, &vm, &tables, &err), -1);
	ck_assert_uint_le(calls, 4 * CHUNKS + 1);
}
END_TEST

START_TEST(other_errors)
{
	static const struct {
		int error;
		const char *why;
	} cases[] = {
		{ -ENOMEM, "mem=16: the host cannot pin it: raise the limit of locked memory (ulimit -l), or give less mem=" },
		{ -ERANGE, "mem=16: more than this host can map for a guest (at most 16 MiB): give less mem=" },
		{ -EIO, "mem=16: CO_IOC_SET_MEM: Input/output error: see the kernel log" },
	};
	uint64_t tables;

	other_error = cases[_i].error;
	ck_assert_int_eq(ppram_register(&ram, &vm, &tables, &err), -1);
	ck_assert_str_eq(err.text, cases[_i].why);
	ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(more_than_host)
{
	ck_assert_int_eq(ppram_check_host(1ULL << 50, false, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "mem=1073741824: more than the "));
	ck_assert_ptr_nonnull(strstr(err.text, " MiB the host has to spare: give less mem= or free memory"));
}
END_TEST

START_TEST(more_than_pool)
{
	ck_assert_int_eq(ppram_check_host(1ULL << 50, true, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "raise vm.nr_hugepages or give less mem="));
}
END_TEST

START_TEST(more_than_addresses)
{
	struct ppram huge;

	ck_assert_int_eq(ppram_map(&huge, 1ULL << 60, false, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot map it"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ppram");
	TCase *tc = tcase_create("ppram");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, mapped);
	tcase_add_test(tc, ranges);
	tcase_add_test(tc, registered);
	tcase_add_test(tc, tried_again);
	tcase_add_test(tc, given_up);
	tcase_add_test(tc, flapping);
	tcase_add_loop_test(tc, other_errors, 0, 3);
	tcase_add_test(tc, more_than_host);
	tcase_add_test(tc, more_than_pool);
	tcase_add_test(tc, more_than_addresses);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

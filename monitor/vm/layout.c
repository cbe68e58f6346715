// SPDX-License-Identifier: GPL-2.0
/*
 * Layout of PPRAM, for machine.c. Only arithmetic, so that unit tests can test it.
 *
 *	0 ... kernel_start	free
 *	kernel			where its ELF file wants it
 *	area			boot information, command line, device table,
 *				the queues of all slots, p2m and m2p
 *	initrd			page-aligned
 *	... mem_size		free
 *
 * All of this must be below CO_BOOT_MAP_MAX, because the guest has only that much
 * mapped when it is entered. So everything is placed as low as possible.
 */
#include <limits.h>
#include <stddef.h>

#include <colinux/guest.h>
#include <colinux/ring.h>

#include "layout.h"

#define PAGE_SIZE	4096
#define CACHE_LINE	64
#define MIB		(1ULL << 20)

/*
 * Free memory that a kernel needs to boot: page structures, page tables and the first
 * slabs. With less it would end with an obscure panic.
 */
#define MIN_FREE	(8 * MIB)

static uint64_t align_up(uint64_t x, uint64_t to)
{
	return (x + to - 1) / to * to;
}

/**
 * struct kind - a kind of device
 * @type:	CO_DEV_*
 * @units:	number of its slots
 * @queue_size:	entries of each queue, 0 if there is no such queue; a kind may have none
 */
struct kind {
	unsigned int type;
	unsigned int units;
	unsigned int queue_size[CO_DEV_QUEUES];
};

/* In the order of their slots. test_layout.c checks that no slot is left over. */
static const struct kind kinds[] = {
	{
		.type = CO_DEV_COBD,
		.units = CO_MAX_COBD,
		.queue_size[CO_COBD_QUEUE] = LAYOUT_COBD_QUEUE,
	},
	{
		.type = CO_DEV_CONET,
		.units = CO_MAX_CONET,
		.queue_size[CO_CONET_RX] = LAYOUT_CONET_QUEUE,
		.queue_size[CO_CONET_TX] = LAYOUT_CONET_QUEUE,
	},
	{
		.type = CO_DEV_COCON,
		.units = CO_MAX_COCON,
		.queue_size[CO_COCON_RX] = LAYOUT_COCON_QUEUE,
		.queue_size[CO_COCON_TX] = LAYOUT_COCON_QUEUE,
	},
};

#define NR_KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* Return: the kind that has the slot, or NULL; @first is its first slot. */
static const struct kind *kind_of_slot(unsigned int slot, unsigned int *first)
{
	*first = 0;
	for (size_t i = 0; i < NR_KINDS; i++) {
		if (slot - *first < kinds[i].units)
			return &kinds[i];
		*first += kinds[i].units;
	}
	return NULL;
}

/**
 * layout_slot() - slot of a device in the device table
 * @type:	CO_DEV_*
 * @unit:	its number among its kind
 *
 * Return: the slot, or UINT_MAX for a type that is not in kinds[]: device_attach()
 * then refuses the device.
 */
unsigned int layout_slot(unsigned int type, unsigned int unit)
{
	unsigned int first = 0;

	for (size_t i = 0; i < NR_KINDS; i++) {
		if (kinds[i].type == type)
			return first + unit;
		first += kinds[i].units;
	}
	return UINT_MAX;
}

/**
 * layout_slot_type() - kind of device that a slot is for
 * @slot:	the slot
 *
 * Return: CO_DEV_*, CO_DEV_NONE if there is no such slot.
 */
unsigned int layout_slot_type(unsigned int slot)
{
	unsigned int first;
	const struct kind *kind = kind_of_slot(slot, &first);

	return kind ? kind->type : CO_DEV_NONE;
}

/**
 * layout_slot_unit() - number of a slot's device among its kind
 * @slot:	the slot
 *
 * Return: the unit.
 */
unsigned int layout_slot_unit(unsigned int slot)
{
	unsigned int first;

	kind_of_slot(slot, &first);
	return slot - first;
}

/**
 * layout_queue_size() - entries of a queue
 * @slot:	slot of its device
 * @queue:	its number there
 *
 * Return: entries, 0 if the device has no such queue.
 */
unsigned int layout_queue_size(unsigned int slot, unsigned int queue)
{
	unsigned int first;
	const struct kind *kind = kind_of_slot(slot, &first);

	return kind ? kind->queue_size[queue] : 0;
}

static uint64_t place_queues(struct layout *l, uint64_t at)
{
	for (unsigned int slot = 0; slot < CO_MAX_DEVS; slot++) {
		for (unsigned int q = 0; q < CO_DEV_QUEUES; q++) {
			unsigned int size = layout_queue_size(slot, q);

			if (!size) {
				l->queue_gpa[slot][q] = 0;
				continue;
			}
			at = align_up(at, CACHE_LINE);
			l->queue_gpa[slot][q] = at;
			at += co_queue_bytes(size);
		}
	}
	return at;
}

/**
 * layout_make() - compute the layout
 * @l:		members marked "in" are read, the others filled in
 * @err:	reason why it does not fit
 *
 * Return: 0 or -1.
 */
int layout_make(struct layout *l, struct err *err)
{
	uint64_t at, need;

	l->area_gpa = align_up(l->kernel_end, PAGE_SIZE);
	l->boot_gpa = l->area_gpa;
	l->cmdline_gpa = l->boot_gpa + sizeof(struct co_boot_info);
	l->dev_gpa = align_up(l->cmdline_gpa + l->cmdline_size, CACHE_LINE);
	at = place_queues(l, l->dev_gpa +
			  (uint64_t)CO_MAX_DEVS * sizeof(struct co_dev));
	l->tables_gpa = align_up(at, PAGE_SIZE);
	l->area_size = align_up(l->tables_gpa + l->tables_size, PAGE_SIZE) -
		       l->area_gpa;
	at = l->area_gpa + l->area_size;
	l->initrd_gpa = l->initrd_size ? at : 0;
	l->end = align_up(at + l->initrd_size, PAGE_SIZE);

	if (l->end > CO_BOOT_MAP_MAX)
		return err_set(err, "kernel, tables and initrd end at %llu MiB, but must end below %llu: make the initrd smaller",
			       (unsigned long long)(l->end / MIB + 1),
			       (unsigned long long)(CO_BOOT_MAP_MAX / MIB));
	need = align_up(l->end + MIN_FREE, CO_CHUNK_SIZE);
	if (need > l->mem_size)
		return err_set(err, "mem=%llu: too little for this kernel and initrd: give mem=%llu or more",
			       (unsigned long long)(l->mem_size / MIB),
			       (unsigned long long)(need / MIB));
	return 0;
}

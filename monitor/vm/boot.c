// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the boot information, the command line and an empty device table to PPRAM,
 * for machine.c. layout.c decides on the addresses. Devices fill their slots later
 * (device.c).
 */
#include <stdio.h>
#include <string.h>

#include <colinux/guest.h>

#include "boot.h"

/**
 * boot_virq() - virtual interrupt of a slot
 * @slot:	the slot
 *
 * Return: its number.
 */
unsigned int boot_virq(unsigned int slot)
{
	return CO_VIRQ_FIRST_DEV + slot;
}

/**
 * boot_kick() - kick number of a slot's first queue
 * @slot:	the slot
 *
 * Return: its number.
 */
unsigned int boot_kick(unsigned int slot)
{
	return slot * CO_DEV_QUEUES;
}

_Static_assert(CO_VIRQ_FIRST_DEV + CO_MAX_DEVS <= CO_NR_VIRQS,
	       "a virtual interrupt for each slot");
_Static_assert(CO_MAX_DEVS * CO_DEV_QUEUES <= CO_NR_KICKS,
	       "a kick for each queue");

static void write_slots(struct co_dev *slots, const struct layout *l)
{
	for (unsigned int i = 0; i < CO_MAX_DEVS; i++) {
		struct co_dev *dev = &slots[i];

		*dev = (struct co_dev) {
			.type = CO_DEV_NONE,
			.unit = layout_slot_unit(i),
			.virq = boot_virq(i),
			.kick = boot_kick(i),
		};
		for (unsigned int q = 0; q < CO_DEV_QUEUES; q++) {
			dev->queue_gpa[q] = l->queue_gpa[i][q];
			dev->queue_size[q] = layout_queue_size(i, q);
		}
	}
}

/**
 * boot_write() - write everything except the kernel and the initrd
 * @ram:	PPRAM
 * @l:		the layout
 * @name:	the guest's name
 * @cmdline:	its command line
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int boot_write(const struct ppram *ram, const struct layout *l,
	       const char *name, const char *cmdline, struct err *err)
{
	uint8_t *area = ppram_at(ram, l->area_gpa, l->area_size);
	struct co_boot_info *boot = (void *)area;

	if (!area)
		return err_set(err, "the boot area lies outside the guest's memory: give more mem=");
	memset(area, 0, l->area_size);
	*boot = (struct co_boot_info) {
		.magic = CO_BOOT_MAGIC,
		.abi = CO_GUEST_ABI,
		.size = sizeof(*boot),
		.mem_size = l->mem_size,
		.area_gpa = l->area_gpa,
		.area_size = l->area_size,
		.cmdline_gpa = l->cmdline_gpa,
		.cmdline_size = l->cmdline_size,
		.initrd_gpa = l->initrd_gpa,
		.initrd_size = l->initrd_size,
		.dev_gpa = l->dev_gpa,
		.dev_count = CO_MAX_DEVS,
		.dev_size = sizeof(struct co_dev),
	};
	snprintf(boot->name, sizeof(boot->name), "%s", name);
	memcpy(area + (l->cmdline_gpa - l->area_gpa), cmdline,
	       l->cmdline_size);
	write_slots((void *)(area + (l->dev_gpa - l->area_gpa)), l);
	return 0;
}

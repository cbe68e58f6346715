/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layout of PPRAM when the guest starts.
 */
#ifndef MONITOR_LAYOUT_H
#define MONITOR_LAYOUT_H

#include <stdint.h>

#include <colinux/dev.h>

#include "common/msg.h"

/* Entries of each queue. */
#define LAYOUT_COBD_QUEUE	512
#define LAYOUT_CONET_QUEUE	512
#define LAYOUT_COCON_QUEUE	128

/**
 * struct layout - addresses in PPRAM
 * @mem_size:	in: bytes of PPRAM
 * @kernel_end:	in: first address behind the kernel
 * @cmdline_size: in: bytes of the command line with its NUL
 * @tables_size: in: bytes of the module's tables
 * @initrd_size: in: bytes of the initial RAM disk, 0 for none
 * @area_gpa:	the area that the guest must not use as free memory
 * @area_size:	its bytes
 * @boot_gpa:	struct co_boot_info
 * @cmdline_gpa: the command line
 * @dev_gpa:	the device table
 * @queue_gpa:	each slot's queues
 * @tables_gpa:	the module's tables
 * @initrd_gpa:	the initial RAM disk
 * @end:	first address behind all this
 */
struct layout {
	uint64_t mem_size;
	uint64_t kernel_end;
	uint64_t cmdline_size;
	uint64_t tables_size;
	uint64_t initrd_size;

	uint64_t area_gpa;
	uint64_t area_size;
	uint64_t boot_gpa;
	uint64_t cmdline_gpa;
	uint64_t dev_gpa;
	uint64_t queue_gpa[CO_MAX_DEVS][CO_DEV_QUEUES];
	uint64_t tables_gpa;
	uint64_t initrd_gpa;
	uint64_t end;
};

int layout_make(struct layout *l, struct err *err);

unsigned int layout_slot(unsigned int type, unsigned int unit);
unsigned int layout_slot_type(unsigned int slot);
unsigned int layout_slot_unit(unsigned int slot);
unsigned int layout_queue_size(unsigned int slot, unsigned int queue);

#endif /* MONITOR_LAYOUT_H */

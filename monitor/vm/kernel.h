/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest kernel: an ELF file with a coLinux note. The monitor parses it for the
 * layout of PPRAM and for messages. The module makes its own checks, and loads it.
 */
#ifndef MONITOR_KERNEL_H
#define MONITOR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <colinux/guest.h>

#include "common/msg.h"

/* More than any vmlinux has, which are four or five. */
#define KERNEL_MAX_SEGS		16

/* Limit of a kernel file, in bytes. A file with all debug information is smaller. */
#define KERNEL_FILE_MAX		(1ULL << 30)

/* Most memory of an i386 guest: the struct pages for more do not fit into low memory. */
#define KERNEL_I386_MEM		(16ULL << 30)

/**
 * struct kernel_seg - a segment to be loaded
 * @offset:	offset of its contents in the file
 * @filesz:	their bytes
 * @gpa:	address in PPRAM
 * @memsz:	bytes there; those behind the contents are zeroes
 */
struct kernel_seg {
	uint64_t offset;
	uint64_t filesz;
	uint64_t gpa;
	uint64_t memsz;
};

/**
 * struct kernel - a parsed kernel file
 * @note:	its note
 * @segs:	its segments
 * @nr_segs:	their number
 * @start:	lowest address used
 * @end:	first address behind the last one used
 */
struct kernel {
	struct co_elf_note note;
	struct kernel_seg segs[KERNEL_MAX_SEGS];
	unsigned int nr_segs;
	uint64_t start;
	uint64_t end;
};

int kernel_parse(struct kernel *k, const void *file, size_t size,
		 struct err *err);
int kernel_check_mem(const struct kernel *k, uint64_t mem, struct err *err);

#endif /* MONITOR_KERNEL_H */

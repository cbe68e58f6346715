/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest kernel: an ELF file that announces itself with a note. What is
 * found out here serves the layout of PPRAM and the messages; the module has
 * the last word, and loads it.
 */
#ifndef MONITOR_KERNEL_H
#define MONITOR_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <colinux/guest.h>

#include "common/msg.h"

/* A vmlinux has four or five segments; this many are enough for any. */
#define KERNEL_MAX_SEGS		16

/* Bytes a kernel file may have; with all its debug information it has less. */
#define KERNEL_FILE_MAX		(1ULL << 30)

/**
 * struct kernel_seg - a segment to be loaded
 * @offset:	where its contents lie in the file
 * @filesz:	their bytes
 * @gpa:	where it goes
 * @memsz:	bytes there; behind the contents come zeroes
 */
struct kernel_seg {
	uint64_t offset;
	uint64_t filesz;
	uint64_t gpa;
	uint64_t memsz;
};

/**
 * struct kernel - what a kernel file says about itself
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

#endif /* MONITOR_KERNEL_H */

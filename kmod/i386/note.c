// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses in the note of an i386 guest's kernel.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "i386.h"

/**
 * co_i386_check_note() - co_arch.check_note
 * @note:	the note
 * @top:	number of bytes of PPRAM that are mapped at entry
 */
int co_i386_check_note(const struct co_elf_note *note, u64 top)
{
	/* virt_base is 1, 2 or 3 GiB: the boot mapping fits above it. */
	if (!note->virt_base || note->virt_base > 3ULL << 30 ||
	    note->virt_base & ((1ULL << 30) - 1))
		return -ENOEXEC;
	if (note->entry < note->virt_base ||
	    note->entry >= note->virt_base + top)
		return -ENOEXEC;
	/* The passage lies in the same GiB, above the boot mapping. */
	if (note->passage_va >> 30 != note->virt_base >> 30 ||
	    note->passage_va & (PAGE_SIZE - 1) ||
	    note->passage_va < note->virt_base + CO_BOOT_MAP_MAX ||
	    (note->passage_va & (CO_CHUNK_SIZE - 1)) +
	    CO_PASSAGE_PAGES * PAGE_SIZE > CO_CHUNK_SIZE)
		return -ENOEXEC;
	return 0;
}

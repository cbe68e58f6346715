// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses in the note of an x86-64 guest's kernel.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <asm/pgtable.h>

#include "x86_64.h"

/**
 * co_x86_64_check_note() - co_arch.check_note
 * @note:	the note
 * @top:	number of bytes of PPRAM that are mapped at entry
 */
int co_x86_64_check_note(const struct co_elf_note *note, u64 top)
{
	if (note->virt_base < CO_VIRT_BASE_MIN || note->virt_base & ((1ULL << 30) - 1))
		return -ENOEXEC;
	if (note->entry < note->virt_base || note->entry - note->virt_base >= top)
		return -ENOEXEC;
	if (note->passage_va || note->reserved0)
		return -ENOEXEC;
	if (pgtable_l5_enabled() && !(note->flags & CO_NOTE_F_5LEVEL))
		return -ENOEXEC;
	return 0;
}

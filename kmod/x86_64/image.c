// SPDX-License-Identifier: GPL-2.0
/*
 * An x86-64 guest's kernel: a 64-bit ELF image, and its note.
 */
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/pgtable.h>

#include "x86_64.h"

#define MAX_SEGMENTS	32

/**
 * co_x86_64_headers() - co_arch.headers
 * @image:	the module's copy of the image
 * @size:	its size
 */
int co_x86_64_headers(const void *image, size_t size)
{
	const struct elf64_hdr *h = image;

	if (size < sizeof(*h) ||
	    memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_X86_64 ||
	    h->e_phentsize != sizeof(struct elf64_phdr) ||
	    !h->e_phnum || h->e_phnum > MAX_SEGMENTS ||
	    !IS_ALIGNED(h->e_phoff, sizeof(u64)) ||
	    h->e_phoff > size ||
	    h->e_phnum * sizeof(struct elf64_phdr) > size - h->e_phoff)
		return -ENOEXEC;
	return h->e_phnum;
}

/**
 * co_x86_64_segment() - co_arch.segment
 * @image:	an image that co_x86_64_headers() has accepted
 * @i:		number of the program header
 * @seg:	out: the program header
 */
void co_x86_64_segment(const void *image, int i, struct co_segment *seg)
{
	const struct elf64_hdr *h = image;
	const struct elf64_phdr *ph = image + h->e_phoff;

	*seg = (struct co_segment) {
		.type = ph[i].p_type,
		.offset = ph[i].p_offset,
		.filesz = ph[i].p_filesz,
		.memsz = ph[i].p_memsz,
		.gpa = ph[i].p_paddr,
	};
}

/**
 * co_x86_64_check_note() - co_arch.check_note
 * @note:	the note
 * @top:	number of bytes of PPRAM that are mapped at entry
 */
int co_x86_64_check_note(const struct co_elf_note *note, u64 top)
{
	/* In the top GiBs of the kernel's half: canonical with any number of levels. */
	if (note->virt_base < -(512ULL << 30) || note->virt_base & ((1ULL << 30) - 1))
		return -ENOEXEC;
	if (note->entry < note->virt_base || note->entry - note->virt_base >= top)
		return -ENOEXEC;
	if (note->passage_va || note->reserved0)
		return -ENOEXEC;
	if (pgtable_l5_enabled() && !(note->flags & CO_NOTE_F_5LEVEL))
		return -ENOEXEC;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * An i386 guest's kernel: a 32-bit ELF image, and its note.
 */
#include <linux/elf.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "i386.h"

#define MAX_SEGMENTS	32

/**
 * co_i386_headers() - co_arch.headers
 * @image:	the module's copy of the image
 * @size:	its size
 */
int co_i386_headers(const void *image, size_t size)
{
	const struct elf32_hdr *h = image;

	if (size < sizeof(*h) ||
	    memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    h->e_ident[EI_CLASS] != ELFCLASS32 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_386 ||
	    h->e_phentsize != sizeof(struct elf32_phdr) ||
	    !h->e_phnum || h->e_phnum > MAX_SEGMENTS ||
	    !IS_ALIGNED(h->e_phoff, sizeof(u32)) ||
	    h->e_phoff > size ||
	    h->e_phnum * sizeof(struct elf32_phdr) > size - h->e_phoff)
		return -ENOEXEC;
	return h->e_phnum;
}

/**
 * co_i386_segment() - co_arch.segment
 * @image:	an image that co_i386_headers() has accepted
 * @i:		number of the program header
 * @seg:	out: the program header
 */
void co_i386_segment(const void *image, int i, struct co_segment *seg)
{
	const struct elf32_hdr *h = image;
	const struct elf32_phdr *ph = image + h->e_phoff;

	*seg = (struct co_segment) {
		.type = ph[i].p_type,
		.offset = ph[i].p_offset,
		.filesz = ph[i].p_filesz,
		.memsz = ph[i].p_memsz,
		.gpa = ph[i].p_paddr,
	};
}

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

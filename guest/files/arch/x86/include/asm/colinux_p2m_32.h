/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a 32-bit guest defines for <asm/colinux_p2m.h>, which includes this file: the
 * p2m table, and how the number of a chunk is in an entry.
 *
 * <asm-generic/pgtable-nopud.h> maps the functions of a pud to those of a pgd.
 */
#ifndef _ASM_X86_COLINUX_P2M_32_H
#define _ASM_X86_COLINUX_P2M_32_H

/* The struct pages of more memory do not fit into low memory. */
#define COLINUX_MAX_GIB		16
#define COLINUX_MAX_CHUNKS	(COLINUX_MAX_GIB << (30 - CO_CHUNK_SHIFT))

/*
 * A copy of the module's p2m table. The compiler knows its address, which saves a
 * load in each page fault.
 */
extern u32 colinux_p2m[COLINUX_MAX_CHUNKS];

/*
 * The chunk number in the two halves of an entry: at most 31 bits, as
 * PTE_PFN_MASK ends at bit 51. The functions below work on 32-bit halves: for
 * 64-bit operations the compiler generates much more code, and this is in the
 * path of each page fault.
 */
#define COLINUX_CHUNK_LOW	(32 - CO_CHUNK_SHIFT)
#define COLINUX_CHUNK_HIGH_MASK	((u32)(PTE_PFN_MASK >> 32))

static __always_inline u32 colinux_entry_chunk(u64 entry)
{
	u32 low = entry, high = entry >> 32;

	return (high & COLINUX_CHUNK_HIGH_MASK) << COLINUX_CHUNK_LOW |
	       low >> CO_CHUNK_SHIFT;
}

static __always_inline u64 colinux_set_chunk(u64 entry, u32 chunk)
{
	u32 low = entry, high = entry >> 32;

	low = (low & (CO_CHUNK_SIZE - 1)) | chunk << CO_CHUNK_SHIFT;
	high = (high & ~COLINUX_CHUNK_HIGH_MASK) | chunk >> COLINUX_CHUNK_LOW;

	return (u64)high << 32 | low;
}

/* Makes an entry without flags. @offset: the bits below CO_CHUNK_SHIFT. */
static __always_inline u64 colinux_chunk_entry(u32 chunk, u32 offset)
{
	u32 low = offset | chunk << CO_CHUNK_SHIFT;

	return (u64)(chunk >> COLINUX_CHUNK_LOW) << 32 | low;
}

/* mmu_32.c */
void colinux_pgd_changed(const pgd_t *entry);

#endif /* _ASM_X86_COLINUX_P2M_32_H */

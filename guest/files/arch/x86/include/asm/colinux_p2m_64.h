/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a 64-bit guest defines for <asm/colinux_p2m.h>, which includes this file: the
 * p2m table, the place of a chunk's number in an entry, the levels p4d and pud. And
 * where the kernel's part of a pgd begins: from there all pgds are the same.
 */
#ifndef _ASM_X86_COLINUX_P2M_64_H
#define _ASM_X86_COLINUX_P2M_64_H

/*
 * The module's p2m table, where it is in the direct mapping. A copy at a fixed address
 * would save a load. But it would need 2 KiB for each GiB of the largest guest, in
 * guests of all sizes. The load hits the cache: colinux_p2m_count is next to it.
 */
extern const u32 *colinux_p2m;

/* The chunk number in an entry: 31 bits, as PTE_PFN_MASK ends at bit 51. */
#define COLINUX_CHUNK_MASK	((u64)PTE_PFN_MASK & ~(u64)(CO_CHUNK_SIZE - 1))

static __always_inline u32 colinux_entry_chunk(u64 entry)
{
	return (entry & COLINUX_CHUNK_MASK) >> CO_CHUNK_SHIFT;
}

static __always_inline u64 colinux_set_chunk(u64 entry, u32 chunk)
{
	return (entry & ~COLINUX_CHUNK_MASK) | (u64)chunk << CO_CHUNK_SHIFT;
}

/* Makes an entry without flags. @offset: the bits below CO_CHUNK_SHIFT. */
static __always_inline u64 colinux_chunk_entry(u32 chunk, u32 offset)
{
	return (u64)chunk << CO_CHUNK_SHIFT | offset;
}

#undef p4d_val
#undef __p4d
#undef pud_val
#undef __pud
#define p4d_val(x)	((p4dval_t)colinux_entry_val(native_p4d_val(x)))
#define __p4d(x)	native_make_p4d(colinux_make_entry(x))
#define pud_val(x)	((pudval_t)colinux_entry_val(native_pud_val(x)))
#define __pud(x)	native_make_pud(colinux_make_entry(x))

/*
 * New pgds get all entries from here on from swapper_pg_dir. The first of them is
 * CO_AREA_SLOT, that of the passage area.
 */
#define KERNEL_PGD_BOUNDARY	pgd_index(GUARD_HOLE_BASE_ADDR)

#endif /* _ASM_X86_COLINUX_P2M_64_H */

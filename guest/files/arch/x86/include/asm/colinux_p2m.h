/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudo-physical and machine addresses in page-table entries.
 *
 * A pfn is pseudo-physical everywhere in the kernel. The MMU needs machine
 * addresses. p??_val() and __p??(), which read and make a page-table entry,
 * translate between the two. All code that needs the address in an entry uses
 * these functions. Code that moves entries, or reads only their flags, uses
 * native_p??_val() and p??_flags(). So no other code has to translate.
 *
 * Only present entries hold machine addresses. The MMU never uses the others
 * (swap entries, inverted entries of PROT_NONE), so they stay pseudo-physical. An
 * entry is either translated or inverted (L1TF), never both.
 *
 * PPRAM consists of chunks of CO_CHUNK_SIZE, the size of a large page. So only
 * the bits from CO_CHUNK_SHIFT on are translated.
 */
#ifndef _ASM_X86_COLINUX_P2M_H
#define _ASM_X86_COLINUX_P2M_H

#ifndef __ASSEMBLY__

#include <colinux/chunk.h>

#ifdef CONFIG_X86_32
#include <asm/colinux_p2m_32.h>
#else
#include <asm/colinux_p2m_64.h>
#endif

/**
 * struct colinux_m2p - m2p table: pseudo-physical chunk by machine chunk
 * @table:	the table, see struct co_vcpu_page
 * @first:	machine chunk number of the first entry
 * @count:	number of entries
 */
struct colinux_m2p {
	const u32 *table;
	u32 first;
	u32 count;
};

extern u32 colinux_p2m_count;
extern struct colinux_m2p colinux_m2p;

/*
 * An entry for an address outside PPRAM, of an ioremap() for example. The MMU must
 * not use such an address. So the entry becomes that of a PROT_NONE page, not
 * present and inverted: pte_pfn() still finds the address, and an access faults.
 */
static __always_inline u64 colinux_foreign_entry(u64 entry)
{
	return (entry ^ PTE_PFN_MASK ^ _PAGE_PRESENT) | _PAGE_PROTNONE;
}

/*
 * A machine chunk that is not the guest's becomes one far above PPRAM, for whose
 * pages pfn_valid() is false. Only the passage area lies in such a chunk.
 */
static __always_inline u32 colinux_m2p_chunk(u32 chunk)
{
	u32 index = chunk - colinux_m2p.first;

	return likely(index < colinux_m2p.count) ? colinux_m2p.table[index] :
						   CO_M2P_NONE;
}

static __always_inline u32 colinux_entry_present(u64 entry)
{
	return (u32)entry & (u32)_PAGE_PRESENT;
}

/**
 * colinux_make_entry() - make a page-table entry for the MMU
 * @entry:	flags and pseudo-physical address
 *
 * Return: flags and machine address if @entry is present, else @entry. For an
 * address outside PPRAM: colinux_foreign_entry().
 */
static __always_inline u64 colinux_make_entry(u64 entry)
{
	u32 chunk;

	if (!colinux_entry_present(entry))
		return entry;

	chunk = colinux_entry_chunk(entry);
	if (unlikely(chunk >= colinux_p2m_count))
		return colinux_foreign_entry(entry);

	return colinux_set_chunk(entry, colinux_p2m[chunk]);
}

/**
 * colinux_entry_val() - read a page-table entry
 * @entry:	the entry as the MMU sees it
 *
 * Return: flags and pseudo-physical address.
 */
static __always_inline u64 colinux_entry_val(u64 entry)
{
	if (!colinux_entry_present(entry))
		return entry;

	return colinux_set_chunk(entry, colinux_m2p_chunk(colinux_entry_chunk(entry)));
}

#define COLINUX_PFN_BITS	(CO_CHUNK_SHIFT - PAGE_SHIFT)
#define COLINUX_PFN_MASK	((1U << COLINUX_PFN_BITS) - 1)

/**
 * colinux_pfn_entry() - make a present page-table entry of a pfn
 * @pfn:	pseudo-physical page frame number
 * @prot:	flags, with _PAGE_PRESENT
 *
 * Faster than colinux_make_entry(), since it does not make a 64-bit address first.
 *
 * Return: as colinux_make_entry().
 */
static __always_inline u64 colinux_pfn_entry(unsigned long pfn, u64 prot)
{
	u32 chunk = pfn >> COLINUX_PFN_BITS;
	u32 low = (pfn & COLINUX_PFN_MASK) << PAGE_SHIFT;

	if (unlikely(chunk >= colinux_p2m_count))
		return colinux_foreign_entry((u64)pfn << PAGE_SHIFT | prot);

	return colinux_chunk_entry(colinux_p2m[chunk], low) | prot;
}

/**
 * colinux_entry_pfn() - read the pfn in a present page-table entry
 * @entry:	the entry as the MMU sees it
 *
 * Return: pseudo-physical pfn; for a large page, that of its first page.
 */
static __always_inline unsigned long colinux_entry_pfn(u64 entry)
{
	u32 chunk = colinux_m2p_chunk(colinux_entry_chunk(entry));

	return (unsigned long)chunk << COLINUX_PFN_BITS |
	       ((u32)entry >> PAGE_SHIFT & COLINUX_PFN_MASK);
}

/* The files for 32 and 64 bits have the levels between pmd and pgd. */
#undef pgd_val
#undef __pgd
#undef pmd_val
#undef __pmd
#undef pte_val
#undef __pte
#define pgd_val(x)	((pgdval_t)colinux_entry_val(native_pgd_val(x)))
#define __pgd(x)	native_make_pgd(colinux_make_entry(x))
#define pmd_val(x)	((pmdval_t)colinux_entry_val(native_pmd_val(x)))
#define __pmd(x)	native_make_pmd(colinux_make_entry(x))
#define pte_val(x)	((pteval_t)colinux_entry_val(native_pte_val(x)))
#define __pte(x)	native_make_pte(colinux_make_entry(x))

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_P2M_H */

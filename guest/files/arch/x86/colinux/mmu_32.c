// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of an i386 guest: the first ones, CR3.
 *
 * <asm/colinux_p2m.h> translates the entries of page tables. This file handles
 * the top level. In PAE mode CR3 has 32 bits, but the guest's page tables may lie
 * above 4 GiB. So CR3 always holds the address of four entries in the vCPU page.
 * To load a page table, the guest copies its four entries there and reloads CR3.
 */
#include <linux/bits.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <asm/colinux.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <asm/x86_init.h>

#include "colinux.h"

u32 colinux_p2m[COLINUX_MAX_CHUNKS] __ro_after_init;

/* Pseudo-physical address of the loaded page table. */
static unsigned long colinux_cr3;

/* The first page table of the fixmap, with the entries of the passage area. */
static pte_t colinux_fixmap_ptes[PTRS_PER_PTE] __page_aligned_bss;

/*
 * The CPU reads the entries when CR3 is loaded. An NMI makes the guest exit and
 * enter again, and so loads CR3, between any two instructions. So an entry must
 * never be half old and half new: clear P first, set it last.
 *
 * If the entry that maps the kernel had P clear at an NMI, the guest could not be
 * entered again. The entry is the same in all page tables, so it is written once,
 * early in boot. The comparison ignores the Accessed bit, which QEMU's TCG sets in
 * these entries. CPUs do not: the bit is reserved there (SDM vol. 3, 4.4.1).
 */
static void colinux_set_pdpte(u64 *entry, u64 val)
{
	u32 *half = (u32 *)entry;

	if ((*entry & PGD_ALLOWED_BITS) == val)
		return;

	WRITE_ONCE(half[0], 0);
	WRITE_ONCE(half[1], val >> 32);
	WRITE_ONCE(half[0], val);
}

/**
 * colinux_read_cr3() - read CR3 as the kernel sees it
 *
 * Return: pseudo-physical address of the loaded pgd.
 */
unsigned long colinux_read_cr3(void)
{
	return colinux_cr3;
}

/**
 * colinux_write_cr3() - load a page table
 * @cr3:	pseudo-physical address of the table's pgd
 */
void colinux_write_cr3(unsigned long cr3)
{
	const pgd_t *pgd = __va(cr3);
	int i;

	for (i = 0; i < PTRS_PER_PGD; i++)
		colinux_set_pdpte(&colinux_vcpu->arch_i386.pdpt[i],
				  native_pgd_val(pgd[i]));
	colinux_cr3 = cr3;
	native_write_cr3(colinux_vcpu->arch_i386.root_maddr);
}

/**
 * colinux_pgd_changed() - update the vCPU page after a write to a pgd
 * @entry:	the entry that was written
 *
 * Copies the entry if it belongs to the loaded page table. It takes effect at the
 * next load of CR3, as on any CPU with PAE.
 */
void colinux_pgd_changed(const pgd_t *entry)
{
	unsigned int i = entry - (const pgd_t *)__va(colinux_cr3);
	unsigned long flags;

	if (i >= PTRS_PER_PGD)
		return;

	raw_local_irq_save(flags);
	colinux_set_pdpte(&colinux_vcpu->arch_i386.pdpt[i], native_pgd_val(*entry));
	raw_local_irq_restore(flags);
}

/**
 * colinux_take_p2m() - copy the module's p2m table
 */
void __init colinux_take_p2m(void)
{
	const struct co_vcpu_page *vcpu = colinux_vcpu;
	const u32 *p2m = __va(vcpu->p2m_gpa);

	if (vcpu->p2m_count > COLINUX_MAX_CHUNKS)
		colinux_shutdown(CO_SHUTDOWN_PANIC,
				 "the guest kernel cannot use more than "
				 __stringify(COLINUX_MAX_GIB) " GiB of memory");

	memcpy(colinux_p2m, p2m, vcpu->p2m_count * sizeof(*p2m));
}

static void __init colinux_map_passage(unsigned int page, u64 prot)
{
	unsigned long va = COLINUX_PASSAGE_VA + page * PAGE_SIZE;

	/* Too early for boot_cpu_has(). */
	if (!(cpuid_edx(0x80000001) & BIT(X86_FEATURE_NX & 31)))
		prot &= ~_PAGE_NX;

	colinux_fixmap_ptes[pte_index(va)] =
		native_make_pte(colinux_vcpu->page_maddr[page] | prot);
}

/* Map a chunk at its address in the direct mapping. @ptes: its page table. */
static void __init colinux_map_chunk(unsigned int chunk, pte_t *ptes)
{
	u64 gpa = (u64)chunk << CO_CHUNK_SHIFT;
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++)
		ptes[i] = __pte((gpa + i * PAGE_SIZE) | PTE_IDENT_ATTR);
	initial_pg_pmd[chunk] = __pmd(__pa(ptes) | PDE_IDENT_ATTR);
}

/*
 * Replaces mk_early_pgtbl_32() of head32.c. Maps the kernel and its brk area, from
 * which these page tables are taken, and the host's area. init_mem_mapping() maps
 * the rest of low memory later. It takes a present pmd for a page table, so these
 * mappings have small pages, as on a PC.
 */
static void __init colinux_map_low_memory(void)
{
	const struct co_boot_info *info = colinux_boot_info;
	unsigned int chunk, kernel = (__pa(__brk_limit) - 1) >> CO_CHUNK_SHIFT;
	unsigned int first = info->area_gpa >> CO_CHUNK_SHIFT;
	unsigned int last = (info->area_gpa + info->area_size - 1) >> CO_CHUNK_SHIFT;
	unsigned long ptes = (unsigned long)__brk_base;

	for (chunk = 0; chunk < CO_BOOT_MAP_MAX >> CO_CHUNK_SHIFT; chunk++) {
		if (chunk > kernel && (chunk < first || chunk > last))
			continue;
		colinux_map_chunk(chunk, (pte_t *)ptes);
		ptes += PAGE_SIZE;
	}

	_brk_end = ptes;
	max_pfn_mapped = (kernel + 1) << (PMD_SHIFT - PAGE_SHIFT);
}

static void __init colinux_init_page_tables(void)
{
	unsigned int i;

	BUILD_BUG_ON(PMD_SHIFT != CO_CHUNK_SHIFT);
	BUILD_BUG_ON(COLINUX_PASSAGE_VA !=
		     -PAGE_SIZE - (FIX_COLINUX_VCPU << PAGE_SHIFT));
	BUILD_BUG_ON(FIX_COLINUX_CODE != FIX_COLINUX_VCPU - 1);

	colinux_map_low_memory();

	colinux_map_passage(CO_PASSAGE_PAGE_VCPU, __PAGE_KERNEL);
	colinux_map_passage(CO_PASSAGE_PAGE_CODE, __PAGE_KERNEL_ROX);
	initial_pg_pmd[pmd_index(COLINUX_PASSAGE_VA)] =
		__pmd(__pa(colinux_fixmap_ptes) | PDE_IDENT_ATTR);

	for (i = 0; i < PTRS_PER_PGD; i++)
		initial_page_table[i] = __pgd(0);
	initial_page_table[pgd_index(PAGE_OFFSET)] =
		__pgd(__pa(initial_pg_pmd) | _PAGE_PRESENT);
}

/*
 * With a large vmalloc= on the command line, low memory may end below the host's
 * area.
 */
static void __init colinux_pagetable_init(void)
{
	const struct co_boot_info *info = colinux_boot_info;

	if (info->area_gpa + info->area_size > PFN_PHYS(max_low_pfn))
		panic("coLinux: low memory ends before the host's tables: ask for less vmalloc=");

	native_pagetable_init();
}

/**
 * colinux_init_memory() - replace the host's page tables by the kernel's first ones
 */
void __init colinux_init_memory(void)
{
	colinux_init_p2m();
	colinux_init_page_tables();
	colinux_write_cr3(__pa(initial_page_table));
	x86_init.paging.pagetable_init = colinux_pagetable_init;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of a coLinux guest: the translation tables, the first page
 * tables, CR3.
 *
 * <asm/colinux_p2m.h> says how page-table entries are translated. What is left
 * for this file is what does not pass through an entry: the top level. In PAE
 * mode CR3 holds 32 bits, but the guest's pages may lie anywhere; so CR3 points
 * to four entries in the vCPU page for good, and loading a page table means
 * copying its entries there.
 */
#include <linux/bits.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <asm/colinux.h>
#include <asm/cpufeature.h>
#include <asm/fixmap.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <asm/x86_init.h>

#include "colinux.h"

/*
 * A copy of the table in the vCPU's memory: at an address the compiler knows,
 * it saves a load in every page fault.
 */
u32 colinux_p2m[COLINUX_MAX_CHUNKS] __ro_after_init;
u32 colinux_p2m_count __ro_after_init;
struct colinux_m2p colinux_m2p __ro_after_init;

/* Pseudo-physical address of the page table that is loaded. */
static unsigned long colinux_cr3;

/* Holds the entries of the passage area. */
static pte_t colinux_fixmap_ptes[PTRS_PER_PTE] __page_aligned_bss;

/*
 * The CPU reads the entries when CR3 is loaded, which an NMI on its way
 * through the host does between any two instructions: at no moment may an
 * entry be half an old and half a new one.
 *
 * While the entry of the kernel itself is not present, an NMI would be the end.
 * All page tables have the same one, which is never written again: the Accessed
 * bit that an emulator sets (QEMU's TCG; reserved in a CPU's, SDM volume 3,
 * 4.4.1) does not make it another.
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
 * colinux_read_cr3() - what the kernel takes for CR3
 *
 * Return: pseudo-physical address of the loaded pgd.
 */
unsigned long colinux_read_cr3(void)
{
	return colinux_cr3;
}

/**
 * colinux_write_cr3() - load a page table
 * @cr3:	pseudo-physical address of its pgd
 */
void colinux_write_cr3(unsigned long cr3)
{
	const pgd_t *pgd = __va(cr3);
	int i;

	for (i = 0; i < PTRS_PER_PGD; i++)
		colinux_set_pdpte(&colinux_vcpu->pdpt[i],
				  native_pgd_val(pgd[i]));
	colinux_cr3 = cr3;
	native_write_cr3(colinux_vcpu->root_maddr);
}

/**
 * colinux_pgd_changed() - an entry of a pgd was written
 * @entry:	the entry
 *
 * If it is of the loaded page table, the CPU's copy follows. It takes effect
 * at the next reload of CR3, as on any CPU with PAE.
 */
void colinux_pgd_changed(const pgd_t *entry)
{
	unsigned int i = entry - (const pgd_t *)__va(colinux_cr3);
	unsigned long flags;

	if (i >= PTRS_PER_PGD)
		return;

	raw_local_irq_save(flags);
	colinux_set_pdpte(&colinux_vcpu->pdpt[i], native_pgd_val(*entry));
	raw_local_irq_restore(flags);
}

static void __init colinux_init_p2m(void)
{
	const struct co_vcpu_page *vcpu = colinux_vcpu;
	const u32 *p2m = __va(vcpu->p2m_gpa);

	if (vcpu->p2m_count > COLINUX_MAX_CHUNKS)
		colinux_shutdown(CO_SHUTDOWN_PANIC,
				 "the guest kernel cannot use more than 16 GiB of memory");

	memcpy(colinux_p2m, p2m, vcpu->p2m_count * sizeof(*p2m));
	colinux_p2m_count = vcpu->p2m_count;
	colinux_m2p.table = __va(vcpu->m2p_gpa);
	colinux_m2p.first = vcpu->m2p_first;
	colinux_m2p.count = vcpu->m2p_count;
}

static void __init colinux_map_passage(unsigned int page, u64 prot)
{
	unsigned long va = COLINUX_PASSAGE_VA + page * PAGE_SIZE;

	/* The first CPU's capabilities are not known yet. */
	if (!(cpuid_edx(0x80000001) & BIT(X86_FEATURE_NX & 31)))
		prot &= ~_PAGE_NX;

	colinux_fixmap_ptes[pte_index(va)] =
		native_make_pte(colinux_vcpu->page_maddr[page] | prot);
}

/* Map a chunk where the direct mapping has it, by a page table at @ptes. */
static void __init colinux_map_chunk(unsigned int chunk, pte_t *ptes)
{
	u64 gpa = (u64)chunk << CO_CHUNK_SHIFT;
	unsigned int i;

	for (i = 0; i < PTRS_PER_PTE; i++)
		ptes[i] = __pte((gpa + i * PAGE_SIZE) | PTE_IDENT_ATTR);
	initial_pg_pmd[chunk] = __pmd(__pa(ptes) | PDE_IDENT_ATTR);
}

/*
 * The counterpart of head32.c's mk_early_pgtbl_32(), which lets low memory be
 * mapped later: the kernel with its brk area, where the page tables are taken
 * from, and what the host wrote for the guest. In small pages, like there: the
 * code that maps low memory takes what is present for a page table.
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
 * Low memory may end before what the host wrote there, if the user wants that
 * much room for vmalloc.
 */
static void __init colinux_pagetable_init(void)
{
	const struct co_boot_info *info = colinux_boot_info;

	if (info->area_gpa + info->area_size > PFN_PHYS(max_low_pfn))
		panic("coLinux: low memory ends before the host's tables: ask for less vmalloc=");

	native_pagetable_init();
}

/**
 * colinux_init_memory() - take over from the host's page tables
 */
void __init colinux_init_memory(void)
{
	colinux_init_p2m();
	colinux_init_page_tables();
	colinux_write_cr3(__pa(initial_page_table));
	x86_init.paging.pagetable_init = colinux_pagetable_init;
}

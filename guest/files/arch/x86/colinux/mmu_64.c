// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables of an x86-64 guest: the number of levels, the first tables, CR3.
 *
 * <asm/colinux_p2m.h> translates the entries of page tables. CR3 has a machine address,
 * too, so this file translates what the kernel reads from CR3 and writes to it.
 */

/* pgtable_l5_enabled() must be right before the CPU's features are known. */
#define USE_EARLY_PGTABLE_L5

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/colinux.h>
#include <asm/cpufeature.h>
#include <asm/sections.h>
#include <asm/tlbflush.h>

#include "colinux.h"

const u32 *colinux_p2m __ro_after_init;
struct co_vcpu_page *colinux_vcpu __ro_after_init;

/*
 * The first tables of the direct mapping. init_mem_mapping() adds to them. It takes
 * large pages as they are, but the first 2 MiB get small pages from it: it maps
 * the first MiB by itself. So these have small pages from the start.
 */
static p4d_t colinux_direct_p4d[MAX_PTRS_PER_P4D] __page_aligned_bss;
static pud_t colinux_direct_pud[PTRS_PER_PUD] __page_aligned_bss;
static pmd_t colinux_direct_pmd[PTRS_PER_PMD] __page_aligned_bss;
static pte_t colinux_direct_pte[PTRS_PER_PTE] __page_aligned_bss;

/**
 * colinux_read_cr3() - read CR3 as the kernel sees it
 *
 * Return: pseudo-physical address of the loaded pgd, and its PCID.
 */
unsigned long colinux_read_cr3(void)
{
	unsigned long cr3 = __native_read_cr3();

	return colinux_set_chunk(cr3, colinux_m2p_chunk(colinux_entry_chunk(cr3)));
}

/**
 * colinux_write_cr3() - load a page table
 * @cr3:	pseudo-physical address of the table's pgd, PCID, CR3_NOFLUSH
 */
void colinux_write_cr3(unsigned long cr3)
{
	native_write_cr3(colinux_set_chunk(cr3, colinux_p2m[colinux_entry_chunk(cr3)]));
}

/**
 * colinux_area() - find the passage area
 *
 * Return: where it is, with the number of levels of the loaded page tables.
 */
struct co_vcpu_page *__init colinux_area(void)
{
	return (struct co_vcpu_page *)(pgtable_l5_enabled() ? CO_AREA_VA_5 : CO_AREA_VA_4);
}

/**
 * colinux_init_levels() - take the number of levels over from the host
 */
void __init colinux_init_levels(void)
{
	if (!(native_read_cr4() & X86_CR4_LA57))
		return;

	__pgtable_l5_enabled = 1;
	pgdir_shift = 48;
	ptrs_per_p4d = 512;
	page_offset_base = __PAGE_OFFSET_BASE_L5;
	vmalloc_base = __VMALLOC_BASE_L5;
	vmemmap_base = __VMEMMAP_BASE_L5;
}

/* The address of @gpa in the host's first page tables. */
static void *__init colinux_boot_va(u64 gpa)
{
	return (void *)(__START_KERNEL_map + gpa);
}

/**
 * colinux_take_p2m() - use the module's p2m table
 *
 * Before the direct mapping exists, it is used at its address on entry.
 */
void __init colinux_take_p2m(void)
{
	colinux_p2m = colinux_boot_va(colinux_vcpu->p2m_gpa);
}

/*
 * The kernel's own tables, from kernel/head_64.S, have pseudo-physical addresses.
 * Beyond the kernel, level2_kernel_pgt has entries for memory of any use.
 */
static void __init colinux_map_kernel(void)
{
	unsigned int i, first = pmd_index((unsigned long)_text);
	unsigned int last = pmd_index((unsigned long)_end - 1);

	for (i = 0; i < PTRS_PER_PMD; i++) {
		if (i < first || i > last)
			level2_kernel_pgt[i] = native_make_pmd(0);
		else
			level2_kernel_pgt[i] = __pmd(native_pmd_val(level2_kernel_pgt[i]));
		level2_fixmap_pgt[i] = __pmd(native_pmd_val(level2_fixmap_pgt[i]));
		level3_kernel_pgt[i] = __pud(native_pud_val(level3_kernel_pgt[i]));
		level4_kernel_pgt[i] = __p4d(native_p4d_val(level4_kernel_pgt[i]));
	}
}

/* The direct mapping of all memory that the host has mapped on entry. */
static void __init colinux_map_direct(u64 nx)
{
	u64 size = min_t(u64, colinux_boot_info->mem_size, CO_BOOT_MAP_MAX);
	unsigned int i;

	BUILD_BUG_ON(PMD_SIZE != CO_CHUNK_SIZE);
	BUILD_BUG_ON(CO_BOOT_MAP_MAX > PUD_SIZE);

	for (i = 0; i < PTRS_PER_PTE; i++)
		colinux_direct_pte[i] = __pte(i * PAGE_SIZE | (__PAGE_KERNEL & ~nx));
	colinux_direct_pmd[0] = __pmd(__pa_symbol(colinux_direct_pte) | _KERNPG_TABLE);
	for (i = 1; i < size >> PMD_SHIFT; i++)
		colinux_direct_pmd[i] = __pmd(i * PMD_SIZE | (__PAGE_KERNEL_LARGE & ~nx));
	colinux_direct_pud[pud_index(PAGE_OFFSET)] =
		__pud(__pa_symbol(colinux_direct_pmd) | _KERNPG_TABLE);
	colinux_direct_p4d[(PAGE_OFFSET >> P4D_SHIFT) & (MAX_PTRS_PER_P4D - 1)] =
		__p4d(__pa_symbol(colinux_direct_pud) | _KERNPG_TABLE);
}

static void __init colinux_init_page_tables(void)
{
	bool l5 = pgtable_l5_enabled();
	/* Too early for boot_cpu_has(). */
	u64 nx = cpuid_edx(0x80000001) & BIT(X86_FEATURE_NX & 31) ? 0 : _PAGE_NX;

	BUILD_BUG_ON(CO_AREA_SLOT != ((CO_AREA_VA_4 >> 39) & (PTRS_PER_PGD - 1)));
	BUILD_BUG_ON(CO_AREA_SLOT != ((CO_AREA_VA_5 >> 48) & (PTRS_PER_PGD - 1)));
	BUILD_BUG_ON(CO_AREA_SLOT != (GUARD_HOLE_PGD_ENTRY & (PTRS_PER_PGD - 1)));

	colinux_map_kernel();
	colinux_map_direct(nx);

	init_top_pgt[CO_AREA_SLOT] =
		native_make_pgd(colinux_vcpu->arch_x86_64.area_entry);
	init_top_pgt[pgd_index(PAGE_OFFSET)] =
		__pgd((l5 ? __pa_symbol(colinux_direct_p4d) :
			    __pa_symbol(colinux_direct_pud)) | _KERNPG_TABLE);
	init_top_pgt[pgd_index(__START_KERNEL_map)] =
		__pgd((l5 ? __pa_symbol(level4_kernel_pgt) :
			    __pa_symbol(level3_kernel_pgt)) | _PAGE_TABLE);
}

/**
 * colinux_init_memory() - replace the host's page tables by the kernel's first ones
 */
void __init colinux_init_memory(void)
{
	colinux_init_p2m();
	colinux_init_page_tables();
	colinux_write_cr3(__pa_symbol(init_top_pgt));
	/* The host's tables may have had global entries for other addresses. */
	__native_tlb_flush_global(native_read_cr4());

	colinux_p2m = __va(colinux_vcpu->p2m_gpa);
	colinux_boot_info = __va(__pa(colinux_boot_info));
}

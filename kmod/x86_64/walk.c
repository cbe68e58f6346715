// SPDX-License-Identifier: GPL-2.0
/*
 * Access to the guest's memory by linear address: a walk through the guest's
 * page tables.
 *
 * Used in rare cases, such as a guest that has just died, or one whose descriptor
 * tables have moved. The page tables may hold anything. An address outside the
 * guest's memory and its passage area counts as not mapped.
 */
#include <linux/mm.h>
#include <asm/io.h>
#include <asm/pgtable.h>

#include "x86_64.h"

/* Address bits of an entry (SDM vol. 3, 4.5.4). */
#define ADDRESS		0x000ffffffffff000ULL

#define LEVEL_BITS	9

/* Returns the kernel address of a machine address, NULL if the guest cannot have it. */
static void *walk_machine(const struct co_vcpu_ctx *v, u64 maddr)
{
	unsigned int i;

	for (i = 0; i < CO_AREA64_PAGES; i++)
		if (maddr - virt_to_phys(v->x86_64.page[i]) < PAGE_SIZE)
			return v->x86_64.page[i] + offset_in_page(maddr);
	return co_memory_pointer(&v->vm->memory, maddr);
}

/* Returns the entry of a page table for an address, 0 if it cannot be read. */
static u64 walk_entry(const struct co_vcpu_ctx *v, u64 table, u64 va,
		       unsigned int shift)
{
	const u64 *entries = walk_machine(v, table & ADDRESS);
	u64 entry;

	if (!co_memory_read(&entry, entries ? &entries[va >> shift & 511] : NULL,
			    sizeof(entry)))
		return 0;
	return entry;
}

/**
 * co_x86_64_pointer() - kernel address of a piece of the guest's memory
 * @v:		the vCPU, not in the guest
 * @va:		linear address in the guest
 * @len:	length of the piece in bytes
 *
 * Return: the address, NULL if the piece is not mapped or does not lie in one
 * page.
 */
void *co_x86_64_pointer(const struct co_vcpu_ctx *v, u64 va, u32 len)
{
	unsigned int shift = PAGE_SHIFT + LEVEL_BITS * (pgtable_l5_enabled() ? 5 : 4);
	u64 entry = co_switch64_of(&v->passage)->guest_cr3, mask;

	if (len > PAGE_SIZE - offset_in_page(va))
		return NULL;
	do {
		shift -= LEVEL_BITS;
		entry = walk_entry(v, entry, va, shift);
		if (!(entry & _PAGE_PRESENT))
			return NULL;
	} while (shift > PAGE_SHIFT && !(entry & _PAGE_PSE));
	mask = (1ULL << shift) - 1;
	return walk_machine(v, (entry & ADDRESS & ~mask) | (va & mask));
}

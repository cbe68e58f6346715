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
#include <asm/pgtable_types.h>

#include "i386.h"

/* Address bits of an entry (SDM vol. 3, 4.4.2). */
#define ADDRESS		0x000ffffffffff000ULL
#define ADDRESS_2M	0x000fffffffe00000ULL

/*
 * Returns the kernel address of a machine address, NULL if that is neither the
 * guest's memory nor its passage area.
 */
static void *machine_pointer(const struct co_vcpu_ctx *v, u64 maddr)
{
	u64 area = v->i386.phys;

	if (maddr - area < CO_AREA_PAGES * PAGE_SIZE)
		return (char *)v->passage.page + (maddr - area);
	return co_memory_pointer(&v->vm->memory, maddr);
}

/* Returns entry @index of the page table at @table, 0 if it cannot be read. */
static u64 table_entry(const struct co_vcpu_ctx *v, u64 table, u32 index)
{
	const u64 *entries = machine_pointer(v, table & ADDRESS);
	u64 entry;

	if (!co_memory_read(&entry, entries ? &entries[index] : NULL, sizeof(entry)))
		return 0;
	return entry;
}

/**
 * co_i386_walk() - machine address of a linear address
 * @v:		the vCPU, not in the guest
 * @va:		linear address in the guest
 *
 * Return: the machine address, CO_NOWHERE if nothing is mapped there.
 */
u64 co_i386_walk(const struct co_vcpu_ctx *v, u32 va)
{
	u64 entry = v->passage.page->arch_i386.pdpt[va >> 30];

	if (!(entry & _PAGE_PRESENT))
		return CO_NOWHERE;
	entry = table_entry(v, entry, va >> PMD_SHIFT & 511);
	if (!(entry & _PAGE_PRESENT))
		return CO_NOWHERE;
	if (entry & _PAGE_PSE)
		return (entry & ADDRESS_2M) | (va & ~PMD_MASK);
	entry = table_entry(v, entry, va >> PAGE_SHIFT & 511);
	if (!(entry & _PAGE_PRESENT))
		return CO_NOWHERE;
	return (entry & ADDRESS) | (va & ~PAGE_MASK);
}

/**
 * co_i386_pointer() - kernel address of a piece of the guest's memory
 * @v:		the vCPU, not in the guest
 * @va:		linear address in the guest
 * @len:	length of the piece in bytes
 *
 * Return: the address, NULL if the piece is not mapped or does not lie in one
 * page.
 */
void *co_i386_pointer(const struct co_vcpu_ctx *v, u32 va, u32 len)
{
	u64 maddr;

	if (len > PAGE_SIZE - (va & ~PAGE_MASK))
		return NULL;
	maddr = co_i386_walk(v, va);
	return maddr == CO_NOWHERE ? NULL : machine_pointer(v, maddr);
}

/**
 * co_i386_read() - copy from the guest's memory by linear address
 * @v:		the vCPU, not in the guest
 * @va:		linear address in the guest
 * @to:		destination
 * @len:	number of bytes
 *
 * Return: false if the bytes are not mapped, do not lie in one page, or cannot be
 * read.
 */
bool co_i386_read(const struct co_vcpu_ctx *v, u32 va, void *to, u32 len)
{
	return co_memory_read(to, co_i386_pointer(v, va, len), len);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's memory by its linear addresses: a walk through its page tables.
 *
 * For what is looked at rarely, such as a guest that just died, or whose
 * descriptor tables moved. The tables may hold anything; an address that is
 * neither the guest's memory nor its passage area leads nowhere.
 */
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <asm/io.h>
#include <asm/pgtable_types.h>

#include "vm.h"

/* Bits of an entry that are its address (SDM vol. 3, 4.4.2). */
#define ADDRESS		0x000ffffffffff000ULL
#define ADDRESS_2M	0x000fffffffe00000ULL

/* The host's address of what lies at a machine address, if it is the guest's. */
static void *machine_pointer(const struct co_vcpu_ctx *v, u64 maddr)
{
	const struct co_memory *mem = &v->vm->memory;
	u64 area = v->passage.phys;
	u64 offset;
	u32 i;

	if (maddr - area < CO_AREA_PAGES * PAGE_SIZE)
		return (char *)v->passage.page + (maddr - area);
	for (i = 0; i < mem->count; i++) {
		offset = maddr - page_to_phys(mem->chunk[i]);
		if (offset < CO_CHUNK_SIZE)
			return (char *)page_address(mem->chunk[i]) + offset;
	}
	return NULL;
}

/*
 * Reads what the guest can read, too: a line of memory that the hardware has
 * lost ends a guest, and must not end the host, which looks at the guest's
 * stack to say what it died of. copy_mc_to_kernel() survives the machine check.
 */
static bool read_safely(void *to, const void *from, u32 len)
{
	return from && !copy_mc_to_kernel(to, from, len);
}

/* Entry @index of the table at a machine address, 0 if there is none. */
static u64 table_entry(const struct co_vcpu_ctx *v, u64 table, u32 index)
{
	const u64 *entries = machine_pointer(v, table & ADDRESS);
	u64 entry;

	if (!entries || !read_safely(&entry, &entries[index], sizeof(entry)))
		return 0;
	return entry;
}

/**
 * co_walk() - machine address of a linear one
 * @v:		the vCPU, not in the guest
 * @va:		the guest's linear address
 *
 * Return: the machine address, CO_NOWHERE if nothing is mapped there.
 */
u64 co_walk(const struct co_vcpu_ctx *v, u32 va)
{
	u64 entry = v->passage.page->pdpt[va >> 30];

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
 * co_guest_pointer() - a piece of the guest's memory by its linear address
 * @v:		the vCPU, not in the guest
 * @va:		the guest's linear address
 * @len:	bytes
 *
 * Return: the host's address, NULL if the piece is not mapped or not in one
 * page.
 */
void *co_guest_pointer(const struct co_vcpu_ctx *v, u32 va, u32 len)
{
	u64 maddr;

	if (len > PAGE_SIZE - (va & ~PAGE_MASK))
		return NULL;
	maddr = co_walk(v, va);
	return maddr == CO_NOWHERE ? NULL : machine_pointer(v, maddr);
}

/**
 * co_guest_read() - copy from the guest's memory by its linear address
 * @v:		the vCPU, not in the guest
 * @va:		the guest's linear address
 * @to:		where to
 * @len:	bytes
 *
 * Return: false if they are not mapped, not in one page, or cannot be read.
 */
bool co_guest_read(const struct co_vcpu_ctx *v, u32 va, void *to, u32 len)
{
	return read_safely(to, co_guest_pointer(v, va, len), len);
}

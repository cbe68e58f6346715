// SPDX-License-Identifier: GPL-2.0
/*
 * PPRAM, the guest's memory: pins it, and translates between its
 * pseudo-physical addresses and machine addresses.
 *
 * The monitor supplies chunks of 2 MiB, each physically contiguous and aligned.
 * So one table entry translates a chunk, and one large page of the guest maps
 * it. docs/memory.md has drawings.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/io.h>

#include "vm.h"

/* Most entries of the m2p table in PPRAM: it covers 8 TiB of host memory. */
#define CO_M2P_MAX	((8ULL << 40) >> CO_CHUNK_SHIFT)

static u64 chunk_number(struct page *page)
{
	return page_to_phys(page) >> CO_CHUNK_SHIFT;
}

static void unpin_chunk(struct page *page)
{
	unpin_user_page_range_dirty_lock(page, CO_CHUNK_PAGES, true);
}

/*
 * Pins one chunk. Returns -ENOBUFS if its pages are not contiguous and aligned,
 * that is, if no huge page backs the monitor's mapping there.
 * pin_user_pages_fast() may pin fewer pages than requested; the next call then
 * returns the error.
 */
static int pin_chunk(unsigned long addr, struct page **pages,
		     struct page **chunk)
{
	int n, got, i;

	for (got = 0; got < CO_CHUNK_PAGES; got += n) {
		n = pin_user_pages_fast(addr + got * PAGE_SIZE,
					CO_CHUNK_PAGES - got,
					FOLL_WRITE | FOLL_LONGTERM,
					pages + got);
		if (n <= 0) {
			unpin_user_pages(pages, got);
			return n ?: -EFAULT;
		}
	}

	for (i = 1; i < got; i++)
		if (page_to_pfn(pages[i]) != page_to_pfn(pages[0]) + i)
			break;
	if (i < got || page_to_phys(pages[0]) & (CO_CHUNK_SIZE - 1)) {
		unpin_user_pages(pages, got);
		return -ENOBUFS;
	}

	*chunk = pages[0];
	return 0;
}

static int pin_all(struct co_memory *mem, u64 *bad_chunk)
{
	struct page **pages;
	unsigned long addr;
	int err = 0;

	pages = kvmalloc_array(CO_CHUNK_PAGES, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return -ENOMEM;

	while (mem->count < mem->size >> CO_CHUNK_SHIFT) {
		addr = mem->user_addr + ((u64)mem->count << CO_CHUNK_SHIFT);
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		err = pin_chunk(addr, pages, &mem->chunk[mem->count]);
		if (err) {
			*bad_chunk = (u64)mem->count << CO_CHUNK_SHIFT;
			break;
		}
		mem->count++;
		cond_resched();
	}

	kvfree(pages);
	return err;
}

static int find_span(struct co_memory *mem)
{
	u64 low = U64_MAX, high = 0, n;
	u32 i;

	for (i = 0; i < mem->count; i++) {
		n = chunk_number(mem->chunk[i]);
		low = min(low, n);
		high = max(high, n);
	}
	if (high - low >= CO_M2P_MAX)
		return -ERANGE;

	mem->first = low;
	mem->span = high - low + 1;
	return 0;
}

/**
 * co_memory_tables_size() - size of the p2m and m2p tables in PPRAM
 * @mem:	registered memory
 *
 * Return: size in bytes, a multiple of the page size: each table begins on a
 * page of its own.
 */
u64 co_memory_tables_size(const struct co_memory *mem)
{
	return PAGE_ALIGN((u64)mem->count * sizeof(u32)) +
	       PAGE_ALIGN((u64)mem->span * sizeof(u32));
}

/**
 * co_memory_set() - CO_IOC_SET_MEM: pin PPRAM
 * @vm:		the VM; its lock is held
 * @arg:	in and out, see the ABI; unchecked
 *
 * Return: 0, -EBUSY if the VM has memory already, or another error as the ABI
 * says.
 */
int co_memory_set(struct co_vm *vm, struct co_set_mem *arg)
{
	struct co_memory *mem = &vm->memory;
	int err;

	if (mem->size)
		return -EBUSY;
	if (!arg->size || !IS_ALIGNED(arg->size, CO_CHUNK_SIZE) ||
	    !IS_ALIGNED(arg->user_addr, CO_CHUNK_SIZE) ||
	    arg->user_addr + arg->size < arg->user_addr)
		return -EINVAL;
	if (arg->size > CO_MAX_MEM)
		return -ERANGE;

	mem->chunk = kvcalloc(arg->size >> CO_CHUNK_SHIFT,
			      sizeof(*mem->chunk), GFP_KERNEL_ACCOUNT);
	if (!mem->chunk)
		return -ENOMEM;

	mem->size = arg->size;
	mem->user_addr = arg->user_addr;
	err = account_locked_vm(vm->mm, mem->size >> PAGE_SHIFT, true);
	if (err)
		goto out_release;
	mem->locked_mm = vm->mm;

	err = pin_all(mem, &arg->bad_chunk);
	if (err)
		goto out_release;
	err = find_span(mem);
	if (err)
		goto out_release;

	arg->tables_size = co_memory_tables_size(mem);
	return 0;

out_release:
	co_memory_release(mem);
	return err;
}

/**
 * co_memory_unpin() - give the pages back to the host
 * @mem:	memory, completely or partly pinned, or unpinned already
 *
 * The vCPU must not run any more. Marks the pages dirty: the guest has written
 * to them, and the host's page tables do not show that.
 */
void co_memory_unpin(struct co_memory *mem)
{
	while (mem->count) {
		unpin_chunk(mem->chunk[--mem->count]);
		cond_resched();
	}
}

/**
 * co_memory_release() - unpin PPRAM, undo its accounting, clear @mem
 * @mem:	memory, as for co_memory_unpin()
 */
void co_memory_release(struct co_memory *mem)
{
	co_memory_unpin(mem);
	/*
	 * If the file has outlived its process, the mm may be gone, and the
	 * accounting with it.
	 */
	if (mem->locked_mm && mmget_not_zero(mem->locked_mm)) {
		account_locked_vm(mem->locked_mm, mem->size >> PAGE_SHIFT,
				  false);
		mmput(mem->locked_mm);
	}
	mem->locked_mm = NULL;
	kvfree(mem->chunk);
	mem->chunk = NULL;
	mem->size = 0;
}

/**
 * co_memory_maddr() - machine address of a pseudo-physical address
 * @mem:	registered memory
 * @gpa:	pseudo-physical address, below @mem->size
 */
u64 co_memory_maddr(const struct co_memory *mem, u64 gpa)
{
	return page_to_phys(mem->chunk[gpa >> CO_CHUNK_SHIFT]) +
	       (gpa & (CO_CHUNK_SIZE - 1));
}

/**
 * co_memory_map() - kernel address of a piece of PPRAM
 * @mem:	registered memory
 * @gpa:	start of the piece
 * @len:	length of the piece in bytes
 *
 * Return: the address, NULL if the piece does not lie in one chunk of PPRAM.
 */
void *co_memory_map(const struct co_memory *mem, u64 gpa, u64 len)
{
	u64 offset = gpa & (CO_CHUNK_SIZE - 1);

	if (gpa >= mem->size || len > CO_CHUNK_SIZE - offset)
		return NULL;
	return page_address(mem->chunk[gpa >> CO_CHUNK_SHIFT]) + offset;
}

/**
 * co_memory_pointer() - kernel address of a machine address in PPRAM
 * @mem:	registered memory
 * @maddr:	machine address, any value
 *
 * Searches all chunks: for rare cases.
 *
 * Return: the address, NULL if @maddr is not in PPRAM.
 */
void *co_memory_pointer(const struct co_memory *mem, u64 maddr)
{
	u64 offset;
	u32 i;

	for (i = 0; i < mem->count; i++) {
		offset = maddr - page_to_phys(mem->chunk[i]);
		if (offset < CO_CHUNK_SIZE)
			return (char *)page_address(mem->chunk[i]) + offset;
	}
	return NULL;
}

/**
 * co_memory_read() - copy from a guest's memory
 * @to:		destination
 * @from:	source, may be NULL
 * @len:	number of bytes
 *
 * Copies with copy_mc_to_kernel(), which survives a machine check. The guest may
 * have died of a bad line of memory. The host reads the guest's stack for its
 * report, and must survive reading the same line.
 *
 * Return: false if the bytes cannot be read.
 */
bool co_memory_read(void *to, const void *from, u32 len)
{
	return from && !copy_mc_to_kernel(to, from, len);
}

/**
 * co_memory_write() - write to PPRAM
 * @mem:	registered memory
 * @gpa:	destination; @len bytes from there lie in PPRAM
 * @from:	source, NULL for zeroes
 * @len:	number of bytes
 */
void co_memory_write(const struct co_memory *mem, u64 gpa, const void *from,
		     u64 len)
{
	while (len) {
		u64 part = min(len, CO_CHUNK_SIZE - (gpa & (CO_CHUNK_SIZE - 1)));
		void *to = co_memory_map(mem, gpa, part);

		if (from) {
			memcpy(to, from, part);
			from += part;
		} else {
			memset(to, 0, part);
		}
		gpa += part;
		len -= part;
	}
}

/**
 * co_memory_write_tables() - put the p2m and m2p tables into PPRAM
 * @mem:	registered memory
 * @gpa:	destination, page-aligned; co_memory_tables_size() bytes from
 *		there lie in PPRAM
 * @page:	vCPU page, whose p2m and m2p fields are set
 *
 * These are copies for the guest. The host never reads them: it translates with
 * @mem->chunk.
 */
void co_memory_write_tables(const struct co_memory *mem, u64 gpa,
			    struct co_vcpu_page *page)
{
	u64 m2p = gpa + PAGE_ALIGN((u64)mem->count * sizeof(u32));
	u64 n;
	u32 i;

	for (i = 0; i < mem->count; i++)
		*(u32 *)co_memory_map(mem, gpa + i * sizeof(u32), sizeof(u32)) =
			chunk_number(mem->chunk[i]);
	for (i = 0; i < mem->span; i++)
		*(u32 *)co_memory_map(mem, m2p + i * sizeof(u32), sizeof(u32)) =
			CO_M2P_NONE;
	for (i = 0; i < mem->count; i++) {
		n = chunk_number(mem->chunk[i]) - mem->first;
		*(u32 *)co_memory_map(mem, m2p + n * sizeof(u32), sizeof(u32)) =
			i;
	}

	page->p2m_gpa = gpa;
	page->p2m_count = mem->count;
	page->m2p_gpa = m2p;
	page->m2p_first = mem->first;
	page->m2p_count = mem->span;
}

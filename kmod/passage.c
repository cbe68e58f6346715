// SPDX-License-Identifier: GPL-2.0
/*
 * What the passages share on the host's side, whatever the guest's architecture.
 */
#include <linux/percpu.h>
#include <linux/string.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/segment.h>
#include <asm/special_insns.h>

#include "compat.h"
#include "passage.h"

/* Operand of VERW (barriers.S): a segment that is writable under the guests' GDTs too. */
const u16 co_verw_selector = __KERNEL_DS;

/* sgdt and sidt write 10 bytes: the limit, and the base right behind it. */
static_assert(offsetof(struct co_desc64, base) ==
	      offsetof(struct co_desc64, limit) + 2);

static void desc_set(struct co_desc64 *desc, u16 limit, u64 base)
{
	desc->limit = limit;
	desc->base = base;
}

/**
 * co_host_cpu_store() - store the host's registers that differ from CPU to CPU
 * @cpu:	out
 *
 * Context: preemption disabled until the passages that use @cpu are over.
 */
void co_host_cpu_store(struct co_host_cpu *cpu)
{
	struct desc_struct *gdt = get_current_gdt_rw();
	struct desc_ptr dt;

	native_store_gdt(&dt);
	desc_set(&cpu->gdt, dt.size, dt.address);
	desc_set(&cpu->gdt_rw, dt.size, (u64)gdt);
	store_idt(&dt);
	desc_set(&cpu->idt, dt.size, dt.address);
	cpu->tr = GDT_ENTRY_TSS * 8;
	cpu->tss_desc = (u64)&gdt[GDT_ENTRY_TSS];
	asm volatile("sldt %0" : "=m" (cpu->ldt));
	rdmsrl(MSR_GS_BASE, cpu->gs_base);
}

/**
 * co_host_copy_kernel_half() - map the host's kernel in another page table
 * @pgd:	top level of that page table
 *
 * The kernel half of all processes has the same top-level entries, filled in at
 * boot. Only hot-added memory above all other memory can add an entry. It also
 * moves high_memory, which the owner of such a table compares.
 */
void co_host_copy_kernel_half(u64 *pgd)
{
	const u64 *host = __va(read_cr3_pa());

	memcpy(pgd + PTRS_PER_PGD / 2, host + PTRS_PER_PGD / 2, PAGE_SIZE / 2);
}

/**
 * co_vcpu_page_init() - set the members that every architecture has
 * @page:	vCPU page, zero
 * @arch:	CO_ARCH_*
 * @id:		number of the vCPU
 */
void co_vcpu_page_init(struct co_vcpu_page *page, u32 arch, u32 id)
{
	page->magic = CO_VCPU_MAGIC;
	page->abi = CO_GUEST_ABI;
	page->arch = arch;
	page->id = id;
	page->stub_stride = CO_STUB_STRIDE;
	page->deadline = CO_NO_DEADLINE;
	page->armed = CO_NO_DEADLINE;
}

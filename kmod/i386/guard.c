// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the guest's tables that the passage relies on, before each entry.
 *
 * The way in loads the guest's page tables and descriptor tables while the
 * trampoline's IDT is live. That IDT has handlers for NMI and #MC alone: any
 * fault there is a triple fault and resets the machine. So a guest with broken
 * tables is not entered. It ends with the fault that the CPU would have raised.
 *
 * Most checks run only after a register or a PDPT entry has changed. The others
 * find what a stray write may have hit. They cost a few instructions of each
 * passage: see co_i386_guard_ok() in enter.h. The guard is against accidents: a hostile
 * guest is in ring 0 and has easier ways.
 */
#include <asm/desc_defs.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/trapnr.h>

#include "enter.h"
#include "i386.h"

/*
 * Reserved bits of a PDPT entry's low half (SDM vol. 3, table 4-8), without A,
 * which QEMU sets. The bits above the machine's physical address width are
 * reserved as well. If one of them is set, loading CR3 raises #GP (SDM vol. 3,
 * 4.4.1).
 */
#define PDPT_RESERVED	0x1c6

#define ACCESSED	BIT_ULL(40)
#define FLAT_CODE32	0x00cf9b000000ffffULL
#define FLAT_DATA	0x00cf93000000ffffULL

/* Type, S and P of a system descriptor; and of a TSS, busy or not. */
#define SYSTEM_BITS	0x00009f0000000000ULL
#define LDT_BITS	0x0000820000000000ULL

/* P, DPL and type of an IDT entry, and those of a 32-bit interrupt gate. */
#define GATE_BITS	0x0000ff0000000000ULL
#define GATE_INTERRUPT32 0x00008e0000000000ULL

/* A good TSS, for a guest that has not loaded its task register yet. */
static const u8 no_tss[sizeof(u64)] = { [CO_DESC_ACCESS] = CO_GUARD_TSS };

static const u64 *descriptor(const struct co_vcpu_ctx *v, u16 selector)
{
	const struct co_switch *sw = co_switch_of(&v->passage);

	if (selector & (SEGMENT_TI_MASK | SEGMENT_RPL_MASK) ||
	    selector + 7 > sw->guest_gdt.limit)
		return NULL;
	return co_i386_pointer(v, sw->guest_gdt.base + selector, sizeof(u64));
}

static bool flat(const struct co_vcpu_ctx *v, u16 selector, u64 wanted)
{
	const u64 *desc = descriptor(v, selector);

	return desc && (*desc | ACCESSED) == wanted;
}

static bool check_tables(const struct co_vcpu_ctx *v)
{
	const struct co_vcpu_page *page = v->passage.page;
	int i;

	if (page->arch_i386.root_maddr != v->i386.guard.root)
		return false;
	for (i = 0; i < ARRAY_SIZE(page->arch_i386.pdpt); i++)
		if (page->arch_i386.pdpt[i] & v->i386.guard.pdpt_reserved)
			return false;
	for (i = 0; i < CO_PASSAGE_PAGES; i++)
		if (co_i386_walk(v, v->passage_va + i * PAGE_SIZE) !=
		    v->i386.phys + i * PAGE_SIZE)
			return false;
	return true;
}

static bool check_tss(struct co_vcpu_ctx *v)
{
	u16 tr = co_switch_of(&v->passage)->guest_tr;
	const u8 *desc;

	v->i386.guard.tss = no_tss;
	if (tr == GDT_ENTRY_TSS * 8)
		return true;
	desc = (const u8 *)descriptor(v, tr);
	if (!desc || (desc[CO_DESC_ACCESS] & CO_GUARD_TSS_MASK) != CO_GUARD_TSS)
		return false;
	v->i386.guard.tss = desc;
	return true;
}

static bool check_ldt(struct co_vcpu_ctx *v)
{
	u16 ldt = co_switch_of(&v->passage)->guest_ldt;
	const u64 *desc;

	if (!ldt)
		return true;
	desc = descriptor(v, ldt);
	return desc && (*desc & SYSTEM_BITS) == LDT_BITS;
}

/* Does the gate of @vector lead to the stub of @vector? */
static bool check_gate(const struct co_vcpu_ctx *v, u32 vector)
{
	const struct co_switch *sw = co_switch_of(&v->passage);
	u32 stub = v->i386.guard.stubs + vector * CO_STUB_STRIDE;
	u32 offset = vector * sizeof(u64);
	const u64 *gate;

	if (offset + 7 > sw->guest_idt.limit)
		return false;
	gate = co_i386_pointer(v, sw->guest_idt.base + offset, sizeof(*gate));
	return gate && (*gate & GATE_BITS) == GATE_INTERRUPT32 &&
	       (u16)(*gate >> 16) == CO_SEL_CODE32 &&
	       ((u32)(*gate >> 32) & 0xffff0000) == (stub & 0xffff0000) &&
	       (u16)*gate == (u16)stub;
}

/**
 * co_i386_guard() - co_arch.check
 * @v:		the vCPU, not in the guest
 *
 * The complete check, for when co_i386_guard_ok() finds a change.
 *
 * Return: 0, or the vector of the exception that the CPU would raise.
 */
u32 co_i386_guard(struct co_vcpu_ctx *v)
{
	const struct co_switch *sw = co_switch_of(&v->passage);
	struct co_guard *g = &v->i386.guard;

	if (!check_tables(v))
		return X86_TRAP_PF;
	if (!flat(v, CO_SEL_CODE32, FLAT_CODE32) ||
	    !flat(v, CO_SEL_DATA32, FLAT_DATA))
		return X86_TRAP_GP;
	if (!check_tss(v))
		return X86_TRAP_TS;
	if (!check_ldt(v) || !check_gate(v, X86_TRAP_NMI) ||
	    !check_gate(v, X86_TRAP_MC))
		return X86_TRAP_GP;

	g->top = v->passage.page->arch_i386.pdpt[v->passage_va >> 30];
	g->gdt = *(const u64 *)&sw->guest_gdt;
	g->idt = *(const u64 *)&sw->guest_idt;
	g->selectors = *(const u32 *)&sw->guest_tr;
	return 0;
}

/**
 * co_i386_guard_init() - store the values that stay constant
 * @v:		the vCPU, with its passage area built
 */
void co_i386_guard_init(struct co_vcpu_ctx *v)
{
	v->i386.guard.root = v->passage.page->arch_i386.root_maddr;
	v->i386.guard.stubs = v->passage.page->stub_va;
	v->i386.guard.pdpt_top = v->passage_va >> 30;
	v->i386.guard.pdpt_reserved = PDPT_RESERVED |
		~(BIT_ULL(boot_cpu_data.x86_phys_bits) - 1);
	v->i386.guard.tss = no_tss;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every passage to an i386 guest executes on the host's side: inline, because
 * it is the hot path.
 */
#ifndef CO_I386_ENTER_H
#define CO_I386_ENTER_H

#include "../vm.h"

/* The access byte of a 32-bit TSS's descriptor, busy or not: P, S and type. */
#define CO_DESC_ACCESS		5
#define CO_GUARD_TSS_MASK	0x9d
#define CO_GUARD_TSS		0x89

/* PDPT entries: the accessed bit is reserved, but QEMU sets it. */
#define CO_GUARD_PDPT_A		0x020

/**
 * co_i386_guard_ok() - is everything as co_arch.check() last found it?
 * @v:		the vCPU, not in the guest
 */
static inline bool co_i386_guard_ok(const struct co_vcpu_ctx *v)
{
	const struct co_vcpu_page *page = v->passage.page;
	const struct co_switch *sw = co_switch_of(&v->passage);
	const struct co_guard *g = &v->i386.guard;
	u64 bad;

	bad = page->arch_i386.pdpt[0] | page->arch_i386.pdpt[1] | page->arch_i386.pdpt[2];
	bad &= g->pdpt_reserved;
	bad |= (page->arch_i386.pdpt[g->pdpt_top] ^ g->top) & ~(u64)CO_GUARD_PDPT_A;
	bad |= page->arch_i386.root_maddr ^ g->root;
	bad |= *(const u64 *)&sw->guest_gdt ^ g->gdt;
	bad |= *(const u64 *)&sw->guest_idt ^ g->idt;
	bad |= *(const u32 *)&sw->guest_tr ^ g->selectors;
	bad |= (g->tss[CO_DESC_ACCESS] & CO_GUARD_TSS_MASK) ^ CO_GUARD_TSS;
	return !bad;
}

/**
 * co_i386_cr4_planned() - is CR4 as co_arch.plan_cr4() last found it?
 * @v:		the vCPU, not in the guest
 * @cr4:	CR4 of the host
 */
static inline bool co_i386_cr4_planned(const struct co_vcpu_ctx *v, u64 cr4)
{
	const struct co_cr4 *plan = &v->i386.host->cr4;

	return !((cr4 ^ plan->host) |
		 (co_switch_of(&v->passage)->guest_cr4 ^ plan->guest));
}

#endif /* CO_I386_ENTER_H */

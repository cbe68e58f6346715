/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every passage to an x86-64 guest executes on the host's side: inline, because
 * it is the hot path.
 */
#ifndef CO_X86_64_ENTER_H
#define CO_X86_64_ENTER_H

#include "../vm.h"

/**
 * co_x86_64_guard_ok() - is everything as co_arch.check() last found it?
 * @v:		the vCPU, not in the guest
 *
 * CR3 needs no check. The guest came out through its page tables, and nobody has
 * changed them since.
 */
static inline bool co_x86_64_guard_ok(const struct co_vcpu_ctx *v)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);
	const struct co_guard64 *g = &v->x86_64.guard;
	u64 bad;

	bad = sw->guest_gdt.base ^ g->gdt.base;
	bad |= sw->guest_idt.base ^ g->idt.base;
	/* The limit with the padding, which has TR and LDTR. */
	bad |= *(const u64 *)&sw->guest_gdt ^ *(const u64 *)&g->gdt;
	bad |= *(const u64 *)&sw->guest_idt ^ *(const u64 *)&g->idt;
	return !bad;
}

/**
 * co_x86_64_cr4_planned() - is CR4 as co_arch.plan_cr4() last found it?
 * @v:		the vCPU, not in the guest
 * @cr4:	CR4 of the host
 */
static inline bool co_x86_64_cr4_planned(const struct co_vcpu_ctx *v, u64 cr4)
{
	const struct co_cr4_64 *plan = &v->x86_64.host->cr4;

	return !((cr4 ^ plan->host) |
		 (co_switch64_of(&v->passage)->guest_cr4 ^ plan->guest));
}

#endif /* CO_X86_64_ENTER_H */

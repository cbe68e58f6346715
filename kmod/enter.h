/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every passage executes on the host's side, by the guest's architecture: inline,
 * because it is the hot path. The callers pass @arch as a constant, so the compiler
 * leaves one of the two branches.
 */
#ifndef CO_ENTER_H
#define CO_ENTER_H

#include "i386/enter.h"
#include "x86_64/enter.h"

/**
 * co_guard_ok() - is everything as co_arch.check() last found it?
 * @v:		the vCPU, not in the guest
 * @arch:	CO_ARCH_* of the guest
 */
static __always_inline bool co_guard_ok(const struct co_vcpu_ctx *v, u32 arch)
{
	return arch == CO_ARCH_I386 ? co_i386_guard_ok(v) : co_x86_64_guard_ok(v);
}

/**
 * co_cr4_planned() - is CR4 as co_arch.plan_cr4() last found it?
 * @v:		the vCPU, not in the guest
 * @arch:	CO_ARCH_* of the guest
 * @cr4:	CR4 of the host
 */
static __always_inline bool co_cr4_planned(const struct co_vcpu_ctx *v, u32 arch,
					   u64 cr4)
{
	return arch == CO_ARCH_I386 ? co_i386_cr4_planned(v, cr4) :
				      co_x86_64_cr4_planned(v, cr4);
}

/**
 * co_guest_off() - was the guest interrupted with interrupts off?
 * @v:		the vCPU, not in the guest
 * @arch:	CO_ARCH_* of the guest
 */
static __always_inline bool co_guest_off(const struct co_vcpu_ctx *v, u32 arch)
{
	u64 flags = arch == CO_ARCH_I386 ? co_switch_of(&v->passage)->guest_flags :
					   co_switch64_of(&v->passage)->frame.flags;

	return !(flags & X86_EFLAGS_IF);
}

/**
 * co_vmx_forbids() - can the guest not be entered while VMX is in use?
 * @arch:	CO_ARCH_* of the guest
 * @cr4:	CR4 of the host
 *
 * In VMX operation CR0.PG is fixed to 1 (SDM vol. 3, 23.8). Only the passage to an
 * i386 guest clears it.
 */
static __always_inline bool co_vmx_forbids(u32 arch, u64 cr4)
{
	return arch == CO_ARCH_I386 && cr4 & X86_CR4_VMXE;
}

/* With frame pointers, the passage saves RBP: host_state.S. */
#ifdef CONFIG_FRAME_POINTER
#define CO_PASSAGE_CLOBBERS_RBP
#else
#define CO_PASSAGE_CLOBBERS_RBP	"rbp",
#endif

#define CO_PASSAGE_CLOBBERS						\
	CO_PASSAGE_CLOBBERS_RBP "rax", "rcx", "rdx", "r8", "r9", "r10",	\
	"r11", "r12", "r13", "r14", "r15", "cc", "memory"

/**
 * co_passage() - the passage to the guest and back
 * @v:		the vCPU
 * @arch:	CO_ARCH_* of the guest
 *
 * Context: interrupts off; CR4 is planned.
 * Return: the reason of the guest's exit.
 */
static __always_inline u32 co_passage(struct co_vcpu_ctx *v, u32 arch)
{
	void *host;
	u32 reason;

	/*
	 * Not C calls, which would preserve five more registers than the loop needs: the
	 * compiler keeps the vCPU in RBX.
	 */
	if (arch == CO_ARCH_I386)
		asm volatile("call co_passage_switch"
			     : "=S" (reason), "=D" (host), ASM_CALL_CONSTRAINT
			     : "D" (v->i386.host) : CO_PASSAGE_CLOBBERS);
	else
		asm volatile("call co_passage64_switch"
			     : "=S" (reason), "=D" (host), ASM_CALL_CONSTRAINT
			     : "D" (v->x86_64.host) : CO_PASSAGE_CLOBBERS);
	return reason;
}

#endif /* CO_ENTER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calling sequence of a hypercall; see <colinux/x86_64.h>.
 */
#ifndef _X86_COLINUX_ENTER_64_H
#define _X86_COLINUX_ENTER_64_H

#include <asm/asm.h>
#include <asm/colinux.h>
#include <asm/nospec-branch.h>

/**
 * colinux_enter() - enter the passage
 * @flags:	RFLAGS with which the passage returns; with IF set, it delivers pending
 *		virtual interrupts
 *
 * Context: interrupts are off, the arguments are in the vCPU page.
 */
static __always_inline void colinux_enter(unsigned long flags)
{
	unsigned long passage = colinux_vcpu->hypercall_va;

	asm volatile(ANNOTATE_RETPOLINE_SAFE
		     "call *%[passage]"
		     : ASM_CALL_CONSTRAINT, "+D" (flags), [passage] "+a" (passage)
		     :
		     : "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "memory", "cc");
}

#endif /* _X86_COLINUX_ENTER_64_H */

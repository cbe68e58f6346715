/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calling sequence of a hypercall; see <colinux/i386.h>.
 */
#ifndef _X86_COLINUX_ENTER_32_H
#define _X86_COLINUX_ENTER_32_H

#include <asm/asm.h>
#include <asm/colinux.h>
#include <asm/segment.h>

/**
 * colinux_enter() - enter the passage
 * @flags:	EFLAGS of the frame to which the passage returns; with IF set, it
 *		delivers pending virtual interrupts
 *
 * Context: interrupts are off, the arguments are in the vCPU page.
 */
static __always_inline void colinux_enter(unsigned long flags)
{
	asm volatile("pushl %[flags]\n\t"
		     "pushl %[cs]\n\t"
		     "call *%[passage]"
		     : ASM_CALL_CONSTRAINT
		     : [flags] "r" (flags), [cs] "i" (__KERNEL_CS),
		       [passage] "r" ((unsigned long)colinux_vcpu->hypercall_va)
		     : "memory", "cc");
}

#endif /* _X86_COLINUX_ENTER_32_H */

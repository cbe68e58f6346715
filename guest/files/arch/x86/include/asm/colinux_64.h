/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a 64-bit guest adds to <asm/colinux.h>.
 */
#ifndef _ASM_X86_COLINUX_64_H
#define _ASM_X86_COLINUX_64_H

#ifndef __ASSEMBLY__

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/processor-flags.h>
#include <asm/special_insns.h>
#include <colinux/guest.h>

struct pt_regs;

/*
 * The page that is shared with the host. One, as a guest has one vCPU. Its address
 * depends on the number of levels of page tables.
 */
extern struct co_vcpu_page *colinux_vcpu;

#define COLINUX_PASSAGE_VA	((unsigned long)colinux_vcpu)

/* The name of a register in messages. */
#define COLINUX_REG(name)	"R" name

/* Not for exceptions of the passage: selector_64.S handles these. */
static inline bool colinux_fixup_selector(struct pt_regs *regs)
{
	return false;
}

/**
 * colinux_cr4() - keep the host's VMXE in a value for CR4
 * @cr4:	the kernel's value
 *
 * In VMX operation a write that clears VMXE faults (SDM vol. 3, 23.8). The host may
 * enter and leave VMX operation at any time, so the kernel's copy of CR4 is no guide.
 *
 * Return: the value to write.
 */
static __always_inline unsigned long colinux_cr4(unsigned long cr4)
{
	return (cr4 & ~X86_CR4_VMXE) | (native_read_cr4() & X86_CR4_VMXE);
}

/* The bits of DR7 that enable breakpoints: L0 to G3 (SDM vol. 3, 17.2.4). */
#define COLINUX_DR7_ENABLE	0xff

/**
 * colinux_before_dr7() - tell the passage that DR7 may get a breakpoint
 * @dr7:	the value that will be written
 */
static __always_inline void colinux_before_dr7(unsigned long dr7)
{
	if (dr7 & COLINUX_DR7_ENABLE)
		WRITE_ONCE(colinux_vcpu->arch_x86_64.dr7_used, 1);
}

/**
 * colinux_after_dr7() - tell the passage that DR7 has no breakpoint
 * @dr7:	the value that has been written
 */
static __always_inline void colinux_after_dr7(unsigned long dr7)
{
	if (!(dr7 & COLINUX_DR7_ENABLE))
		WRITE_ONCE(colinux_vcpu->arch_x86_64.dr7_used, 0);
}

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_64_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What irq.c does differently on 32 bits.
 */
#ifndef _X86_COLINUX_IRQ_32_H
#define _X86_COLINUX_IRQ_32_H

#include <linux/irq.h>
#include <asm/irq.h>

/* No gate of 32 bits has a stack of its own. */
static inline unsigned int colinux_gate_ist(unsigned int vector)
{
	return 0;
}

static __always_inline void colinux_handle_irq(struct irq_desc *desc,
					       struct pt_regs *regs)
{
	__handle_irq(desc, regs);
}

#endif /* _X86_COLINUX_IRQ_32_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What irq.c does differently on 64 bits.
 */
#ifndef _X86_COLINUX_IRQ_64_H
#define _X86_COLINUX_IRQ_64_H

#include <linux/irq.h>
#include <asm/page_types.h>
#include <asm/trapnr.h>

/* Index of the IST entry with co_x86_64_page.frame_va. Linux has the ones before. */
#define COLINUX_IST_INDEX	(IST_INDEX_VC + 1)

/*
 * The IST of the gate of a host's vector, counted from 1 as in a gate. NMIs and machine
 * checks have the stacks that Linux has for them, and does not use here.
 */
static inline unsigned int colinux_gate_ist(unsigned int vector)
{
	switch (vector) {
	case X86_TRAP_NMI:
		return IST_INDEX_NMI + 1;
	case X86_TRAP_MC:
		return IST_INDEX_MCE + 1;
	default:
		return COLINUX_IST_INDEX + 1;
	}
}

static __always_inline void colinux_handle_irq(struct irq_desc *desc,
					       struct pt_regs *regs)
{
	generic_handle_irq_desc(desc);
}

#endif /* _X86_COLINUX_IRQ_64_H */

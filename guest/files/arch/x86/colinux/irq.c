// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of a coLinux guest, the host's and its own.
 *
 * Hardware interrupts are the host's. Their vectors in the IDT, and those of
 * NMI and machine check, belong to the passage: native_write_idt_entry() hands
 * them over here whoever sets them up.
 *
 * The guest's own interrupts are bits in the vCPU page. When some are set and
 * the guest can be interrupted, the passage jumps to asm_sysvec_colinux_upcall
 * as if it were an interrupt gate's handler. There is nothing to acknowledge
 * and nothing to mask: taking the bit is all.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <asm/colinux.h>
#include <asm/desc.h>
#include <asm/idtentry.h>
#include <asm/irq.h>
#include <asm/irq_regs.h>
#include <asm/trapnr.h>

#include "colinux.h"

/* After those that every x86 kernel sets aside for a PC's legacy devices. */
#define COLINUX_IRQ_BASE	NR_IRQS_LEGACY

static struct irq_desc *colinux_irqs[CO_NR_VIRQS] __ro_after_init;

/**
 * colinux_set_host_gate() - is this vector the host's?
 * @gate:	its entry in the IDT, set to the passage's stub if so
 * @vector:	the vector
 *
 * Return: whether it is.
 */
bool colinux_set_host_gate(gate_desc *gate, unsigned int vector)
{
	const struct co_vcpu_page *vcpu = colinux_vcpu;

	if (vector == IA32_SYSCALL_VECTOR)
		return false;
	if (vector < FIRST_EXTERNAL_VECTOR && vector != X86_TRAP_NMI &&
	    vector != X86_TRAP_MC)
		return false;

	pack_gate(gate, GATE_INTERRUPT,
		  vcpu->stub_va + vector * vcpu->stub_stride, 0, 0, __KERNEL_CS);
	return true;
}

static bool colinux_pending(void)
{
	return READ_ONCE(colinux_vcpu->pending[0]) |
	       READ_ONCE(colinux_vcpu->pending[1]);
}

static void colinux_take(unsigned int word, struct pt_regs *regs)
{
	unsigned long bits = xchg(&colinux_vcpu->pending[word], 0);
	unsigned int bit;

	for_each_set_bit(bit, &bits, 32)
		__handle_irq(colinux_irqs[word * 32 + bit], regs);
}

/* What becomes pending meanwhile is taken at once, not by another upcall. */
DEFINE_IDTENTRY_SYSVEC(sysvec_colinux_upcall)
{
	struct pt_regs *old_regs = set_irq_regs(regs);

	BUILD_BUG_ON(ARRAY_SIZE(colinux_vcpu->pending) != 2);

	do {
		colinux_take(0, regs);
		colinux_take(1, regs);
	} while (colinux_pending());

	set_irq_regs(old_regs);
}

/**
 * colinux_virq_to_irq() - Linux's number of a virtual interrupt
 * @virq:	the virtual interrupt
 *
 * Return: the number, or -EINVAL.
 */
int colinux_virq_to_irq(u32 virq)
{
	return virq < CO_NR_VIRQS ? COLINUX_IRQ_BASE + virq : -EINVAL;
}

static void colinux_irq_noop(struct irq_data *data)
{
}

static struct irq_chip colinux_irq_chip = {
	.name		= "coLinux",
	.irq_ack	= colinux_irq_noop,
	.irq_mask	= colinux_irq_noop,
	.irq_unmask	= colinux_irq_noop,
	.flags		= IRQCHIP_SKIP_SET_WAKE,
};

/**
 * colinux_init_irqs() - be ready for virtual interrupts
 */
void __init colinux_init_irqs(void)
{
	unsigned int i;

	colinux_init_stacks();
	if (irq_alloc_descs(COLINUX_IRQ_BASE, COLINUX_IRQ_BASE, CO_NR_VIRQS, 0) < 0)
		panic("coLinux: no interrupt descriptors");

	for (i = 0; i < CO_NR_VIRQS; i++) {
		irq_set_chip_and_handler(COLINUX_IRQ_BASE + i,
					 &colinux_irq_chip, handle_edge_irq);
		colinux_irqs[i] = irq_to_desc(COLINUX_IRQ_BASE + i);
	}
	irq_set_handler(COLINUX_IRQ_BASE + CO_VIRQ_TIMER, handle_percpu_irq);

	colinux_vcpu->upcall_va = (unsigned long)asm_sysvec_colinux_upcall;
}

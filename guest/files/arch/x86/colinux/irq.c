// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of a coLinux guest: those of the host and its own.
 *
 * Hardware interrupts, NMIs and machine checks belong to the host. Their IDT
 * entries lead to stubs of the passage: native_write_idt_entry() calls
 * colinux_set_host_gate() for each entry that the kernel writes.
 *
 * The guest's own interrupts are bits in the vCPU page. If a bit is set and the
 * guest has interrupts on, the passage jumps to asm_sysvec_colinux_upcall, like
 * an interrupt gate. The handler clears the bits. Nothing is to be acknowledged
 * or masked.
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
#ifdef CONFIG_X86_32
#include "irq_32.h"
#else
#include "irq_64.h"
#endif

/* Every x86 kernel reserves the numbers below for a PC's legacy devices. */
#define COLINUX_IRQ_BASE	NR_IRQS_LEGACY

static struct irq_desc *colinux_irqs[CO_NR_VIRQS] __ro_after_init;

/**
 * colinux_set_host_gate() - point the IDT entry of a host's vector to its stub
 * @gate:	entry of the IDT
 * @vector:	vector of the entry
 *
 * Return: false if the vector is the guest's; @gate is then unchanged.
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
		  vcpu->stub_va + vector * vcpu->stub_stride, 0,
		  colinux_gate_ist(vector), __KERNEL_CS);
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
		colinux_handle_irq(colinux_irqs[word * 32 + bit], regs);
}

/* Also handles bits that are set meanwhile: this saves another upcall. */
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
 * colinux_virq_to_irq() - convert a virtual interrupt to a Linux interrupt
 * @virq:	number of the virtual interrupt
 *
 * Return: the number of the Linux interrupt, or -EINVAL.
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
 * colinux_init_irqs() - set up virtual interrupts
 */
void __init colinux_init_irqs(void)
{
	unsigned int i;

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

// SPDX-License-Identifier: GPL-2.0
/*
 * In-service bits of the local APIC, for interrupts that hit a guest.
 *
 * An interrupt is in service from its acceptance by the CPU until the host's
 * handler ends it. A broken guest can cause two problems:
 *
 * - "int $N" of the guest's kernel looks like an interrupt, but no vector is in
 *   service. If the host ran its handler, the guest could stop a CPU
 *   (REBOOT_VECTOR).
 * - The CPU accepts an interrupt, but its delivery ends in a double fault,
 *   because the guest has no usable stack. The vector is lost and stays in
 *   service. It then blocks all vectors of its priority and below on this CPU for ever.
 */
#include <linux/bits.h>
#include <linux/bitops.h>
#include <linux/irqflags.h>
#include <asm/apic.h>
#include <asm/apicdef.h>
#include <asm/irq_vectors.h>

#include "vm.h"

/* Registers of 32 bits each, 16 bytes apart. */
#define VECTORS_PER_REG		32
#define REG_STRIDE		0x10

static u32 isr(u32 reg)
{
	return apic->read(APIC_ISR + reg * REG_STRIDE);
}

/**
 * co_lapic_in_service() - is an interrupt in service?
 * @vector:	vector of the interrupt
 *
 * Context: interrupts off since the interrupt arrived.
 */
bool co_lapic_in_service(u32 vector)
{
	return isr(vector / VECTORS_PER_REG) & BIT(vector % VECTORS_PER_REG);
}

/* Returns the vector of highest priority in service, 0 if there is none. */
static u32 first_in_service(void)
{
	u32 reg = NR_VECTORS / VECTORS_PER_REG, bits;

	while (reg--) {
		bits = isr(reg);
		if (bits)
			return reg * VECTORS_PER_REG + __fls(bits);
	}
	return 0;
}

/**
 * co_lapic_drain() - raise the interrupts that a guest has lost
 *
 * No handler is active here, so each vector in service is one that the guest has
 * lost.
 *
 * Context: process, preemption disabled since the guest was on this CPU.
 */
void co_lapic_drain(void)
{
	unsigned long flags;
	unsigned int n;
	u32 vector;

	local_irq_save(flags);
	for (n = 0; n < NR_VECTORS; n++) {
		/* PPR is above TPR only if a vector is in service. */
		if ((apic->read(APIC_PROCPRI) & APIC_TPRI_MASK) <
		    FIRST_EXTERNAL_VECTOR)
			break;
		vector = first_in_service();
		if (vector < FIRST_EXTERNAL_VECTOR)
			break;
		co_forward_vector(vector);
	}
	local_irq_restore(flags);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the local APIC knows about the interrupts that came out of a guest.
 *
 * An interrupt that the CPU has accepted is in service until the host's
 * handler ends it. Two things go wrong in guests that are not sane:
 *
 * - An "int $N" of the guest's kernel looks like an interrupt, but nothing is
 *   in service. If the host's handlers were to believe it, it could stop a CPU
 *   (REBOOT_VECTOR).
 * - An interrupt is accepted, but its delivery ends in a double fault, for want
 *   of a stack. The vector is lost, stays in service, and keeps all of lower
 *   priority from this CPU for ever.
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
 * @vector:	its vector
 *
 * Context: interrupts off since it came.
 */
bool co_lapic_in_service(u32 vector)
{
	return isr(vector / VECTORS_PER_REG) & BIT(vector % VECTORS_PER_REG);
}

/* The vector of highest priority that is in service, 0 if none. */
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
 * co_lapic_drain() - let the host have what a guest lost
 *
 * Context: process, preemption disabled since the guest was on this CPU. No
 * handler is active, so nothing ought to be in service.
 */
void co_lapic_drain(void)
{
	unsigned long flags;
	unsigned int n;
	u32 vector;

	local_irq_save(flags);
	for (n = 0; n < NR_VECTORS; n++) {
		/* Above the task priority only if something is in service. */
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

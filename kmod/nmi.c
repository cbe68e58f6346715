// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs. Those that hit a guest or the trampoline are raised again for the host;
 * the watchdog sends others.
 *
 * To raise an NMI, the CPU sends one to itself. "int $2" is no substitute: it
 * does not block NMIs, and a real one would overwrite its stack.
 *
 * The module registers an NMI handler beside those of perf and of the host's
 * watchdog. It counts NMIs, and claims those that the module has sent for its
 * own use, since no other handler knows them.
 */
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>

#include "vm.h"

/*
 * Bound for the arrival of an NMI that a CPU has sent to itself. It takes some
 * hundred nanoseconds, on virtual machines longer. An NMI that does not arrive
 * is no error.
 */
#define ARRIVAL_SPINS	1000

/**
 * struct nmi_cpu - NMIs of one CPU
 * @seen:	number of NMIs that the handler has seen
 * @asked:	true if an NMI of the watchdog is under way
 * @own:	true if the next NMI is for co_nmi_forward_if_real() alone
 */
struct nmi_cpu {
	unsigned int seen;
	bool asked;
	bool own;
};

static DEFINE_PER_CPU(struct nmi_cpu, nmi_cpu);

static int nmi_handler(unsigned int type, struct pt_regs *regs)
{
	struct nmi_cpu *c = this_cpu_ptr(&nmi_cpu);

	WRITE_ONCE(c->seen, c->seen + 1);
	if (READ_ONCE(c->own)) {
		WRITE_ONCE(c->own, false);
		return NMI_HANDLED;
	}
	return xchg(&c->asked, false) ? NMI_HANDLED : NMI_DONE;
}

/**
 * co_nmi_init() - register the NMI handler
 *
 * Return: 0 or an error.
 */
int co_nmi_init(void)
{
	return register_nmi_handler(NMI_LOCAL, nmi_handler, 0, "colinux");
}

/**
 * co_nmi_exit() - unregister the NMI handler
 */
void co_nmi_exit(void)
{
	unregister_nmi_handler(NMI_LOCAL, "colinux");
}

static void send(int cpu)
{
	apic->send_IPI(cpu, NMI_VECTOR);
}

/* Does @seen differ from @before, now or within the bound? */
static bool arrives(unsigned int before)
{
	const struct nmi_cpu *c = this_cpu_ptr(&nmi_cpu);
	unsigned int spins;

	for (spins = 0; spins < ARRIVAL_SPINS; spins++) {
		if (READ_ONCE(c->seen) != before)
			return true;
		cpu_relax();
	}
	return false;
}

/* Sends an NMI to this CPU. Returns @seen from before. */
static unsigned int send_self(void)
{
	unsigned int before = this_cpu_read(nmi_cpu.seen);

	send(smp_processor_id());
	return before;
}

/**
 * co_nmi_ask() - send an NMI to another CPU; our handler claims it
 * @cpu:	the CPU, online
 */
void co_nmi_ask(int cpu)
{
	WRITE_ONCE(per_cpu_ptr(&nmi_cpu, cpu)->asked, true);
	send(cpu);
}

/**
 * co_nmi_raise() - raise the NMIs that hit the trampoline
 * @count:	number of NMIs; the trampoline's handlers have executed IRET
 *
 * Waits for each NMI to arrive: two sent at once would become one.
 *
 * Context: interrupts off, NMIs not blocked.
 */
void co_nmi_raise(u32 count)
{
	while (count--)
		arrives(send_self());
}

/**
 * co_nmi_forward() - raise the NMI that hit the guest
 *
 * Context: interrupts off. The CPU blocks NMIs, because no IRET has followed the
 * NMI.
 */
void co_nmi_forward(void)
{
	unsigned int before = send_self();

	co_unblock_nmi();
	/* If it arrived in the guest, the guest would exit a second time. */
	arrives(before);
}

/**
 * co_nmi_forward_if_real() - co_nmi_forward(), unless it was "int $2"
 *
 * Sends an NMI to this CPU. A real NMI blocks further NMIs until an IRET, "int
 * $2" does not (SDM vol. 3, 6.7.1). So the new NMI arrives at once only if the
 * guest executed "int $2". Our handler then claims it, and no other handler
 * sees it.
 *
 * Context: as for co_nmi_forward(), if the NMI was real.
 * Return: true if the NMI was real.
 */
bool co_nmi_forward_if_real(void)
{
	unsigned int before;

	this_cpu_write(nmi_cpu.own, true);
	before = send_self();
	if (arrives(before))
		return false;
	/* The new NMI is blocked. It becomes the host's in place of the first. */
	this_cpu_write(nmi_cpu.own, false);
	co_unblock_nmi();
	arrives(before);
	return true;
}

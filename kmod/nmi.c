// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs: those that hit a guest or the trampoline, given back to the host, and
 * those that the watchdog sends.
 *
 * The host's handlers see an NMI that this CPU sends to itself. A software
 * "int $2" would not block further NMIs, and a real one would overwrite its
 * stack. Our own handler, called for each NMI like those of perf and of the
 * host's watchdog, counts them, and claims what nobody else knows of: the
 * NMIs that were asked for here.
 */
#include <linux/percpu.h>
#include <linux/processor.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>

#include "vm.h"

/*
 * An NMI to oneself arrives some hundred nanoseconds after it was sent, and
 * later on virtual machines. Not arriving is no error, so this is a bound and
 * not a wait.
 */
#define ARRIVAL_SPINS	1000

/**
 * struct nmi_cpu - NMIs of one CPU
 * @seen:	how many the handler saw
 * @asked:	one of those to come is the watchdog's
 * @own:	the next one is for co_nmi_forward_if_real() alone
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
 * co_nmi_init() - see NMIs from now on
 *
 * Return: 0 or an error.
 */
int co_nmi_init(void)
{
	return register_nmi_handler(NMI_LOCAL, nmi_handler, 0, "colinux");
}

/**
 * co_nmi_exit() - see them no more
 */
void co_nmi_exit(void)
{
	unregister_nmi_handler(NMI_LOCAL, "colinux");
}

static void send(int cpu)
{
	apic->send_IPI(cpu, NMI_VECTOR);
}

/* Has another arrived since there were @before, or does one within the bound? */
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

/* Send one to this CPU; returns how many there were before. */
static unsigned int send_self(void)
{
	unsigned int before = this_cpu_read(nmi_cpu.seen);

	send(smp_processor_id());
	return before;
}

/**
 * co_nmi_ask() - send another CPU an NMI that no other handler need know
 * @cpu:	the CPU, online
 */
void co_nmi_ask(int cpu)
{
	WRITE_ONCE(per_cpu_ptr(&nmi_cpu, cpu)->asked, true);
	send(cpu);
}

/**
 * co_nmi_raise() - raise NMIs that hit the trampoline
 * @count:	how many; its handlers have returned from them
 *
 * Context: interrupts off, NMIs not blocked. Two sent at once would become
 * one, so each is given the time to arrive.
 */
void co_nmi_raise(u32 count)
{
	while (count--)
		arrives(send_self());
}

/**
 * co_nmi_forward() - raise the NMI that hit the guest
 *
 * Context: interrupts off; the CPU blocks NMIs, as nobody has returned from
 * this one.
 */
void co_nmi_forward(void)
{
	unsigned int before = send_self();

	co_unblock_nmi();
	/* Not in the guest again: it would come out for it a second time. */
	arrives(before);
}

/**
 * co_nmi_forward_if_real() - the same, where the guest may have said "int $2"
 *
 * An NMI blocks further ones until an IRET; "int $2" does not (Intel SDM
 * volume 3, 6.7.1). So one that is sent now arrives at once only if there was
 * none. It is claimed as ours then, and no other handler hears of it.
 *
 * Context: as co_nmi_forward(), if it was one.
 * Return: whether it was one.
 */
bool co_nmi_forward_if_real(void)
{
	unsigned int before;

	this_cpu_write(nmi_cpu.own, true);
	before = send_self();
	if (arrives(before))
		return false;
	/* It waits, and is the host's. */
	this_cpu_write(nmi_cpu.own, false);
	co_unblock_nmi();
	arrives(before);
	return true;
}

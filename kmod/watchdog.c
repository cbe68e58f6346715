// SPDX-License-Identifier: GPL-2.0
/*
 * Ends guests that keep interrupts off. Such a guest keeps its CPU from the
 * host, and only an NMI gets through.
 *
 * While a vCPU runs, a check on another CPU looks at it twice a second. If the
 * guest has not exited since the last check, the check sends its CPU an ordinary
 * interrupt. Every guest with interrupts on exits for that. At the limit the
 * check sends an NMI, and vcpu.c ends the guest.
 *
 * No such check runs on a host with one CPU, or with such a guest on each CPU.
 * So each NMI that hits a guest triggers a check as well. The host's own NMI
 * watchdog sends one every ten seconds, if the CPU has a performance counter for
 * it (kernel.nmi_watchdog).
 */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/isolation.h>
#include <linux/workqueue.h>
#include <asm/msr.h>
#include <asm/tsc.h>

#include "vm.h"

/*
 * While a CPU has interrupts off, other CPUs wait for it: TLB shootdowns, text
 * patching, calls to all CPUs. The host warns about such a call after 5 s.
 * acpi_pm, the clock that the TSC is checked against, wraps after 4.7 s.
 */
static unsigned int stuck_seconds = 2;
module_param(stuck_seconds, uint, 0644);
MODULE_PARM_DESC(stuck_seconds,
		 "Seconds a guest may keep interrupts off, 0 for ever (2)");

#define CHECKS_PER_SECOND	2

/*
 * Returns a CPU other than the guest's, if there is one. CPUs that are kept free
 * of timers (nohz_full=) or of other tasks (isolcpus=) are the second choice.
 */
static int other_cpu(int guest_cpu)
{
	int cpu;

	for_each_online_cpu(cpu)
		if (cpu != guest_cpu &&
		    housekeeping_test_cpu(cpu, HK_TYPE_TIMER) &&
		    housekeeping_test_cpu(cpu, HK_TYPE_DOMAIN))
			return cpu;
	cpu = cpumask_any_but(cpu_online_mask, guest_cpu);
	return cpu < nr_cpu_ids ? cpu : guest_cpu;
}

/*
 * Queues the next check, half a second from now, on another CPU: a guest with
 * interrupts off would hold off a timer on its own CPU. The caller has preemption
 * or CPU hotplug disabled, so the chosen CPU stays online.
 */
static void look_again(struct co_watchdog *w, int guest_cpu)
{
	int cpu = other_cpu(guest_cpu);

	WRITE_ONCE(w->timer_cpu, cpu);
	mod_delayed_work_on(cpu, co_percpu_wq(), &w->work, HZ / CHECKS_PER_SECOND);
}

static struct co_vcpu_ctx *vcpu_of(struct co_watchdog *w)
{
	return container_of(w, struct co_vcpu_ctx, watchdog);
}

/*
 * Has the guest been in this passage for too long, @checks checks after it was
 * first seen there? Never at the first of them, which only sends the interrupt.
 * The passage after an NMI of co_watchdog_nmi() is too long at the second.
 */
static bool too_long(const struct co_watchdog *w, unsigned int checks)
{
	if (!stuck_seconds || checks < 2)
		return false;
	return w->entry == READ_ONCE(w->proof) ||
	       checks >= stuck_seconds * CHECKS_PER_SECOND;
}

static void watchdog_check(struct work_struct *work)
{
	struct co_watchdog *w = container_of(to_delayed_work(work),
					     struct co_watchdog, work);
	struct co_vcpu_ctx *v = vcpu_of(w);
	u64 entry = READ_ONCE(v->entries);
	bool inside = entry != READ_ONCE(v->stats.passages);
	int cpu = READ_ONCE(w->cpu);

	if (cpu < 0 || !inside || entry != w->entry) {
		w->entry = entry;
		w->checks = 0;
	} else if (too_long(w, ++w->checks)) {
		WRITE_ONCE(w->stuck, entry);
		co_nmi_ask(cpu);
	} else {
		co_event_interrupt(v);
	}

	if (cpu < 0) {
		/* The vCPU is off: co_watchdog_load() queues, or has just. */
		WRITE_ONCE(w->timer_cpu, -1);
		smp_mb();	/* pairs with co_watchdog_load() */
		cpu = READ_ONCE(w->cpu);
		if (cpu < 0)
			return;
	}
	cpus_read_lock();
	look_again(w, cpu);
	cpus_read_unlock();
}

/**
 * co_watchdog_init() - initialise a watchdog, not started
 * @w:		the watchdog, a member of its vCPU
 */
void co_watchdog_init(struct co_watchdog *w)
{
	w->cpu = -1;
	w->timer_cpu = -1;
	INIT_DELAYED_WORK(&w->work, watchdog_check);
}

/**
 * co_watchdog_load() - start watching: the vCPU is loaded on this CPU
 * @w:		the watchdog
 *
 * Context: preemption disabled.
 */
void co_watchdog_load(struct co_watchdog *w)
{
	int cpu = smp_processor_id();

	co_watchdog_interrupt(w);
	WRITE_ONCE(w->cpu, cpu);
	smp_mb();	/* pairs with watchdog_check() */
	if (w->timer_cpu < 0 || w->timer_cpu == cpu)
		look_again(w, cpu);
}

/**
 * co_watchdog_put() - stop watching: the vCPU leaves its CPU
 * @w:		the watchdog
 */
void co_watchdog_put(struct co_watchdog *w)
{
	WRITE_ONCE(w->cpu, -1);
}

/**
 * co_watchdog_interrupt() - an interrupt has made the guest exit
 * @w:		the watchdog
 *
 * Context: on the vCPU's CPU, preemption disabled.
 */
void co_watchdog_interrupt(struct co_watchdog *w)
{
	w->since = rdtsc();
	w->since_entry = vcpu_of(w)->entries;
}

/**
 * co_watchdog_nmi() - an NMI has made the guest exit: must the guest end?
 * @w:		the watchdog
 * @off:	true if the guest has interrupts off
 *
 * Yes, if watchdog_check() finds two consecutive passages too long, and has sent an NMI
 * for each. One is not enough: on a virtual machine, the CPU itself may not have
 * run meanwhile. The end takes the limit plus a second and a half.
 *
 * Yes, if the guest has exited for nothing but NMIs for too long. The host's tick
 * comes many times a second, so a guest that does not exit for it has interrupts
 * off. After any other exit the exit loop lets the host's interrupts in, and the
 * time starts anew.
 *
 * Context: as for co_watchdog_interrupt().
 * Return: true if the guest must end.
 */
bool co_watchdog_nmi(struct co_watchdog *w, bool off)
{
	u64 limit = (u64)stuck_seconds * tsc_khz * 1000;
	u64 entry = vcpu_of(w)->entries;

	if (!off || w->since_entry + 1 != entry)
		w->since = rdtsc();
	w->since_entry = entry;
	if (!off)
		return false;
	if (READ_ONCE(w->stuck) != entry)
		return limit && rdtsc() - w->since > limit;
	if (w->proof == entry)
		return true;
	WRITE_ONCE(w->proof, entry + 1);
	return false;
}

/**
 * co_watchdog_stop() - cancel the check
 * @w:		the watchdog
 *
 * Context: process; waits for a running check.
 */
void co_watchdog_stop(struct co_watchdog *w)
{
	cancel_delayed_work_sync(&w->work);
	w->timer_cpu = -1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that keeps interrupts off holds its CPU against the host: only an
 * NMI gets in. While a vCPU runs, this looks at it twice a second from another
 * CPU. A guest that has not come out gets an ordinary interrupt first, which
 * brings out every guest that lets interrupts in; then, at the limit, the NMI,
 * and vcpu.c ends it.
 *
 * On a host with one CPU, or with such a guest on each, nobody is left to look.
 * So every NMI that hits a guest is asked as well: the host has one of its own
 * every ten seconds, if its CPU has a performance counter for that
 * (kernel.nmi_watchdog).
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
 * While a CPU has interrupts off, others wait for it: TLB shootdowns, text
 * patching, calls to all CPUs. The host complains of a call after 5 s, and
 * acpi_pm, which judges the TSC, wraps after 4.7 s.
 */
static unsigned int stuck_seconds = 2;
module_param(stuck_seconds, uint, 0644);
MODULE_PARM_DESC(stuck_seconds,
		 "Seconds a guest may keep interrupts off, 0 for ever (2)");

#define CHECKS_PER_SECOND	2

/*
 * A CPU that the guest is not on, if there is one: preferably none that is kept
 * free of timers (nohz_full=) or of other tasks (isolcpus=).
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
 * Look again in half a second, from another CPU: a timer of the guest's own CPU
 * would be held off with everything else. Preemption or CPU hotplug is off, so
 * the CPU chosen stays online.
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
 * Has the guest, @checks after it was first seen in this passage, had the time to
 * let an interrupt in? Never without one that was sent. In the passage that
 * follows the NMI of co_watchdog_nmi() that alone is waited for.
 */
static bool too_long(const struct co_watchdog *w, unsigned int checks)
{
	if (!stuck_seconds || checks < 2)
		return false;
	return w->entry == READ_ONCE(w->proof) ||
	       checks >= stuck_seconds * CHECKS_PER_SECOND;
}

static void check(struct work_struct *work)
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
		co_event_kick(v);
	}

	if (cpu < 0) {
		/* Asleep: co_watchdog_load() starts anew, or just has. */
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
 * co_watchdog_init() - a watchdog that does not watch yet
 * @w:		inside its vCPU
 */
void co_watchdog_init(struct co_watchdog *w)
{
	w->cpu = -1;
	w->timer_cpu = -1;
	INIT_DELAYED_WORK(&w->work, check);
}

/**
 * co_watchdog_load() - the vCPU comes to this CPU
 * @w:		the watchdog; watches from now on
 *
 * Context: preemption disabled.
 */
void co_watchdog_load(struct co_watchdog *w)
{
	int cpu = smp_processor_id();

	co_watchdog_interrupt(w);
	WRITE_ONCE(w->cpu, cpu);
	smp_mb();	/* pairs with check() */
	if (w->timer_cpu < 0 || w->timer_cpu == cpu)
		look_again(w, cpu);
}

/**
 * co_watchdog_put() - the vCPU leaves its CPU
 * @w:		the watchdog
 */
void co_watchdog_put(struct co_watchdog *w)
{
	WRITE_ONCE(w->cpu, -1);
}

/**
 * co_watchdog_interrupt() - the guest has let an interrupt in
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
 * co_watchdog_nmi() - an NMI has come out of the guest: is the guest to end?
 * @w:		the watchdog
 * @off:	the guest has interrupts off
 *
 * It is, if check() found this passage too long, has sent the NMI, and finds the
 * next one too long as well, with nothing in between: on a virtual machine the
 * guest may just not have had its CPU the first time. That takes the limit and a
 * second and a half more.
 *
 * It also is, if nothing but NMIs has come out for too long. The host's tick
 * comes many times a second, so a guest without interrupts has them off. Where
 * other exits came in between, the host has had its interrupts in the exit loop,
 * and the time starts anew.
 *
 * Context: as co_watchdog_interrupt().
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
 * co_watchdog_stop() - watch no more
 * @w:		the watchdog
 *
 * Context: process; waits for a check that is under way.
 */
void co_watchdog_stop(struct co_watchdog *w)
{
	cancel_delayed_work_sync(&w->work);
	w->timer_cpu = -1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks and timer of a coLinux guest.
 *
 * The clock is the TSC, at the frequency that the host has measured. The wall
 * clock is the host's; a hypercall reads it. The timer is a TSC deadline in the
 * vCPU page. The module arms a timer of the host for it. A hypercall is needed
 * only if the new deadline is earlier than the armed one. When the host's timer
 * fires, or the guest goes idle, the module reads the deadline again.
 */
#include <linux/atomic.h>
#include <linux/clockchips.h>
#include <linux/interrupt.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <asm/colinux.h>
#include <asm/tsc.h>
#include <asm/x86_init.h>

#include "colinux.h"

/*
 * The timer counts units of 64 TSC cycles. 32 bits of them are 90 seconds at
 * 3 GHz: time enough for an idle guest to sleep.
 */
#define TICK_SHIFT	6
#define TICKS_MIN	16

static unsigned long colinux_tsc_khz(void)
{
	return colinux_vcpu->time.tsc_khz;
}

static void colinux_get_wallclock(struct timespec64 *ts)
{
	const struct co_time *time = &colinux_vcpu->time;
	u64 tsc, ns;
	u32 seq;

	colinux_hypercall(CO_HC_TIME, 0, 0, 0);
	do {
		seq = READ_ONCE(time->seq) & ~1;
		smp_rmb();	/* read @seq before the clocks */
		tsc = time->tsc;
		ns = time->wall_ns;
		smp_rmb();	/* read the clocks before @seq again */
	} while (READ_ONCE(time->seq) != seq);

	ns += mul_u64_u32_div(rdtsc_ordered() - tsc, NSEC_PER_MSEC,
			      time->tsc_khz);
	*ts = ns_to_timespec64(ns);
}

/* A guest cannot set the host's clock. */
static int colinux_set_wallclock(const struct timespec64 *now)
{
	return -ENODEV;
}

static void colinux_set_deadline(u64 deadline)
{
	/* Both halves at once: the module may read the deadline at any NMI. */
	set_64bit(&colinux_vcpu->deadline, deadline);

	if (deadline < READ_ONCE(colinux_vcpu->armed))
		colinux_notify(CO_HC_TIMER, 0);
}

static int colinux_set_next_event(unsigned long ticks,
				  struct clock_event_device *evt)
{
	colinux_set_deadline(rdtsc() + ((u64)ticks << TICK_SHIFT));
	return 0;
}

static int colinux_timer_shutdown(struct clock_event_device *evt)
{
	colinux_set_deadline(CO_NO_DEADLINE);
	return 0;
}

static struct clock_event_device colinux_clockevent = {
	.name			= "colinux",
	.features		= CLOCK_EVT_FEAT_ONESHOT,
	.rating			= 400,
	.set_next_event		= colinux_set_next_event,
	.set_state_shutdown	= colinux_timer_shutdown,
	.set_state_oneshot	= colinux_timer_shutdown,
};

static irqreturn_t colinux_timer_interrupt(int irq, void *data)
{
	colinux_clockevent.event_handler(&colinux_clockevent);
	return IRQ_HANDLED;
}

/**
 * colinux_init_timer() - register the timer
 */
void __init colinux_init_timer(void)
{
	int irq = colinux_virq_to_irq(CO_VIRQ_TIMER);
	u64 hz = colinux_tsc_khz() * 1000ULL;

	if (request_irq(irq, colinux_timer_interrupt,
			IRQF_TIMER | IRQF_PERCPU | IRQF_NOBALANCING, "timer",
			NULL))
		panic("coLinux: no interrupt for the timer");

	colinux_clockevent.cpumask = cpumask_of(0);
	colinux_clockevent.irq = irq;
	clockevents_config_and_register(&colinux_clockevent, hz >> TICK_SHIFT,
					TICKS_MIN, U32_MAX);
}

/**
 * colinux_init_time() - replace a PC's clocks by the host's
 */
void __init colinux_init_time(void)
{
	/* Without a frequency the kernel would measure it with a PC's timers. */
	if (!colinux_tsc_khz())
		colinux_shutdown(CO_SHUTDOWN_PANIC,
				 "the host does not tell the frequency of the TSC");

	x86_platform.calibrate_cpu = colinux_tsc_khz;
	x86_platform.calibrate_tsc = colinux_tsc_khz;
	x86_platform.get_wallclock = colinux_get_wallclock;
	x86_platform.set_wallclock = colinux_set_wallclock;
	colinux_vcpu->deadline = CO_NO_DEADLINE;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Kicks that are put off, so that one does for many requests.
 *
 * Where the monitor has no other CPU than the guest's, a kick takes the CPU from
 * the guest at once: however many requests are to follow, the monitor finds
 * one. A driver that expects more may have its kick wait. It is made when the
 * guest has nothing else to do, or after a time.
 */
#include <linux/bitops.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <asm/colinux.h>

#include "colinux.h"

/* A guest takes 12 us or so to make a request: enough for some 30 of them. */
#define KICK_LATEST_NS	(400 * NSEC_PER_USEC)

static unsigned long colinux_held[BITS_TO_LONGS(CO_NR_KICKS)];
static struct hrtimer colinux_held_timer;

/**
 * colinux_kick_held() - make the kicks that wait
 *
 * From any context, also the idle loop's, where RCU does not watch.
 */
void __cpuidle colinux_kick_held(void)
{
	unsigned long bits;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(colinux_held); i++) {
		if (!READ_ONCE(colinux_held[i]))
			continue;

		bits = xchg(&colinux_held[i], 0);
		while (bits) {
			colinux_kick(i * BITS_PER_LONG + __ffs(bits));
			bits &= bits - 1;
		}
	}
}

static enum hrtimer_restart colinux_held_expired(struct hrtimer *timer)
{
	colinux_kick_held();
	return HRTIMER_NORESTART;
}

/**
 * colinux_kick_later() - tell the monitor to look at a ring, but not at once
 * @kick:	kick number of the queue
 *
 * From any context but the idle loop's.
 */
void colinux_kick_later(u32 kick)
{
	set_bit(kick, colinux_held);
	/* One that is under way for another's kick is early for this one. */
	if (!hrtimer_active(&colinux_held_timer))
		hrtimer_start(&colinux_held_timer, KICK_LATEST_NS,
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * colinux_kick_cancel() - a kick need not be made any more
 * @kick:	kick number of the queue
 *
 * Return: whether it waited.
 */
bool colinux_kick_cancel(u32 kick)
{
	return test_and_clear_bit(kick, colinux_held);
}

static int __init colinux_init_kicks(void)
{
	hrtimer_init(&colinux_held_timer, CLOCK_MONOTONIC,
		     HRTIMER_MODE_REL_PINNED_HARD);
	colinux_held_timer.function = colinux_held_expired;
	return 0;
}
early_initcall(colinux_init_kicks);

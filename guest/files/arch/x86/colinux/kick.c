// SPDX-License-Identifier: GPL-2.0
/*
 * Delayed kicks: one kick for many requests.
 *
 * If the monitor shares its only CPU with the guest, a kick takes the CPU from
 * the guest at once. The monitor then finds one request, even if the guest was
 * about to submit more. So a driver that expects more requests may delay its
 * kick until the guest is idle, but not longer than KICK_LATEST_NS.
 */
#include <linux/bitops.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <asm/colinux.h>

#include "colinux.h"

/* A guest takes about 12 us to make a request, so this is time for about 30. */
#define KICK_LATEST_NS	(400 * NSEC_PER_USEC)

static unsigned long colinux_held[BITS_TO_LONGS(CO_NR_KICKS)];
static struct hrtimer colinux_held_timer;

/**
 * colinux_kick_held() - make the delayed kicks
 *
 * Context: any, also the idle loop, where RCU is not watching.
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
 * colinux_kick_later() - make a kick, but delay it
 * @kick:	kick number of the queue
 *
 * Context: any, except the idle loop.
 */
void colinux_kick_later(u32 kick)
{
	set_bit(kick, colinux_held);
	/* A timer that runs for another kick expires early enough for this one. */
	if (!hrtimer_active(&colinux_held_timer))
		hrtimer_start(&colinux_held_timer, KICK_LATEST_NS,
			      HRTIMER_MODE_REL_PINNED_HARD);
}

/**
 * colinux_kick_cancel() - cancel a delayed kick
 * @kick:	kick number of the queue
 *
 * Return: true if the kick was still to be made.
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

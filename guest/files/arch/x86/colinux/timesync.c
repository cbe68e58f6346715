// SPDX-License-Identifier: GPL-2.0
/*
 * Keep the guest's wall clock with the host's.
 *
 * The wall clock is set from the host's when timekeeping starts and then goes
 * by the TSC, which leaves it wrong twice: until the TSC takes over, ticks are
 * counted, and some are missed in the long stretches of early boot with
 * interrupts off; and later it does not follow when the host's clock is set
 * or steered. So it is set once more at the end of boot, and compared from
 * time to time: large differences are stepped over, small ones slewed as
 * adjtime(2) does, at 500 ppm.
 *
 * A program in the guest that steers the clock itself, by NTP, is left alone.
 *
 * Kernel parameter: colinux.timesync=SECONDS between two looks, 0 for never
 * after boot; 32 if not given.
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/workqueue.h>

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "colinux."

/* Above this a program would rather see a jump than wait for the slew. */
#define STEP_NS		(100 * NSEC_PER_MSEC)
/* Somebody else had the CPU while the clocks were read. */
#define DOUBTFUL_NS	NSEC_PER_MSEC
/* On a busy host that may be so several times. */
#define TRIES		16

static unsigned int timesync = 32;
module_param(timesync, uint, 0444);

static void timesync_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(timesync_dwork, timesync_work);

static bool read_clocks(s64 *ns)
{
	struct timespec64 host;
	s64 before, after;

	before = ktime_get_real_ns();
	read_persistent_clock64(&host);
	after = ktime_get_real_ns();
	if (after < before || after - before > DOUBTFUL_NS)
		return false;

	*ns = timespec64_to_ns(&host) - before - (after - before) / 2;
	return true;
}

/*
 * How far the host's clock is ahead of ours. Returns false if that cannot be
 * told right now.
 */
static bool host_ahead(s64 *ns)
{
	int i;

	for (i = 0; i < TRIES; i++)
		if (read_clocks(ns))
			return true;
	return false;
}

static void step(s64 ns)
{
	struct timespec64 ts = ns_to_timespec64(ns);
	struct __kernel_timex timex = {
		.modes = ADJ_SETOFFSET | ADJ_NANO,
		.time.tv_sec = ts.tv_sec,
		.time.tv_usec = ts.tv_nsec,
	};

	do_adjtimex(&timex);
}

static void slew(s64 ns)
{
	struct __kernel_timex timex = {
		.modes = ADJ_ADJTIME | ADJ_OFFSET_SINGLESHOT,
		.offset = div_s64(ns, NSEC_PER_USEC),
	};

	do_adjtimex(&timex);
}

static bool steered_by_another(void)
{
	struct __kernel_timex timex = { .modes = 0 };

	do_adjtimex(&timex);
	return !(timex.status & STA_UNSYNC);
}

static void timesync_work(struct work_struct *work)
{
	s64 ns;

	if (!steered_by_another() && host_ahead(&ns)) {
		if (abs(ns) >= STEP_NS)
			step(ns);
		else
			slew(ns);
	}
	schedule_delayed_work(&timesync_dwork, timesync * HZ);
}

static int __init colinux_init_timesync(void)
{
	s64 ns;

	/* Nobody has looked at the clock yet. */
	if (host_ahead(&ns))
		step(ns);

	timesync = min(timesync, 86400U);
	if (timesync)
		schedule_delayed_work(&timesync_dwork, timesync * HZ);
	return 0;
}
late_initcall(colinux_init_timesync);

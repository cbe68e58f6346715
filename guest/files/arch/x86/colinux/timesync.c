// SPDX-License-Identifier: GPL-2.0
/*
 * Synchronise the guest's wall clock with the host's.
 *
 * The kernel sets the wall clock from the host's when timekeeping starts. Then the
 * two differ, for two reasons. In early boot the kernel counts ticks, and misses
 * some while interrupts are off. Later, with the TSC, the guest's clock does not
 * follow when the host's is set or disciplined. So the wall clock is set again at
 * the end of boot, and then compared periodically. Large differences are stepped.
 * Small ones are slewed at 500 ppm, as by adjtime(3).
 *
 * If a program in the guest disciplines the clock (NTP), this file does not.
 *
 * Kernel parameter: colinux.timesync=SECONDS between comparisons, at most a day;
 * 0 for none after boot; the default is 32.
 */
#include <linux/init.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/timekeeping.h>
#include <linux/timex.h>
#include <linux/workqueue.h>

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "colinux."

/* From this difference on step the clock: the slew would take minutes. */
#define STEP_NS		(100 * NSEC_PER_MSEC)
/* Longer reads are not used: the guest did not have the CPU all the time. */
#define DOUBTFUL_NS	NSEC_PER_MSEC
/* On a busy host several reads in a row may take too long. */
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
 * Stores the difference of the host's clock minus the guest's in @ns. Returns
 * false if all reads took too long.
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

	/* No program has read the clock yet. */
	if (host_ahead(&ns))
		step(ns);

	timesync = min(timesync, 86400U);
	if (timesync)
		schedule_delayed_work(&timesync_dwork, timesync * HZ);
	return 0;
}
late_initcall(colinux_init_timesync);

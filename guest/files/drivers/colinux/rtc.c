// SPDX-License-Identifier: GPL-2.0
/*
 * The host's wall clock as a real-time clock, /dev/rtc0, for hwclock and other
 * programs that expect one. A guest cannot set it, and it has no alarm.
 */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/platform_device.h>
#include <linux/rtc.h>
#include <linux/timekeeping.h>

static int colinux_rtc_read_time(struct device *dev, struct rtc_time *tm)
{
	struct timespec64 now;

	/* Calls x86_platform.get_wallclock, a hypercall (time.c). */
	read_persistent_clock64(&now);
	rtc_time64_to_tm(now.tv_sec, tm);
	return 0;
}

static const struct rtc_class_ops colinux_rtc_ops = {
	.read_time	= colinux_rtc_read_time,
};

static int __init colinux_rtc_probe(struct platform_device *pdev)
{
	struct rtc_device *rtc = devm_rtc_allocate_device(&pdev->dev);

	if (IS_ERR(rtc))
		return PTR_ERR(rtc);

	rtc->ops = &colinux_rtc_ops;
	rtc->range_max = RTC_TIMESTAMP_END_9999;
	return devm_rtc_register_device(rtc);
}

static struct platform_driver colinux_rtc_driver = {
	.driver = {
		.name			= "colinux-rtc",
		.suppress_bind_attrs	= true,
	},
};

static int __init colinux_rtc_init(void)
{
	return PTR_ERR_OR_ZERO(platform_create_bundle(&colinux_rtc_driver,
						      colinux_rtc_probe,
						      NULL, 0, NULL, 0));
}
device_initcall(colinux_rtc_init);

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux.ko: a second Linux kernel in ring 0, beside the host's.
 *
 * This file is the module's front door: it refuses hosts that the passage
 * cannot work on, and registers /dev/colinux. vm.h has the reading order for
 * the rest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cc_platform.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <asm/cpufeature.h>
#include <asm/tsc.h>

#include "vm.h"

/*
 * Why this host cannot be used, NULL if it can. VMX is not among the reasons:
 * it comes and goes, and is checked at every passage.
 */
static const char *host_unfit(void)
{
	if (boot_cpu_has(X86_FEATURE_XENPV))
		return "a Xen PV domain does not own its descriptor tables";
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return "memory encryption (SME, SEV, TDX) is on";
	if (!boot_cpu_has(X86_FEATURE_APIC))
		return "there is no local APIC";
	if (!boot_cpu_has(X86_FEATURE_TSC) || !tsc_khz)
		return "the TSC has no known frequency";
#ifdef X86_FEATURE_FRED
	if (cpu_feature_enabled(X86_FEATURE_FRED))
		return "FRED event delivery is on; boot with fred=off";
#endif
	return NULL;
}

static struct miscdevice co_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "colinux",
	.fops	= &co_vm_fops,
	.mode	= 0600,
};

static int __init co_init(void)
{
	const char *why = host_unfit();
	int err;

	if (why) {
		pr_err("not on this host: %s\n", why);
		return -EOPNOTSUPP;
	}

	err = misc_register(&co_misc);
	if (err)
		return err;
	pr_info("host ABI %d, guest ABI %d\n", CO_HOST_ABI, CO_GUEST_ABI);
	return 0;
}

static void __exit co_exit(void)
{
	misc_deregister(&co_misc);
}

module_init(co_init);
module_exit(co_exit);

MODULE_AUTHOR("The coLinux developers");
MODULE_DESCRIPTION("Hosts Linux kernels in ring 0 beside this one");
MODULE_LICENSE("GPL");

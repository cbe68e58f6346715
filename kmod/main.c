// SPDX-License-Identifier: GPL-2.0
/*
 * colinux.ko: a second Linux kernel in ring 0, beside the host's.
 *
 * Module init and exit: asks host.c whether the passage can work here, then
 * registers /dev/colinux. vm.h has the reading order for the rest.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/miscdevice.h>
#include <linux/module.h>

#include "vm.h"

static struct miscdevice co_misc = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "colinux",
	.fops	= &co_vm_fops,
	.mode	= 0600,
};

static int __init co_init(void)
{
	const char *why = co_host_unfit();
	int err;

	if (why) {
		pr_err("not on this host: %s\n", why);
		return -EOPNOTSUPP;
	}

	co_msrs_probe();
	err = co_nmi_init();
	if (err)
		return err;
	err = misc_register(&co_misc);
	if (err)
		goto out_nmi;
	pr_info("host ABI %d, guest ABI %d\n", CO_HOST_ABI, CO_GUEST_ABI);
	return 0;

out_nmi:
	co_nmi_exit();
	return err;
}

static void __exit co_exit(void)
{
	misc_deregister(&co_misc);
	co_nmi_exit();
}

module_init(co_init);
module_exit(co_exit);

MODULE_AUTHOR("The coLinux developers");
MODULE_DESCRIPTION("Hosts Linux kernels in ring 0 beside this one");
MODULE_LICENSE("GPL");

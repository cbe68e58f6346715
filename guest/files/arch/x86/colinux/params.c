// SPDX-License-Identifier: GPL-2.0
/*
 * Defaults of built-in drivers that differ in a coLinux guest.
 *
 * Some drivers make devices when their module is loaded. Here they are built in,
 * and would make devices that the user has not asked for. The command line is
 * parsed later and overrides these defaults.
 */
#include <linux/init.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>

#include "colinux.h"

static char colinux_defaults[] __initdata =
	"bonding.max_bonds=0 brd.rd_nr=0 dummy.numdummies=0 ifb.numifbs=0 nbd.nbds_max=0";

/* Ignores parameters of drivers that are not built in. */
static int __init colinux_unknown_param(char *param, char *val,
					const char *unused, void *arg)
{
	return 0;
}

/**
 * colinux_init_params() - set the defaults of the drivers' parameters
 */
void __init colinux_init_params(void)
{
	parse_args("coLinux", colinux_defaults, __start___param,
		   __stop___param - __start___param, -1, -1, NULL,
		   colinux_unknown_param);

	/* No tunl0, gre0, sit0, ip6tnl0 or similar device in any namespace. */
	if (IS_ENABLED(CONFIG_SYSCTL) && IS_ENABLED(CONFIG_NET))
		sysctl_fb_tunnels_only_for_init_net = 2;
}

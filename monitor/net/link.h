/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's network interfaces, through rtnetlink, for conet_tap.c.
 */
#ifndef MONITOR_LINK_H
#define MONITOR_LINK_H

#include <stdbool.h>

#include "common/msg.h"
#include "common/netparam.h"

/* The remedy for EPERM, for messages. */
#define LINK_NO_RIGHT	"this needs the capability CAP_NET_ADMIN: run as root, or use slirp instead of tuntap"

int link_check_bridge(const char *name, struct err *err);
int link_set_up(const char *name, const struct net_param *p, bool ours,
		unsigned int *mtu, struct err *err);
int link_watch_open(void);

#endif /* MONITOR_LINK_H */

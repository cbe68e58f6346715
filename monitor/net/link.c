// SPDX-License-Identifier: GPL-2.0
/*
 * The host's network interfaces, through rtnetlink. See link.h.
 *
 * One request makes all changes that an interface needs; the kernel chooses their
 * order. The request has no change that is already in effect, so an interface that
 * was prepared for the guest needs no capability here.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link.h"

static const char *hint(int error)
{
	if (error == -NLE_PERM || error == -NLE_NOACCESS)
		return LINK_NO_RIGHT;
	return "see the kernel log";
}

static struct nl_sock *open_socket(struct err *err)
{
	struct nl_sock *sk = nl_socket_alloc();
	int ret;

	if (!sk) {
		err_set(err, "out of memory");
		return NULL;
	}
	ret = nl_connect(sk, NETLINK_ROUTE);
	if (!ret)
		return sk;
	err_set(err, "rtnetlink: %s", nl_geterror(ret));
	nl_socket_free(sk);
	return NULL;
}

static struct rtnl_link *link_find(struct nl_sock *sk, const char *name,
				   const char *what, struct err *err)
{
	struct rtnl_link *link;
	int ret;

	ret = rtnl_link_get_kernel(sk, 0, name, &link);
	if (!ret)
		return link;
	if (ret == -NLE_OBJ_NOTFOUND || ret == -NLE_NODEV)
		err_set(err, "%s: no such %s: make it first", name, what);
	else
		err_set(err, "%s: %s", name, nl_geterror(ret));
	return NULL;
}

static struct rtnl_link *find_bridge(struct nl_sock *sk, const char *name,
				     struct err *err)
{
	struct rtnl_link *link = link_find(sk, name, "bridge", err);
	const char *type;

	if (!link)
		return NULL;
	type = rtnl_link_get_type(link);
	if (type && !strcmp(type, "bridge"))
		return link;
	err_set(err, "%s: not a bridge: name one", name);
	rtnl_link_put(link);
	return NULL;
}

/**
 * link_check_bridge() - is there such a bridge?
 * @name:	name of the bridge
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int link_check_bridge(const char *name, struct err *err)
{
	struct nl_sock *sk = open_socket(err);
	struct rtnl_link *bridge;

	if (!sk)
		return -1;
	bridge = find_bridge(sk, name, err);
	if (bridge)
		rtnl_link_put(bridge);
	nl_socket_free(sk);
	return bridge ? 0 : -1;
}

/*
 * Without an MTU from the user, the interface keeps its own. But a TAP that the
 * monitor has made for a bridge takes the bridge's MTU: otherwise the bridge's MTU
 * would sink to that of the TAP.
 */
static unsigned int choose_mtu(const struct net_param *p, bool ours,
			       struct rtnl_link *link,
			       struct rtnl_link *bridge)
{
	unsigned int mtu = p->mtu;

	if (!mtu)
		mtu = rtnl_link_get_mtu(ours && bridge ? bridge : link);
	return mtu < NET_MTU_MAX ? mtu : NET_MTU_MAX;
}

static int link_change(struct nl_sock *sk, struct rtnl_link *link,
		       struct rtnl_link *bridge, unsigned int mtu, bool set_mtu,
		       struct err *err)
{
	struct rtnl_link *wanted = rtnl_link_alloc();
	bool needed = false;
	int ret = 0;

	if (!wanted)
		return err_set(err, "out of memory");
	if (!(rtnl_link_get_flags(link) & IFF_UP)) {
		rtnl_link_set_flags(wanted, IFF_UP);
		needed = true;
	}
	if (bridge && rtnl_link_get_master(link) !=
		      rtnl_link_get_ifindex(bridge)) {
		rtnl_link_set_master(wanted, rtnl_link_get_ifindex(bridge));
		needed = true;
	}
	if (set_mtu && rtnl_link_get_mtu(link) != mtu) {
		rtnl_link_set_mtu(wanted, mtu);
		needed = true;
	}
	if (needed)
		ret = rtnl_link_change(sk, link, wanted, 0);
	rtnl_link_put(wanted);
	if (!ret)
		return 0;
	return err_set(err, "%s: cannot be brought up%s%s: %s: %s",
		       rtnl_link_get_name(link),
		       bridge ? " as a port of " : "",
		       bridge ? rtnl_link_get_name(bridge) : "",
		       nl_geterror(ret), hint(ret));
}

/**
 * link_set_up() - set up an interface as the user wants
 * @name:	name of the interface
 * @p:		the user's parameters for it
 * @ours:	true if the monitor has made it
 * @mtu:	filled in: the guest's MTU
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int link_set_up(const char *name, const struct net_param *p, bool ours,
		unsigned int *mtu, struct err *err)
{
	struct nl_sock *sk = open_socket(err);
	struct rtnl_link *link, *bridge = NULL;
	int ret = -1;

	if (!sk)
		return -1;
	link = link_find(sk, name, "interface", err);
	if (!link)
		goto out_socket;
	if (p->bridge[0]) {
		bridge = find_bridge(sk, p->bridge, err);
		if (!bridge)
			goto out_link;
	}
	*mtu = choose_mtu(p, ours, link, bridge);
	ret = link_change(sk, link, bridge, *mtu, p->mtu || ours, err);
	if (bridge)
		rtnl_link_put(bridge);
out_link:
	rtnl_link_put(link);
out_socket:
	nl_socket_free(sk);
	return ret;
}

/**
 * link_watch_open() - open a socket that reports changes of interfaces
 *
 * Return: a nonblocking socket that is readable after a change of any interface, or
 * -1 with errno.
 */
int link_watch_open(void)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK,
	};
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	close(fd);
	return -1;
}

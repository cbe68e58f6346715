// SPDX-License-Identifier: GPL-2.0
/*
 * conet's backend for a TAP, below conet.c: the kernel copies frames between the
 * guest's memory and the host's network stack, with the stack's offloads.
 *
 * A TAP that the monitor makes is removed with its last descriptor, so it never
 * outlives the monitor. A TAP that existed before stays.
 *
 * The guest's link follows the state of the interface. If the interface is removed,
 * the link is down until there is an interface of this name again. Then the
 * descriptor is attached to that one, which needs no capability if the TAP's owner and
 * group admit the monitor.
 *
 * Notifications of changes can be lost. So the state is not computed from them: each
 * one only makes the monitor query the interface again.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <colinux/dev.h>

#include "conet_back.h"
#include "link.h"

#define TUN_PATH	"/dev/net/tun"

/* Name of a TAP if the user gives none; the kernel replaces %d. */
#define TAP_ANY		"tap%d"

/**
 * struct tap - a TAP
 * @back:	the backend
 * @loop:	event loop that serves it
 * @name:	name of the interface
 * @fd:		descriptor of /dev/net/tun, through which frames go
 * @sock:	socket for ioctl() requests about interfaces
 * @frames:	watch for frames
 * @changes_fd:	socket with a message for each change of any interface
 * @changes:	watch for these messages
 * @check:	task that queries the interface after changes
 * @lost:	true while the interface is removed
 */
struct tap {
	struct conet_back back;
	struct loop *loop;
	char name[IFNAMSIZ];
	int fd;
	int sock;
	struct loop_watch frames;
	int changes_fd;
	struct loop_watch changes;
	struct loop_task check;
	bool lost;
};

static struct tap *to_tap(struct conet_back *back)
{
	return container_of(back, struct tap, back);
}

/*
 * Frames.
 */

static int tap_send(struct conet_back *back, const struct iovec *iov,
		    unsigned int nr, size_t len __attribute__((unused)))
{
	struct tap *tap = to_tap(back);
	ssize_t n = TEMP_FAILURE_RETRY(writev(tap->fd, iov, nr));

	return n < 0 ? -errno : 0;
}

static ssize_t tap_recv(struct conet_back *back, const struct iovec *iov,
			unsigned int nr)
{
	struct tap *tap = to_tap(back);
	ssize_t n = TEMP_FAILURE_RETRY(readv(tap->fd, iov, nr));

	return n < 0 ? -errno : n;
}

static void tap_ready(struct loop_watch *watch, uint32_t events)
{
	struct tap *tap = container_of(watch, struct tap, frames);

	if (events & (EPOLLERR | EPOLLHUP))
		loop_later(tap->loop, &tap->check);
	tap->back.ready(&tap->back);
}

/*
 * The interface.
 */

/* Return: 0 or an errno. */
static int tap_attach(struct tap *tap, const char *name)
{
	const unsigned int offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 |
				      TUN_F_TSO_ECN;
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int hdr_bytes = sizeof(struct virtio_net_hdr);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(tap->fd, TUNSETIFF, &ifr) ||
	    ioctl(tap->fd, TUNSETVNETHDRSZ, &hdr_bytes) ||
	    ioctl(tap->fd, TUNSETOFFLOAD, offloads))
		return errno;
	memcpy(tap->name, ifr.ifr_name, sizeof(tap->name));
	return 0;
}

/* Is there an interface of this name? If so, *@flags is set to its IFF_*. */
static bool tap_get_flags(const struct tap *tap, const char *name,
			  unsigned int *flags)
{
	struct ifreq ifr = { .ifr_flags = 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(tap->sock, SIOCGIFFLAGS, &ifr))
		return false;
	*flags = (unsigned short)ifr.ifr_flags;
	return true;
}

/* Is the descriptor attached to an interface? Reads its name, which may be new. */
static bool tap_attached(struct tap *tap)
{
	struct ifreq ifr;

	if (ioctl(tap->fd, TUNGETIFF, &ifr))
		return false;
	memcpy(tap->name, ifr.ifr_name, sizeof(tap->name));
	return true;
}

/*
 * Attach to a TAP of this name if there is one again. TUNSETIFF would make one, so
 * its existence is checked first: the administrator who removed it has to make it.
 */
static bool try_again(struct tap *tap)
{
	unsigned int flags;

	if (!tap->lost) {
		tap->lost = true;
		msg_warn("eth%u: %s: removed: the guest has no link until there is a TAP of this name again",
			 tap->back.unit, tap->name);
	}
	if (!tap_get_flags(tap, tap->name, &flags) || tap_attach(tap, tap->name))
		return false;
	tap->lost = false;
	msg_note("eth%u: %s: back again", tap->back.unit, tap->name);
	/* Edge-triggered: set it again to hear of frames that came before. */
	loop_change(tap->loop, &tap->frames, EPOLLIN | EPOLLOUT | EPOLLET);
	return true;
}

static bool link_state(struct tap *tap)
{
	const unsigned int up = IFF_UP | IFF_RUNNING;
	unsigned int flags;

	if (!tap_attached(tap) && !try_again(tap))
		return false;
	return tap_get_flags(tap, tap->name, &flags) && (flags & up) == up;
}

static void tap_check(struct loop_task *task)
{
	struct tap *tap = container_of(task, struct tap, check);
	bool link = link_state(tap);

	if (link == tap->back.link)
		return;
	tap->back.link = link;
	tap->back.changed(&tap->back);
	tap->back.ready(&tap->back);
}

static void tap_changes(struct loop_watch *watch,
			uint32_t events __attribute__((unused)))
{
	struct tap *tap = container_of(watch, struct tap, changes);
	char buf[8192];

	/* ENOBUFS: messages were lost, which counts as a change. */
	while (recv(watch->fd, buf, sizeof(buf), 0) >= 0 || errno == ENOBUFS)
		;
	loop_later(tap->loop, &tap->check);
}

/*
 * Setup and removal.
 */

static void tap_free(struct conet_back *back)
{
	struct tap *tap = to_tap(back);

	loop_cancel(tap->loop, &tap->check);
	loop_unwatch(tap->loop, &tap->frames);
	loop_unwatch(tap->loop, &tap->changes);
	if (tap->changes_fd >= 0)
		close(tap->changes_fd);
	if (tap->sock >= 0)
		close(tap->sock);
	if (tap->fd >= 0)
		close(tap->fd);
	free(tap);
}

static const struct conet_back_ops tap_ops = {
	.send = tap_send,
	.recv = tap_recv,
	.free = tap_free,
};

static int open_tun(struct err *err)
{
	int fd = open(TUN_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	const char *what;

	if (fd >= 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		what = "run as a user who may open it, or use slirp instead of tuntap";
	else
		what = "load the module (modprobe tun), or use slirp instead of tuntap";
	return err_set(err, TUN_PATH ": %s: %s", strerror(errno), what);
}

static int attach_error(const struct net_param *p, int error, struct err *err)
{
	const char *name = p->ifname[0] ? p->ifname : "TAP";

	switch (error) {
	case EPERM:
		return err_set(err, "%s: may not be made or used: " LINK_NO_RIGHT,
			       name);
	case EBUSY:
		return err_set(err, "%s: in use by another program: name another TAP",
			       name);
	case EINVAL:
		return err_set(err, "%s: not a TAP with one queue: name another interface",
			       name);
	default:
		return err_set(err, "%s: %s: see the kernel log", name,
			       strerror(error));
	}
}

static int tap_set_up(struct tap *tap, const struct net_param *p, struct err *err)
{
	unsigned int flags;
	bool ours;
	int error;

	tap->fd = open_tun(err);
	if (tap->fd < 0)
		return -1;
	tap->sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	tap->changes_fd = link_watch_open();
	if (tap->sock < 0 || tap->changes_fd < 0)
		return err_set(err, "socket: %s", strerror(errno));

	ours = !p->ifname[0] || !tap_get_flags(tap, p->ifname, &flags);
	error = tap_attach(tap, p->ifname[0] ? p->ifname : TAP_ANY);
	if (error)
		return attach_error(p, error, err);
	if (link_set_up(tap->name, p, ours, &tap->back.mtu, err))
		return -1;
	if (loop_watch(tap->loop, &tap->frames, tap->fd,
		       EPOLLIN | EPOLLOUT | EPOLLET) ||
	    loop_watch(tap->loop, &tap->changes, tap->changes_fd, EPOLLIN))
		return err_set(err, "epoll: %s", strerror(errno));
	tap->back.link = link_state(tap);
	msg_info("eth%u: on %s%s, MTU %u", tap->back.unit, tap->name,
		 ours ? ", made for it" : "", tap->back.mtu);
	return 0;
}

/**
 * conet_tap_open() - connect an interface with a TAP
 * @unit:	number of the interface
 * @p:		the user's parameters for it
 * @loop:	event loop that will serve it
 * @err:	reason for the failure
 *
 * Return: the backend or NULL.
 */
struct conet_back *conet_tap_open(unsigned int unit, const struct net_param *p,
				  struct loop *loop, struct err *err)
{
	struct tap *tap = calloc(1, sizeof(*tap));

	if (!tap) {
		err_set(err, "out of memory");
		return NULL;
	}
	tap->back.ops = &tap_ops;
	tap->back.unit = unit;
	tap->back.host = tap->name;
	tap->back.features = CO_NET_F_CSUM | CO_NET_F_TSO4 | CO_NET_F_TSO6 |
			     CO_NET_F_GUEST_CSUM | CO_NET_F_GUEST_TSO4 |
			     CO_NET_F_GUEST_TSO6;
	tap->loop = loop;
	tap->fd = -1;
	tap->sock = -1;
	tap->changes_fd = -1;
	tap->frames.fd = -1;
	tap->frames.ready = tap_ready;
	tap->changes.fd = -1;
	tap->changes.ready = tap_changes;
	tap->check.run = tap_check;
	if (!tap_set_up(tap, p, err))
		return &tap->back;
	tap_free(&tap->back);
	return NULL;
}

/**
 * conet_tap_check() - could an interface be connected with a TAP?
 * @p:		the user's parameters for it
 * @err:	reason for the failure
 *
 * Does not find out whether the user may make a TAP: only an attempt shows this.
 *
 * Return: 0 or -1.
 */
int conet_tap_check(const struct net_param *p, struct err *err)
{
	int fd = open_tun(err);

	if (fd < 0)
		return -1;
	close(fd);
	return p->bridge[0] ? link_check_bridge(p->bridge, err) : 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A backend of conet: the other end of the guest's network cable, a TAP
 * (conet_tap.c) or user-mode networking (conet_slirp.c).
 *
 * conet calls @send and @recv until the backend returns -EAGAIN. The backend calls
 * @ready when another call may succeed.
 */
#ifndef MONITOR_CONET_BACK_H
#define MONITOR_CONET_BACK_H

#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "common/msg.h"
#include "common/netparam.h"
#include "device/device.h"
#include "device/loop.h"

struct conet_back;

/**
 * struct conet_back_ops - operations of a kind of backend
 * @send:	take a frame: @iov[0] is its struct virtio_net_hdr, the rest its
 *		data, @len bytes. 0, -EAGAIN if the frame must wait for @ready, or
 *		a negated errno if it is lost.
 * @recv:	give a frame, in the same form, truncated to the size of @iov. Its
 *		bytes with the header, -EAGAIN if there is none, or a negated
 *		errno.
 * @counters:	call @each with the name and value of each counter of its own;
 *		may be NULL
 * @free:	undo everything, and free the backend itself
 *
 * @iov is memory of the guest, which may change at any time.
 */
struct conet_back_ops {
	int (*send)(struct conet_back *back, const struct iovec *iov,
		    unsigned int nr, size_t len);
	ssize_t (*recv)(struct conet_back *back, const struct iovec *iov,
			unsigned int nr);
	void (*counters)(const struct conet_back *back, counter_fn each,
			 void *arg);
	void (*free)(struct conet_back *back);
};

/**
 * struct conet_back - a backend
 * @ops:	its kind
 * @unit:	number of the interface, for messages
 * @host:	name of the host's interface that it uses, NULL if there is none
 * @features:	the CO_NET_F_* that it supports
 * @mtu:	MTU of the interface
 * @link:	true if the link is up
 * @dropped:	frames for the guest that were dropped for want of room
 * @ready:	conet's callback: @ops->send or @ops->recv may succeed again
 * @changed:	conet's callback: @link has changed
 * @conet:	conet's pointer for these two
 */
struct conet_back {
	const struct conet_back_ops *ops;
	unsigned int unit;
	const char *host;
	uint32_t features;
	unsigned int mtu;
	bool link;
	uint64_t dropped;
	void (*ready)(struct conet_back *back);
	void (*changed)(struct conet_back *back);
	void *conet;
};

struct conet_back *conet_tap_open(unsigned int unit, const struct net_param *p,
				  struct loop *loop, struct err *err);
int conet_tap_check(const struct net_param *p, struct err *err);
struct conet_back *conet_slirp_open(unsigned int unit,
				    const struct net_param *p,
				    const char *name, unsigned int flows,
				    struct loop *loop, struct err *err);

#endif /* MONITOR_CONET_BACK_H */

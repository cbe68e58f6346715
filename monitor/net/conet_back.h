/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A back end of conet: what is at the other end of the guest's cable.
 *
 * conet asks it for frames and gives it frames whenever there is reason to
 * think that it works; the back end tells when there may be one.
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
 * struct conet_back_ops - what a kind of back end does
 * @send:	take a frame: @iov[0] is its struct virtio_net_hdr, the rest its
 *		data, @len bytes. 0, -EAGAIN if it must wait for @ready, or
 *		why the frame is lost.
 * @recv:	give a frame, in the same form, cut off where @iov ends. Its
 *		bytes with the header, -EAGAIN if there is none, or why none
 *		will come.
 * @counters:	call @each with the name and value of each counter of its own;
 *		may be NULL
 * @free:	undo everything, the back end itself included
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
 * struct conet_back - a back end
 * @ops:	its kind
 * @unit:	of the interface, for messages
 * @host:	what it is connected with on the host, NULL if that has no name
 * @features:	CO_NET_F_* it understands
 * @mtu:	of the interface
 * @link:	the cable is plugged in
 * @dropped:	frames for the guest that it had no room to keep
 * @ready:	conet's: called when @ops->send or @ops->recv may have become
 *		possible
 * @changed:	conet's: called when @link has changed
 * @conet:	conet's, for these two
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

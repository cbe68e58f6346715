// SPDX-License-Identifier: GPL-2.0
/*
 * conet: a network interface, between its two queues and a backend. docs/network.md
 * describes the network; tools/build/way checks these drawings, with a TAP as the
 * backend.
 *
 * "-" marks a call by the function above, "~" a call through a pointer, as a callback or
 * for an event. At the left edge the event loop continues (device/loop.h). All of it runs
 * in the I/O thread.
 *
 * The way of a frame out:
 *
 *	~ device_kick()              device/device.c     the guest has kicked
 *	~ conet_serve()              net/conet.c         at the end of the batch of events
 *	  |- conet_tx()              net/conet.c
 *	  |  |- queue_take()         device/queue.c
 *	  |  |  `- queue_pop()       device/queue.c      takes the frame's pieces
 *	  |  |- conet_tx_send()      net/conet.c         finds them in the guest's memory
 *	  |  |  `~ tap_send()        net/conet_tap.c     the kernel copies them
 *	  |  `- conet_tx_answer()    net/conet.c
 *	  |     `- queue_push()      device/queue.c      puts the completion in the ring
 *	  `- device_notify()         device/device.c     interrupts the guest
 *
 * The way of a frame in:
 *
 *	~ tap_ready()                net/conet_tap.c     the TAP has frames
 *	  `~ conet_ready()           net/conet.c
 *	~ conet_serve()              net/conet.c         at the end of the batch of events
 *	  |- conet_rx()              net/conet.c
 *	  |  |- conet_rx_room()      net/conet.c
 *	  |  |  `- queue_pop()       device/queue.c      takes empty buffers
 *	  |  |~ tap_recv()           net/conet_tap.c     the kernel copies a frame into them
 *	  |  `- conet_rx_answer()    net/conet.c
 *	  |     `- queue_push()      device/queue.c      puts completions in the ring
 *	  `- device_notify()         device/device.c     interrupts the guest
 *
 * TX: a request is a frame. The backend takes it directly from the guest's memory. The
 * request is answered at once, because no backend uses that memory after @send.
 *
 * RX: the guest's empty buffers are collected until the largest possible frame would
 * fit. Only then is the backend asked for a frame, so none is ever truncated. Frames
 * that the guest has no buffers for wait in the backend or in the TAP, which drops
 * those that it has no room for.
 *
 * While there are frames, neither side notifies the other of each frame. The event index
 * is set again only when a queue is empty, and the guest gets one interrupt for each turn
 * of the event loop.
 *
 * As with cobd, a request that breaks the format ends the device. A request in the
 * right format that cannot be carried out (an offset outside the frame) is answered
 * with an error.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "conet.h"
#include "files.h"
#include "offload.h"

/* Frames in each direction before other devices get their turn. */
#define BUDGET		64

/*
 * Room for the largest frame: 64 KiB of IP, an Ethernet header and VLAN tags, and a
 * reserve.
 */
#define FRAME_ROOM	(68UL * 1024)

/* The guest's buffers must be so large that this number of them has FRAME_ROOM. */
#define HELD_MAX	64

#define HDR_BYTES	sizeof(struct virtio_net_hdr)

/**
 * struct conet_stats - counters of one direction
 * @frames:	frames transferred
 * @bytes:	their bytes
 * @errors:	frames that failed
 */
struct conet_stats {
	uint64_t frames;
	uint64_t bytes;
	uint64_t errors;
};

/**
 * struct conet - an interface
 * @dev:	the device
 * @back:	its backend, NULL once the device is removed
 * @unplugged:	true if conet_plug() has set the link down
 * @mac:	its MAC address
 * @tx:		counters of frames from the guest
 * @rx:		counters of frames to the guest
 * @segs:	segments of the frame that is being sent
 * @nr_segs:	their number, 0 if no frame is being sent
 * @hdr:	offload header of the frame that is being received
 * @iov:	that header and the buffers for the frame
 * @ids:	the guest's names for the buffers
 * @held:	number of the buffers
 * @room:	bytes of the buffers together
 */
struct conet {
	struct device dev;
	struct conet_back *back;
	bool unplugged;
	uint8_t mac[MAC_BYTES];
	struct conet_stats tx;
	struct conet_stats rx;

	struct co_sub segs[CO_NET_SEGS_MAX];
	int nr_segs;

	struct virtio_net_hdr hdr;
	struct iovec iov[1 + HELD_MAX];
	uint16_t ids[HELD_MAX];
	unsigned int held;
	size_t room;
};

static struct conet *to_conet(struct device *dev)
{
	return container_of(dev, struct conet, dev);
}

static struct queue *rx_queue(struct conet *net)
{
	return &net->dev.queues[CO_CONET_RX].queue;
}

static struct queue *tx_queue(struct conet *net)
{
	return &net->dev.queues[CO_CONET_TX].queue;
}

static void conet_count(struct conet_stats *stats, size_t bytes)
{
	stats->frames++;
	stats->bytes += bytes;
}

/*
 * TX: guest to backend.
 */

/* Return: the bytes of the frame, 0 if it is empty or invalid. */
static size_t conet_tx_map(struct conet *net, struct iovec *iov)
{
	size_t len = 0;

	for (int i = 0; i < net->nr_segs; i++) {
		const struct co_sub *seg = &net->segs[i];
		void *p = queue_data(tx_queue(net), seg);

		if (!p || seg->flags & CO_SUB_WRITE)
			return 0;
		iov[i] = (struct iovec) { p, seg->len };
		len += seg->len;
	}
	return len;
}

/* Return: 0, -EAGAIN, or another negated errno if the frame is lost. */
static int conet_tx_send(struct conet *net)
{
	struct iovec iov[1 + CO_NET_SEGS_MAX];
	struct virtio_net_hdr hdr;
	size_t len;
	int ret;

	len = conet_tx_map(net, iov + 1);
	if (len < ETH_HLEN || len > FRAME_ROOM)
		return -EINVAL;
	ret = offload_from_guest(&hdr, &net->segs[0], net->back->features, len);
	if (ret)
		return ret;
	iov[0] = (struct iovec) { &hdr, HDR_BYTES };
	ret = net->back->ops->send(net->back, iov, 1 + net->nr_segs, len);
	if (!ret)
		conet_count(&net->tx, len);
	return ret;
}

static void conet_tx_answer(struct conet *net, int status)
{
	const struct co_comp comp = {
		.id = net->segs[0].id,
		.status = status,
	};

	if (status)
		net->tx.errors++;
	net->nr_segs = 0;
	queue_push(tx_queue(net), &comp);
}

/* Return: true if there may be more to do. */
static bool conet_tx(struct conet *net)
{
	for (int i = 0; i < BUDGET; i++) {
		int status;

		if (!net->nr_segs)
			net->nr_segs = queue_take(tx_queue(net), net->segs,
						  CO_NET_SEGS_MAX);
		if (!net->nr_segs)
			return false;
		status = net->unplugged ? -ENETDOWN : conet_tx_send(net);
		if (status == -EAGAIN)
			return false;
		conet_tx_answer(net, status);
	}
	return true;
}

/*
 * RX: backend to guest.
 */

static int conet_rx_hold(struct conet *net, const struct co_sub *sub)
{
	struct queue *q = rx_queue(net);
	void *p = queue_data(q, sub);

	if (!p)
		return -1;
	if (!(sub->flags & CO_SUB_WRITE) || !sub->len)
		return queue_break(q, "gave a read-only or empty buffer for frames");
	net->ids[net->held++] = sub->id;
	net->iov[net->held] = (struct iovec) { p, sub->len };
	net->room += sub->len;
	return 0;
}

/* Is there room for a frame? If not, the guest will notify of more buffers. */
static bool conet_rx_room(struct conet *net)
{
	struct queue *q = rx_queue(net);

	while (net->room < FRAME_ROOM) {
		struct co_sub sub;
		int n;

		if (net->held == HELD_MAX) {
			queue_break(q, "gave %d buffers for frames with only %zu bytes",
				    HELD_MAX, net->room);
			return false;
		}
		n = queue_pop(q, &sub, 1);
		if (n < 0 || (!n && queue_arm(q)))
			return false;
		if (n && conet_rx_hold(net, &sub))
			return false;
	}
	return true;
}

/* Forget the first @n buffers. */
static void conet_rx_drop(struct conet *net, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		net->room -= net->iov[1 + i].iov_len;
	net->held -= n;
	memmove(net->ids, net->ids + n, net->held * sizeof(net->ids[0]));
	memmove(net->iov + 1, net->iov + 1 + n,
		net->held * sizeof(net->iov[0]));
}

/* Answer the buffers that a frame of @len bytes has filled. */
static void conet_rx_answer(struct conet *net, size_t len)
{
	struct co_comp comp = { .arg2 = len };
	unsigned int n = 0;

	offload_to_guest(&comp, &net->hdr);
	while (len) {
		size_t part = net->iov[1 + n].iov_len;

		if (part > len)
			part = len;
		len -= part;
		comp.id = net->ids[n++];
		comp.len = part;
		comp.flags = len ? CO_COMP_MORE : 0;
		queue_push(rx_queue(net), &comp);
		comp = (struct co_comp) { .id = 0 };
	}
	conet_rx_drop(net, n);
}

/* Return: true if there may be more to do. */
static bool conet_rx(struct conet *net)
{
	net->iov[0] = (struct iovec) { &net->hdr, HDR_BYTES };
	for (int i = 0; i < BUDGET; i++) {
		ssize_t n;

		if (!conet_rx_room(net))
			return false;
		n = net->back->ops->recv(net->back, net->iov, 1 + net->held);
		if (n < 0)
			return false;
		if (net->unplugged)
			continue;
		if ((size_t)n < HDR_BYTES + ETH_HLEN) {
			net->rx.errors++;
			continue;
		}
		conet_count(&net->rx, n - HDR_BYTES);
		conet_rx_answer(net, n - HDR_BYTES);
	}
	return true;
}

/*
 * Both directions.
 */

/* Between calls the backend holds no pointer to a frame. */
static void conet_end(struct conet *net)
{
	device_remove(&net->dev);
	net->back->ops->free(net->back);
	net->back = NULL;
}

static void conet_serve(struct loop_task *task)
{
	struct conet *net = container_of(task, struct conet, dev.task);
	bool more = conet_tx(net);

	/* Not "||": both directions have to run. */
	more |= conet_rx(net);
	device_notify(&net->dev);
	if (device_broken(&net->dev))
		conet_end(net);
	else if (more)
		device_later(&net->dev);
}

static void conet_ready(struct conet_back *back)
{
	struct conet *net = back->conet;

	device_later(&net->dev);
}

static bool has_link(const struct conet *net)
{
	return net->back && net->back->link && !net->unplugged;
}

static void conet_changed(struct conet_back *back)
{
	struct conet *net = back->conet;

	msg_info("eth%u: link %s", back->unit, has_link(net) ? "up" : "down");
	/* A device that is not attached yet is not visible to the guest. */
	if (net->dev.table)
		device_update(&net->dev);
}

/*
 * The device.
 */

static void conet_config(struct device *dev, struct co_dev *slot)
{
	const struct conet *net = to_conet(dev);

	slot->features = net->back->features;
	memcpy(slot->conet.mac, net->mac, sizeof(slot->conet.mac));
	slot->conet.mtu = net->back->mtu;
	slot->conet.status = has_link(net) ? CO_NET_LINK_UP : 0;
}

/* Sends all frames of the guest that are still in the queue. */
static bool conet_drained(struct device *dev)
{
	struct conet *net = to_conet(dev);

	while (net->back && conet_tx(net))
		;
	return true;
}

static void conet_counters(const struct device *dev, counter_fn each,
			   void *arg)
{
	const struct conet *net = container_of(dev, struct conet, dev);

	each(arg, "tx_frames", net->tx.frames);
	each(arg, "tx_bytes", net->tx.bytes);
	each(arg, "tx_errors", net->tx.errors);
	each(arg, "rx_frames", net->rx.frames);
	each(arg, "rx_bytes", net->rx.bytes);
	each(arg, "rx_errors", net->rx.errors);
	each(arg, "rx_dropped", net->back ? net->back->dropped : 0);
	if (net->back && net->back->ops->counters)
		net->back->ops->counters(net->back, each, arg);
}

static void conet_free(struct device *dev)
{
	struct conet *net = to_conet(dev);

	if (net->back)
		net->back->ops->free(net->back);
	device_detach(dev);
	free(net);
}

static const struct device_ops conet_ops = {
	.type = CO_DEV_CONET,
	.name = "eth",
	.config = conet_config,
	.serve = conet_serve,
	.drained = conet_drained,
	.counters = conet_counters,
	.free = conet_free,
};

/**
 * conet_link() - is an interface's link up?
 * @dev:	the device
 *
 * Return: true if the guest sees a link.
 */
bool conet_link(struct device *dev)
{
	return has_link(to_conet(dev));
}

/**
 * conet_host() - the host's interface that an interface is connected to
 * @dev:	the device
 *
 * Return: its name, "" if there is none.
 */
const char *conet_host(struct device *dev)
{
	const struct conet_back *back = to_conet(dev)->back;

	return back && back->host ? back->host : "";
}

/**
 * conet_plug() - set an interface's link up or down
 * @dev:	the device, attached
 * @in:		true for up
 *
 * While it is down, frames are lost in both directions.
 */
void conet_plug(struct device *dev, bool in)
{
	struct conet *net = to_conet(dev);

	if (net->back && net->unplugged == in) {
		net->unplugged = !in;
		conet_changed(net->back);
	}
}

/**
 * conet_make() - make an interface with a backend
 * @back:	the backend, which the device owns from now on
 * @mac:	MAC address of the interface
 * @loop:	event loop that will serve it
 *
 * Return: the device, or NULL if out of memory; then @back is still the caller's.
 */
struct device *conet_make(struct conet_back *back,
			  const uint8_t mac[MAC_BYTES], struct loop *loop)
{
	struct conet *net = calloc(1, sizeof(*net));

	if (!net)
		return NULL;
	device_init(&net->dev, &conet_ops, back->unit);
	net->dev.loop = loop;
	memcpy(net->mac, mac, sizeof(net->mac));
	net->back = back;
	back->conet = net;
	back->ready = conet_ready;
	back->changed = conet_changed;
	return &net->dev;
}

static struct conet_back *open_back(const struct params *params,
				    unsigned int unit, struct loop *loop,
				    struct err *err)
{
	const struct net_param *p = &params->nets[unit];
	unsigned int flows;

	if (p->kind == NET_TUNTAP)
		return conet_tap_open(unit, p, loop, err);
	if (files_for_flows(params->nets, CO_MAX_CONET, &flows, err))
		return NULL;
	return conet_slirp_open(unit, p, params->name, flows, loop, err);
}

/**
 * conet_open() - make an interface and connect it
 * @params:	the user's parameters
 * @unit:	its number, an index into params->nets[]
 * @loop:	event loop that will serve it
 * @err:	reason for the failure
 *
 * Return: the device or NULL.
 */
struct device *conet_open(const struct params *params, unsigned int unit,
			  struct loop *loop, struct err *err)
{
	const struct net_param *p = &params->nets[unit];
	struct conet_back *back;
	struct device *dev;
	uint8_t mac[MAC_BYTES];

	back = open_back(params, unit, loop, err);
	if (!back) {
		err_prefix(err, "eth%u: ", unit);
		return NULL;
	}
	netparam_mac(p, params->name, unit, mac);
	dev = conet_make(back, mac, loop);
	if (!dev) {
		err_set(err, "eth%u: out of memory", unit);
		back->ops->free(back);
	}
	return dev;
}

/**
 * conet_check() - could this interface be connected?
 * @params:	the user's parameters
 * @unit:	its number, an index into params->nets[]
 * @loop:	an event loop, which need not run
 * @err:	reason for the failure
 *
 * Changes nothing on the host.
 *
 * Return: 0 or -1.
 */
int conet_check(const struct params *params, unsigned int unit,
		struct loop *loop, struct err *err)
{
	const struct net_param *p = &params->nets[unit];
	struct conet_back *back;

	if (p->kind == NET_TUNTAP) {
		if (!conet_tap_check(p, err))
			return 0;
	} else {
		/* Only an attempt shows whether the ports are free. */
		back = open_back(params, unit, loop, err);
		if (back) {
			back->ops->free(back);
			return 0;
		}
	}
	err_prefix(err, "eth%u: ", unit);
	return -1;
}

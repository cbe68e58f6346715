/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's end of conet, for tests: memory, the two queues, and the monitor's event
 * loop, all in one thread. The test decides when guest and monitor go on.
 */
#ifndef TESTS_NET_GUEST_H
#define TESTS_NET_GUEST_H

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_guest.h"
#include "net/conet.h"
#include "vm/layout.h"

#define NET_MEM		(32UL << 20)
#define NET_QUEUE	LAYOUT_CONET_QUEUE
#define NET_BUF		4096

/* Buffers of each direction, above all areas of the layout. */
#define NET_RX_GPA	(16UL << 20)
#define NET_TX_GPA	(20UL << 20)

static const uint8_t net_mac[MAC_BYTES] = { 2, 0, 0, 0, 0, 0x55 };

/**
 * struct net_guest - the guest
 * @loop:	the monitor's event loop
 * @ram:	the guest's memory
 * @layout:	the layout of @ram
 * @dev:	the interface, as the monitor sees it
 * @slot:	its slot, as the guest sees it
 * @rx:		the guest's end of the RX queue
 * @tx:		the guest's end of the TX queue
 * @irqs:	number of interrupts taken
 * @kicks:	number of kicks
 */
struct net_guest {
	struct loop loop;
	struct ppram ram;
	struct layout layout;
	struct device *dev;
	const struct co_dev *slot;
	struct fake_queue rx;
	struct fake_queue tx;
	unsigned int irqs;
	unsigned int kicks;
};

static inline void net_guest_init(struct net_guest *g)
{
	struct err err;

	*g = (struct net_guest) { .ram.size = NET_MEM };
	g->ram.base = aligned_alloc(4096, NET_MEM);
	ck_assert_ptr_nonnull(g->ram.base);
	memset(g->ram.base, 0, NET_MEM);
	g->layout.mem_size = NET_MEM;
	g->layout.kernel_end = 1 << 20;
	ck_assert_int_eq(layout_make(&g->layout, &err), 0);
	ck_assert_int_eq(loop_init(&g->loop, &err), 0);
}

/* Attach the device; the indices of its queues start at @index. */
static inline void net_guest_attach(struct net_guest *g, struct device *dev,
				    uint32_t index)
{
	struct fake_queue *fakes[] = { &g->rx, &g->tx };
	struct err err;

	ck_assert_ptr_nonnull(dev);
	g->dev = dev;
	ck_assert_int_eq(device_attach(dev, &g->loop, &g->ram, &g->layout,
				       &err), 0);
	ck_assert_int_eq(device_show(dev, &err), 0);
	g->slot = dev->table;
	for (int i = 0; i < 2; i++) {
		struct queue *q = &dev->queues[i].queue;

		fake_queue_init(fakes[i], q->hdr, NET_QUEUE, index);
		q->sub_cons = index;
		q->comp_prod = index;
		q->told = index;
	}
}

static inline void net_guest_free(struct net_guest *g)
{
	if (g->dev)
		g->dev->ops->free(g->dev);
	loop_free(&g->loop);
	free(g->ram.base);
}

/* Run the monitor's event loop once; it waits up to @timeout. */
static inline bool net_guest_run(struct net_guest *g, int timeout)
{
	struct pollfd pfd = { .fd = g->loop.epfd, .events = POLLIN };

	if (!g->loop.tasks && poll(&pfd, 1, timeout) != 1)
		return false;
	loop_once(&g->loop);
	return true;
}

static inline void net_guest_settle(struct net_guest *g)
{
	while (net_guest_run(g, 0))
		;
}

static inline void net_guest_kick(struct net_guest *g, unsigned int queue)
{
	uint64_t one = 1;

	g->kicks++;
	ck_assert_int_eq(write(g->dev->queues[queue].kick_fd, &one, 8), 8);
}

static inline bool net_guest_irq(struct net_guest *g)
{
	uint64_t n;

	if (read(g->dev->irq_fd, &n, sizeof(n)) != sizeof(n))
		return false;
	g->irqs += n;
	return true;
}

static inline uint8_t *net_rx_buf(struct net_guest *g, unsigned int id)
{
	return g->ram.base + NET_RX_GPA + (size_t)id * NET_BUF;
}

static inline void net_guest_post_len(struct net_guest *g, unsigned int id,
				      uint32_t len)
{
	fake_queue_add(&g->rx, &(struct co_sub) {
		.addr = NET_RX_GPA + (uint64_t)id * NET_BUF, .len = len,
		.id = id, .flags = CO_SUB_WRITE });
}

static inline void net_guest_post(struct net_guest *g, unsigned int id)
{
	net_guest_post_len(g, id, NET_BUF);
}

/* Post all RX buffers, and kick the monitor. */
static inline void net_guest_post_all(struct net_guest *g)
{
	for (unsigned int id = 0; id < NET_QUEUE; id++)
		net_guest_post(g, id);
	if (fake_queue_publish(&g->rx))
		net_guest_kick(g, CO_CONET_RX);
	net_guest_settle(g);
}

/* Write a frame to the TX area and submit it in pieces of @part bytes. */
static inline void net_guest_send(struct net_guest *g, uint16_t id,
				  const void *frame, uint32_t len,
				  uint32_t part, const struct co_sub *header)
{
	uint64_t at = NET_TX_GPA + (uint64_t)(id % 64) * 0x12000;
	struct co_sub sub = *header;

	memcpy(g->ram.base + at, frame, len);
	sub.id = id;
	sub.arg2 = len;
	for (uint32_t done = 0; done < len; done += part) {
		bool last = len - done <= part;

		sub.addr = at + done;
		sub.len = last ? len - done : part;
		sub.flags = last ? 0 : CO_SUB_MORE;
		fake_queue_add(&g->tx, &sub);
		sub = (struct co_sub) { .id = id };
	}
	if (fake_queue_publish(&g->tx))
		net_guest_kick(g, CO_CONET_TX);
}

/*
 * Take one received frame, and post its buffers again. *@first becomes its first
 * completion.
 *
 * Return: the length of the frame, or 0 if there is none.
 */
static inline uint32_t net_guest_receive(struct net_guest *g, void *frame,
					 struct co_comp *first)
{
	struct co_comp comp;
	uint32_t len = 0;

	do {
		if (!fake_queue_get(&g->rx, &comp)) {
			ck_assert_msg(!len, "received only a part of a frame");
			return 0;
		}
		ck_assert_int_eq(comp.status, 0);
		ck_assert_uint_lt(comp.id, NET_QUEUE);
		ck_assert_uint_le(comp.len, NET_BUF);
		if (!len)
			*first = comp;
		memcpy((uint8_t *)frame + len, net_rx_buf(g, comp.id),
		       comp.len);
		len += comp.len;
		net_guest_post(g, comp.id);
	} while (comp.flags & CO_COMP_MORE);
	ck_assert_uint_eq(first->arg2, len);
	if (fake_queue_publish(&g->rx))
		net_guest_kick(g, CO_CONET_RX);
	return len;
}

/*
 * Take the completion of a sent frame.
 *
 * Return: its status, or 1 if there is none.
 */
static inline int net_guest_answer(struct net_guest *g, uint16_t *id)
{
	struct co_comp comp;

	if (!fake_queue_get(&g->tx, &comp))
		return 1;
	*id = comp.id;
	return comp.status;
}

#endif /* TESTS_NET_GUEST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that keeps a device's queue full for a while: a request that the monitor
 * completes is submitted again at once, as by a guest on another CPU. Tests include
 * this file before the source of a device, whose queue_push() it replaces.
 */
#ifndef TESTS_FULL_QUEUE_H
#define TESTS_FULL_QUEUE_H

#include <check.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/device.h"
#include "device/loop.h"
#include "fake_guest.h"
#include "vm/layout.h"

#define FULL_MEM	(32UL << 20)
#define FULL_GPA	(16UL << 20)	/* above all areas of the layout */

/* Far more than any device may serve before others get their turn. */
#define FULL_REQUESTS	1000000

/**
 * struct full_queue - the guest
 * @loop:	the monitor's event loop
 * @ram:	the guest's memory
 * @layout:	the layout of @ram
 * @dev:	the device
 * @q:		the queue that is kept full
 * @served:	the monitor's end of the queue
 * @sub:	the request
 * @left:	number of times that @sub is still to be submitted
 * @answered:	number of completions
 */
struct full_queue {
	struct loop loop;
	struct ppram ram;
	struct layout layout;
	struct device *dev;
	struct fake_queue q;
	struct queue *served;
	struct co_sub sub;
	unsigned int left;
	unsigned int answered;
};

static struct full_queue full;

static inline void full_init(void)
{
	struct err err;

	full = (struct full_queue) { .ram.size = FULL_MEM };
	full.ram.base = aligned_alloc(4096, FULL_MEM);
	ck_assert_ptr_nonnull(full.ram.base);
	memset(full.ram.base, 0, FULL_MEM);
	full.layout.mem_size = FULL_MEM;
	full.layout.kernel_end = 1 << 20;
	ck_assert_int_eq(layout_make(&full.layout, &err), 0);
	ck_assert_int_eq(loop_init(&full.loop, &err), 0);
}

static inline void full_attach(struct device *dev)
{
	struct err err;

	full.dev = dev;
	ck_assert_int_eq(device_attach(dev, &full.loop, &full.ram, &full.layout,
				       &err), 0);
	ck_assert_int_eq(device_show(dev, &err), 0);
}

static inline void full_add(void)
{
	full.sub.id = full.left % full.q.size;
	full.left--;
	fake_queue_add(&full.q, &full.sub);
}

/* Fill a queue with @sub, which is then submitted FULL_REQUESTS times. */
static inline void full_start(unsigned int nr, const struct co_sub *sub)
{
	const uint64_t one = 1;

	full.served = &full.dev->queues[nr].queue;
	fake_queue_init(&full.q, full.served->hdr, full.served->size, 0);
	full.sub = *sub;
	full.left = FULL_REQUESTS;
	/* One entry stays free: a request in flight needs a place for its completion. */
	while (fake_queue_space(&full.q) > 1)
		full_add();
	fake_queue_publish(&full.q);
	ck_assert_int_eq(write(full.dev->queues[nr].kick_fd, &one, 8), 8);
}

static inline void full_push(struct queue *q, const struct co_comp *comp)
{
	struct co_comp got;

	queue_push(q, comp);
	if (q != full.served)
		return;
	while (fake_queue_get(&full.q, &got)) {
		full.answered++;
		if (full.left)
			full_add();
	}
	fake_queue_publish(&full.q);
}

#define queue_push full_push

static inline bool full_ready(void)
{
	struct pollfd pfd = { .fd = full.loop.epfd, .events = POLLIN };

	return full.loop.tasks || poll(&pfd, 1, 0) == 1;
}

/* The loop must return while the queue is full, and complete all requests in the end. */
static inline void full_check(void)
{
	loop_once(&full.loop);
	ck_assert_uint_gt(full.left, 0);
	while (full_ready())
		loop_once(&full.loop);
	ck_assert_uint_eq(full.left, 0);
	ck_assert_uint_eq(full.answered, FULL_REQUESTS);
	ck_assert(!full.dev->gone);
}

static inline void full_free(void)
{
	full.dev->ops->free(full.dev);
	loop_free(&full.loop);
	free(full.ram.base);
}

#endif /* TESTS_FULL_QUEUE_H */

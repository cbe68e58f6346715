/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's end of a queue of <colinux/ring.h>: the interface of ring.c to the
 * drivers.
 */
#ifndef _DRIVERS_COLINUX_RING_H
#define _DRIVERS_COLINUX_RING_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <colinux/dev.h>
#include <colinux/ring.h>

struct co_device;

/**
 * struct co_ring - the guest's view of one queue
 * @queue:	header of the queue, shared with the monitor
 * @sub:	submission entries
 * @comp:	completion entries
 * @inflight:	one bit per request id, set from submission to completion
 * @cdev:	device of the queue, which is removed when the ring breaks. NULL for
 *		the console, because printk() must not queue work items
 * @size:	number of entries of each ring, a power of two
 * @kick:	kick number
 * @broken:	true after a protocol violation or the removal of the device; the
 *		ring then has no space and no completions
 * @prod:	index of written submissions, published or not
 * @told:	@prod at the last call of co_ring_wants_kick()
 * @sub_cons:	index of submissions consumed by the monitor, as last read
 * @cons:	index of consumed completions
 *
 * The submitting side (@prod, @told, @sub_cons) and the completing side (@cons)
 * may run at the same time. The caller's locks serialise each side.
 */
struct co_ring {
	struct co_queue *queue;
	struct co_sub *sub;
	struct co_comp *comp;
	unsigned long *inflight;
	struct co_device *cdev;
	u32 size;
	u32 kick;
	bool broken;

	u32 prod;
	u32 told;
	u32 sub_cons;

	u32 cons;
};

int co_ring_init(struct co_ring *ring, const struct co_dev *config,
		 unsigned int nr, struct co_device *cdev);
void co_ring_exit(struct co_ring *ring);
void co_ring_break(struct co_ring *ring, const char *what, u32 value);

u32 co_ring_space(struct co_ring *ring);
void co_ring_add(struct co_ring *ring, const struct co_sub *sub);
void co_ring_publish(struct co_ring *ring);
bool co_ring_wants_kick(struct co_ring *ring);
void co_ring_kick(struct co_ring *ring);
void co_ring_kick_later(struct co_ring *ring);
void co_ring_kick_delayed(struct co_ring *ring);

bool co_ring_get(struct co_ring *ring, struct co_comp *comp);
bool co_ring_rearm(struct co_ring *ring, u32 skip);

/**
 * co_ring_busy() - is a request in flight?
 * @ring:	the ring
 * @id:		id of the request, below @ring->size
 *
 * Return: true from the co_ring_add() of the request's last segment to the
 * co_ring_get() of its completion.
 */
static inline bool co_ring_busy(const struct co_ring *ring, u32 id)
{
	return test_bit(id, ring->inflight);
}

/**
 * co_ring_broken() - is the ring broken?
 * @ring:	the ring
 *
 * Return: true after co_ring_break() or co_ring_stop().
 */
static inline bool co_ring_broken(const struct co_ring *ring)
{
	return READ_ONCE(ring->broken);
}

/**
 * co_ring_stop() - stop a ring when its device is removed
 * @ring:	the ring; like a broken one from now on
 */
static inline void co_ring_stop(struct co_ring *ring)
{
	WRITE_ONCE(ring->broken, true);
}

#endif /* _DRIVERS_COLINUX_RING_H */

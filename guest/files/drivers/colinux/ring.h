/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's end of a queue of <colinux/ring.h>: what ring.c offers to the
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
 * @queue:	its header, shared with the monitor
 * @sub:	its submission entries
 * @comp:	its completion entries
 * @inflight:	one bit per request id: submitted and not answered
 * @cdev:	its device, which goes when the ring breaks; NULL for the console,
 *		which must not start work items whenever it is written to
 * @size:	entries of each ring, a power of two
 * @kick:	kick number
 * @broken:	the monitor broke the rules, or is gone: nothing it says counts
 * @prod:	submissions written, published or not
 * @told:	@prod when co_ring_wants_kick() last looked
 * @sub_cons:	submissions consumed by the monitor, as last seen
 * @cons:	completions consumed
 *
 * Submitting (@prod, @told, @sub_cons) and completing (@cons) may go on at
 * the same time; each by itself needs the caller's lock.
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
void co_ring_kick_waiting(struct co_ring *ring);

bool co_ring_get(struct co_ring *ring, struct co_comp *comp);
bool co_ring_rearm(struct co_ring *ring, u32 skip);

/**
 * co_ring_busy() - is a request in flight?
 * @ring:	the ring
 * @id:		the request, below @ring->size
 *
 * Return: true from the co_ring_add() that submits @id to the co_ring_get()
 * that brings its answer.
 */
static inline bool co_ring_busy(const struct co_ring *ring, u32 id)
{
	return test_bit(id, ring->inflight);
}

/**
 * co_ring_broken() - is nobody at the other end?
 * @ring:	the ring
 *
 * Return: true once co_ring_break() or co_ring_stop() was called.
 */
static inline bool co_ring_broken(const struct co_ring *ring)
{
	return READ_ONCE(ring->broken);
}

/**
 * co_ring_stop() - the device is gone
 * @ring:	the ring: full and silent from now on, as a broken one
 */
static inline void co_ring_stop(struct co_ring *ring)
{
	WRITE_ONCE(ring->broken, true);
}

#endif /* _DRIVERS_COLINUX_RING_H */

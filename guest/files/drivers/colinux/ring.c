// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's end of a queue, for cobd, cocon and conet. <colinux/ring.h> has the
 * format and the monitor's duties. docs/disk.md draws the way of a request.
 *
 * A driver adds the segments of its requests, publishes them, and kicks the monitor
 * if co_ring_wants_kick(). The monitor takes the requests from the ring, and puts a
 * completion for each into the other ring. If co_ring_rearm() has asked for it, the
 * monitor then interrupts the guest. The driver's handler takes the completions with
 * co_ring_get(), and calls co_ring_rearm() again.
 *
 * The monitor may run on another CPU, although the guest has only one. So barriers
 * are those of virt_*(), which are effective without CONFIG_SMP as well.
 *
 * All that the monitor writes is checked before it is used. If the monitor
 * violates the protocol, the ring is marked broken, with one message. A broken
 * ring has no space and no completions.
 */
#define pr_fmt(fmt) "colinux: " fmt

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <asm/barrier.h>
#include <asm/colinux.h>
#include "bus.h"
#include "ring.h"

/**
 * co_ring_init() - start to use a queue
 * @ring:	out: the ring
 * @config:	the device's slot, checked by the bus
 * @nr:		number of the queue
 * @cdev:	the device, or NULL; see struct co_ring
 *
 * Starts at the monitor's indices, which a previous device may have left non-zero.
 * The first completion will raise an interrupt.
 *
 * Return: 0 or -ENOMEM.
 */
int co_ring_init(struct co_ring *ring, const struct co_dev *config,
		 unsigned int nr, struct co_device *cdev)
{
	struct co_queue *queue = __va(config->queue_gpa[nr]);
	u32 size = config->queue_size[nr];

	*ring = (struct co_ring) {
		.queue = queue,
		.sub = co_queue_sub(queue),
		.comp = co_queue_comp(queue, size),
		.inflight = bitmap_zalloc(size, GFP_KERNEL),
		.cdev = cdev,
		.size = size,
		.kick = config->kick + nr,
	};
	if (!ring->inflight)
		return -ENOMEM;

	ring->sub_cons = READ_ONCE(queue->sub_cons);
	ring->prod = ring->sub_cons;
	ring->told = ring->prod;
	ring->cons = READ_ONCE(queue->comp_prod);
	WRITE_ONCE(queue->comp_cons, ring->cons);
	WRITE_ONCE(queue->comp_event, ring->cons);
	WRITE_ONCE(queue->sub_prod, ring->prod);
	return 0;
}

/**
 * co_ring_exit() - free a ring
 * @ring:	the ring; its driver no longer uses it
 */
void co_ring_exit(struct co_ring *ring)
{
	bitmap_free(ring->inflight);
	ring->inflight = NULL;
}

/**
 * co_ring_break() - break a ring after a protocol violation by the monitor
 * @ring:	the ring
 * @what:	text for the message: "the monitor ..."
 * @value:	offending number, for the message
 */
void co_ring_break(struct co_ring *ring, const char *what, u32 value)
{
	if (ring->broken)
		return;

	WRITE_ONCE(ring->broken, true);
	pr_err("%s: the monitor %s (%u): this device is not used any more\n",
	       ring->cdev ? dev_name(&ring->cdev->dev) : "console", what, value);
	if (ring->cdev)
		co_device_fail(ring->cdev);
}

/**
 * co_ring_space() - count the free entries for submissions
 * @ring:	the ring
 *
 * Return: number of entries that can be added now, 0 if @ring is broken.
 */
u32 co_ring_space(struct co_ring *ring)
{
	u32 used;

	if (ring->broken)
		return 0;

	/* Pairs with the monitor's release: it has read the entries before that. */
	ring->sub_cons = virt_load_acquire(&ring->queue->sub_cons);
	used = ring->prod - ring->sub_cons;
	if (unlikely(used > ring->size)) {
		co_ring_break(ring, "consumed what was never submitted",
			      ring->sub_cons);
		return 0;
	}
	return ring->size - used;
}

/**
 * co_ring_add() - add one segment of a request
 * @ring:	the ring; co_ring_space() is not 0
 * @sub:	the segment
 *
 * The monitor does not see the segment before co_ring_publish(), which the caller
 * calls after complete requests only.
 */
void co_ring_add(struct co_ring *ring, const struct co_sub *sub)
{
	if (!(sub->flags & CO_SUB_MORE))
		set_bit(sub->id, ring->inflight);

	ring->sub[ring->prod & (ring->size - 1)] = *sub;
	ring->prod++;
}

/**
 * co_ring_publish() - publish all segments that were added
 * @ring:	the ring
 */
void co_ring_publish(struct co_ring *ring)
{
	/* The entries are written before the monitor may read them. */
	virt_store_release(&ring->queue->sub_prod, ring->prod);
}

/**
 * co_ring_wants_kick() - does the monitor need a kick?
 * @ring:	the ring
 *
 * The answer covers all requests published so far, and is given only once: if it
 * is true, the caller must kick.
 *
 * Return: true if the monitor waits for a kick.
 */
bool co_ring_wants_kick(struct co_ring *ring)
{
	u32 told = ring->told;
	u32 event;

	/*
	 * Publish, then read the event index. The monitor sets the event index,
	 * then checks for requests.
	 */
	virt_mb();
	event = READ_ONCE(ring->queue->sub_event);
	ring->told = ring->prod;
	return co_ring_must_notify(event, told, ring->prod);
}

/**
 * co_ring_kick() - kick the monitor
 * @ring:	the ring
 */
void co_ring_kick(struct co_ring *ring)
{
	colinux_kick(ring->kick);
}

/**
 * co_ring_kick_later() - kick the monitor, but delay the kick
 * @ring:	the ring
 */
void co_ring_kick_later(struct co_ring *ring)
{
	colinux_kick_later(ring->kick);
}

/**
 * co_ring_kick_delayed() - make a delayed kick now, if it is still to be made
 * @ring:	the ring
 */
void co_ring_kick_delayed(struct co_ring *ring)
{
	if (colinux_kick_cancel(ring->kick))
		colinux_kick(ring->kick);
}

/* Is there a completion? Breaks the ring if the monitor's index is invalid. */
static bool co_ring_pending(struct co_ring *ring)
{
	u32 count;

	/* Pairs with the monitor's release: the entries are written. */
	count = virt_load_acquire(&ring->queue->comp_prod) - ring->cons;
	if (likely(count <= ring->size))
		return count;

	co_ring_break(ring, "completed more than a ring holds", count);
	return false;
}

/**
 * co_ring_get() - take the next completion
 * @ring:	the ring
 * @comp:	out: a copy of the completion; its id was in flight until now
 *
 * Return: false if there is none.
 */
bool co_ring_get(struct co_ring *ring, struct co_comp *comp)
{
	if (ring->broken || !co_ring_pending(ring))
		return false;

	*comp = ring->comp[ring->cons & (ring->size - 1)];
	barrier();	/* check the copy, not the ring */

	if (unlikely(comp->id >= ring->size ||
		     !test_bit(comp->id, ring->inflight))) {
		co_ring_break(ring, "answered a request that was never made",
			      comp->id);
		return false;
	}

	ring->cons++;
	/* The entry is read before the monitor may overwrite it. */
	virt_store_release(&ring->queue->comp_cons, ring->cons);
	/*
	 * After comp_cons: with the bit clear the id may be used again. The
	 * monitor counts requests in flight and completions not yet consumed
	 * together, and their sum must not exceed the ring's size.
	 */
	clear_bit_unlock(comp->id, ring->inflight);
	return true;
}

/**
 * co_ring_rearm() - ask for an interrupt
 * @ring:	the ring
 * @skip:	number of completions that may come without an interrupt
 *
 * There is at most one interrupt per call, and none without a call.
 *
 * Return: false if more than @skip completions are there already. Then the caller
 * must take them, and call this again.
 */
bool co_ring_rearm(struct co_ring *ring, u32 skip)
{
	struct co_queue *queue = ring->queue;

	if (ring->broken)
		return true;

	WRITE_ONCE(queue->comp_event, ring->cons + skip);
	/*
	 * Set the event index, then check for completions. The monitor publishes,
	 * then reads the event index.
	 */
	virt_mb();
	return READ_ONCE(queue->comp_prod) - ring->cons <= skip;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's end of a queue: everything cobd, cocon and conet have in common
 * between "here is a request" and "this one is answered". The format, and the
 * monitor's duties, are in <colinux/ring.h>.
 *
 * The monitor runs on another CPU even when the guest has only one, so the
 * barriers are the virt_*() ones, which stay real without CONFIG_SMP.
 *
 * What the monitor writes is checked before it is used. One that breaks the
 * rules cannot be reasoned with: its ring is marked broken, once and loudly,
 * and behaves from then on as one that is full and silent.
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
 * co_ring_init() - start using a queue
 * @ring:	filled in
 * @config:	the device, checked by the bus
 * @nr:		which of its queues
 * @cdev:	the device, or NULL; see struct co_ring
 *
 * Goes on from the monitor's indices, whatever happened to the queue before.
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
 * co_ring_exit() - stop using a queue
 * @ring:	the ring; the monitor must have let go of the queue
 */
void co_ring_exit(struct co_ring *ring)
{
	bitmap_free(ring->inflight);
	ring->inflight = NULL;
}

/**
 * co_ring_break() - the monitor broke the rules
 * @ring:	the ring
 * @what:	what it did
 * @value:	and with which number
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
 * co_ring_space() - room for submissions
 * @ring:	the ring
 *
 * Return: the number of entries that can be added now, 0 if @ring is broken.
 */
u32 co_ring_space(struct co_ring *ring)
{
	u32 used;

	if (ring->broken)
		return 0;

	/* Pairs with the monitor's release: it has read what we overwrite. */
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
 * co_ring_add() - write one segment of a request
 * @ring:	the ring; there is room
 * @sub:	the segment
 *
 * The monitor does not see it before co_ring_publish(), which is for whole
 * requests only.
 */
void co_ring_add(struct co_ring *ring, const struct co_sub *sub)
{
	if (!(sub->flags & CO_SUB_MORE))
		set_bit(sub->id, ring->inflight);

	ring->sub[ring->prod & (ring->size - 1)] = *sub;
	ring->prod++;
}

/**
 * co_ring_publish() - let the monitor see what was added
 * @ring:	the ring
 */
void co_ring_publish(struct co_ring *ring)
{
	/* The entries are written before the monitor may read them. */
	virt_store_release(&ring->queue->sub_prod, ring->prod);
}

/**
 * co_ring_wants_kick() - is the monitor waiting for what was published?
 * @ring:	the ring
 *
 * Asking answers for all that was published so far: who gets a yes must kick.
 *
 * Return: true if it sleeps until it is kicked.
 */
bool co_ring_wants_kick(struct co_ring *ring)
{
	u32 told = ring->told;
	u32 event;

	/* Publish, then look; the monitor sets its event, then looks. */
	virt_mb();
	event = READ_ONCE(ring->queue->sub_event);
	ring->told = ring->prod;
	return co_ring_must_notify(event, told, ring->prod);
}

/**
 * co_ring_kick() - wake the monitor
 * @ring:	the ring
 */
void co_ring_kick(struct co_ring *ring)
{
	colinux_kick(ring->kick);
}

/**
 * co_ring_kick_later() - wake the monitor soon
 * @ring:	the ring
 */
void co_ring_kick_later(struct co_ring *ring)
{
	colinux_kick_later(ring->kick);
}

/**
 * co_ring_kick_waiting() - wake the monitor, if that is still to be done
 * @ring:	the ring
 */
void co_ring_kick_waiting(struct co_ring *ring)
{
	if (colinux_kick_cancel(ring->kick))
		colinux_kick(ring->kick);
}

/* Is there a completion to take? Breaks the ring if the index is impossible. */
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
 * co_ring_get() - take the next answer
 * @ring:	the ring
 * @comp:	filled in: a copy, with an id that was in flight until now
 *
 * Return: false if there is none.
 */
bool co_ring_get(struct co_ring *ring, struct co_comp *comp)
{
	if (ring->broken || !co_ring_pending(ring))
		return false;

	*comp = ring->comp[ring->cons & (ring->size - 1)];
	barrier();	/* the checks below are of the copy */

	if (unlikely(comp->id >= ring->size ||
		     !test_bit(comp->id, ring->inflight))) {
		co_ring_break(ring, "answered a request that was never made",
			      comp->id);
		return false;
	}

	ring->cons++;
	/* The entry is read before the monitor may overwrite it. */
	virt_store_release(&ring->queue->comp_cons, ring->cons);
	/* Only then may the id come again: the monitor counts both. */
	clear_bit_unlock(comp->id, ring->inflight);
	return true;
}

/**
 * co_ring_rearm() - ask for an interrupt
 * @ring:	the ring
 * @skip:	answers that may come without one
 *
 * There is at most one interrupt for each call, and none without.
 *
 * Return: false if that many answers are here already: go on taking them.
 */
bool co_ring_rearm(struct co_ring *ring, u32 skip)
{
	struct co_queue *queue = ring->queue;

	if (ring->broken)
		return true;

	WRITE_ONCE(queue->comp_event, ring->cons + skip);
	/* Set the event, then look; the monitor publishes, then looks. */
	virt_mb();
	return READ_ONCE(queue->comp_prod) - ring->cons <= skip;
}

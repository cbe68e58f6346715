// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor's end of a queue: takes requests, gives answers, and believes
 * nothing. The format and the rules are in <colinux/ring.h>.
 *
 * The guest writes to the queue while it is read here, so each index is read
 * once and each entry copied before it is checked. A guest that breaks the
 * rules has lost its mind or means harm: the queue is broken from then on,
 * which ends the device (device.c), and says why once.
 */
#include <stdarg.h>
#include <stdio.h>

#include "queue.h"

/**
 * queue_init() - start to serve a queue
 * @q:		filled in
 * @ram:	the guest's memory
 * @gpa:	where the layout has put the queue
 * @size:	its entries, a power of two
 *
 * Return: 0, or -1 if the queue does not lie in the guest's memory.
 */
int queue_init(struct queue *q, const struct ppram *ram, uint64_t gpa,
	       uint32_t size)
{
	*q = (struct queue) { .ram = ram, .size = size };
	q->hdr = ppram_at(ram, gpa, co_queue_bytes(size));
	if (!q->hdr)
		return -1;
	q->sub = co_queue_sub(q->hdr);
	q->comp = co_queue_comp(q->hdr, size);
	return 0;
}

/**
 * queue_break() - the guest broke the rules
 * @q:		the queue
 * @fmt:	how, as printf()
 *
 * Return: -1, for the caller to return.
 */
int queue_break(struct queue *q, const char *fmt, ...)
{
	va_list ap;

	if (q->broken)
		return -1;
	q->broken = true;
	va_start(ap, fmt);
	vsnprintf(q->why.text, sizeof(q->why.text), fmt, ap);
	va_end(ap);
	return -1;
}

/* Requests in flight must have room for their answers. */
static int check_answers(struct queue *q)
{
	uint32_t cons = __atomic_load_n(&q->hdr->comp_cons, __ATOMIC_ACQUIRE);
	uint32_t unread = q->comp_prod - cons;

	if (unread > q->size)
		return queue_break(q, "took %u answers where %u were given",
				   cons, q->comp_prod);
	if (q->inflight + unread >= q->size)
		return queue_break(q, "has more than %u requests in flight",
				   q->size);
	return 0;
}

/**
 * queue_pop() - take the next request
 * @q:		the queue
 * @segs:	takes copies of its segments
 * @max:	the most segments a request of this device has
 *
 * Addresses and lengths are not checked; queue_data() does that.
 *
 * Return: the number of segments, 0 if there is no request, -1 if the queue
 * is broken.
 */
int queue_pop(struct queue *q, struct co_sub *segs, unsigned int max)
{
	uint32_t prod, count;
	unsigned int n = 0;

	if (q->broken)
		return -1;
	/* Pairs with the guest's release: the entries are written. */
	prod = __atomic_load_n(&q->hdr->sub_prod, __ATOMIC_ACQUIRE);
	count = prod - q->sub_cons;
	if (count > q->size)
		return queue_break(q, "published %u entries in a ring of %u",
				   count, q->size);
	if (!count)
		return 0;
	if (check_answers(q))
		return -1;

	do {
		const struct co_sub *sub;

		if (n == count)
			return queue_break(q, "published half a request");
		if (n == max)
			return queue_break(q, "made a request of more than %u segments",
					   max);
		sub = &q->sub[(q->sub_cons + n) & (q->size - 1)];
		segs[n] = *(const volatile struct co_sub *)sub;
		if (segs[n].id != segs[0].id)
			return queue_break(q, "mixed requests %u and %u",
					   segs[0].id, segs[n].id);
	} while (segs[n++].flags & CO_SUB_MORE);

	q->sub_cons += n;
	q->inflight++;
	/* The entries are read before the guest may overwrite them. */
	__atomic_store_n(&q->hdr->sub_cons, q->sub_cons, __ATOMIC_RELEASE);
	return n;
}

/**
 * queue_data() - memory of a segment
 * @q:		the queue
 * @seg:	a copy of the segment
 *
 * Return: where it is, NULL if it is not in the guest's memory or too long;
 * the queue is broken then.
 */
void *queue_data(struct queue *q, const struct co_sub *seg)
{
	void *p = ppram_at(q->ram, seg->addr, seg->len);

	if (p && seg->len <= CO_SEG_MAX)
		return p;
	queue_break(q, "named %u bytes at %#llx, which it has not", seg->len,
		    (unsigned long long)seg->addr);
	return NULL;
}

/**
 * queue_push() - answer a request
 * @q:		the queue
 * @comp:	the answer
 *
 * The guest hears of it by queue_wants_irq().
 */
void queue_push(struct queue *q, const struct co_comp *comp)
{
	q->inflight--;
	if (q->broken)
		return;
	q->comp[q->comp_prod & (q->size - 1)] = *comp;
	q->comp_prod++;
	/* The entry is written before the guest may read it. */
	__atomic_store_n(&q->hdr->comp_prod, q->comp_prod, __ATOMIC_RELEASE);
}

/**
 * queue_wants_irq() - does the guest wait for what was answered?
 * @q:		the queue
 *
 * Asking settles it for all answers so far: who gets a yes must interrupt.
 *
 * Return: true if an interrupt is due.
 */
bool queue_wants_irq(struct queue *q)
{
	uint32_t told = q->told;
	uint32_t event;

	if (q->broken || told == q->comp_prod)
		return false;
	/* Publish, then look; the guest sets its event, then looks. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	event = __atomic_load_n(&q->hdr->comp_event, __ATOMIC_RELAXED);
	q->told = q->comp_prod;
	return co_ring_must_notify(event, told, q->comp_prod);
}

/**
 * queue_arm() - ask for a kick
 * @q:		the queue
 *
 * Return: false if there is a request already: go on taking them.
 */
bool queue_arm(struct queue *q)
{
	uint32_t prod;

	if (q->broken)
		return true;
	__atomic_store_n(&q->hdr->sub_event, q->sub_cons, __ATOMIC_RELAXED);
	/* Set the event, then look; the guest publishes, then looks. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	prod = __atomic_load_n(&q->hdr->sub_prod, __ATOMIC_RELAXED);
	return prod == q->sub_cons;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor's end of a queue: takes requests, publishes completions, and checks
 * everything that the guest writes. The format and the protocol are in
 * <colinux/ring.h>.
 *
 * The guest can write to the queue at any time. So each index is read once, and each
 * entry is copied before it is checked. A guest that violates the protocol makes the
 * queue broken. This ends the device (device.c), with one message.
 */
#include <stdarg.h>
#include <stdio.h>

#include "queue.h"

/**
 * queue_init() - start to serve a queue
 * @q:		filled in
 * @ram:	the guest's memory
 * @gpa:	address of the queue
 * @size:	entries of each of its rings, a power of two
 *
 * Return: 0, or -1 if the queue is not inside the guest's memory.
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
 * queue_break() - mark a queue as broken
 * @q:		the queue
 * @fmt:	the guest's violation of the protocol, a format as of printf()
 *
 * Keeps the first violation only.
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

/* The completion ring must have room for all requests in flight. */
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
 * @segs:	filled in with copies of its segments
 * @max:	limit of segments of a request
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
	/* Pairs with the guest's release store: the entries are written by then. */
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
	/* Release: the entries are read before the guest may overwrite them. */
	__atomic_store_n(&q->hdr->sub_cons, q->sub_cons, __ATOMIC_RELEASE);
	return n;
}

/**
 * queue_data() - find the memory of a segment
 * @q:		the queue
 * @seg:	a copy of the segment
 *
 * Return: its address in the monitor. NULL if it is not inside the guest's memory or
 * longer than CO_SEG_MAX; then the queue is broken.
 */
void *queue_data(struct queue *q, const struct co_sub *seg)
{
	void *p = ppram_at(q->ram, seg->addr, seg->len);

	if (p && seg->len <= CO_SEG_MAX)
		return p;
	queue_break(q, "gave a segment of %u bytes at %#llx: outside its memory or too long", seg->len,
		    (unsigned long long)seg->addr);
	return NULL;
}

/**
 * queue_push() - publish a completion
 * @q:		the queue
 * @comp:	the completion
 *
 * Does not interrupt the guest: see queue_wants_irq().
 */
void queue_push(struct queue *q, const struct co_comp *comp)
{
	q->inflight--;
	if (q->broken)
		return;
	q->comp[q->comp_prod & (q->size - 1)] = *comp;
	q->comp_prod++;
	/* Release: the entry is written before the guest may read it. */
	__atomic_store_n(&q->hdr->comp_prod, q->comp_prod, __ATOMIC_RELEASE);
}

/**
 * queue_wants_irq() - does the guest wait for the new completions?
 * @q:		the queue
 *
 * Answers once for all completions so far: if it is true, the caller must interrupt
 * the guest.
 *
 * Return: true if an interrupt is due.
 */
bool queue_wants_irq(struct queue *q)
{
	uint32_t told = q->told;
	uint32_t event;

	if (q->broken || told == q->comp_prod)
		return false;
	/*
	 * The monitor publishes, then reads comp_event. The guest sets comp_event,
	 * then reads the index. One of the two sees the other's write.
	 */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	event = __atomic_load_n(&q->hdr->comp_event, __ATOMIC_RELAXED);
	q->told = q->comp_prod;
	return co_ring_must_notify(event, told, q->comp_prod);
}

/**
 * queue_arm() - ask the guest for a kick with its next request
 * @q:		the queue
 *
 * Return: false if there is a request already: then the caller must go on with
 * queue_pop().
 */
bool queue_arm(struct queue *q)
{
	uint32_t prod;

	if (q->broken)
		return true;
	__atomic_store_n(&q->hdr->sub_event, q->sub_cons, __ATOMIC_RELAXED);
	/* As in queue_wants_irq(), with the roles exchanged. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	prod = __atomic_load_n(&q->hdr->sub_prod, __ATOMIC_RELAXED);
	return prod == q->sub_cons;
}

/**
 * queue_take() - take the next request, or ask for a kick with it
 * @q:		the queue
 * @segs:	filled in with copies of its segments
 * @max:	limit of segments of a request
 *
 * Return: the number of segments, 0 if there is no request or the queue is broken.
 */
int queue_take(struct queue *q, struct co_sub *segs, unsigned int max)
{
	int n;

	do {
		n = queue_pop(q, segs, max);
	} while (!n && !queue_arm(q));
	return n < 0 ? 0 : n;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's end of a queue, for tests. It keeps to the protocol unless the test
 * writes to the queue itself.
 */
#ifndef TESTS_FAKE_GUEST_H
#define TESTS_FAKE_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <colinux/ring.h>

/**
 * struct fake_queue - a queue as the guest sees it
 * @hdr:	its header
 * @size:	number of its entries
 * @prod:	number of submissions written
 * @told:	@prod at the last decision about a kick
 * @cons:	number of completions taken
 */
struct fake_queue {
	struct co_queue *hdr;
	uint32_t size;
	uint32_t prod;
	uint32_t told;
	uint32_t cons;
};

/* Start both ends at @index: tests can have the indices wrap soon. */
static inline void fake_queue_init(struct fake_queue *q, void *mem,
				   uint32_t size, uint32_t index)
{
	*q = (struct fake_queue) {
		.hdr = mem,
		.size = size,
		.prod = index,
		.told = index,
		.cons = index,
	};
	q->hdr->sub_prod = index;
	q->hdr->sub_cons = index;
	q->hdr->sub_event = index;
	q->hdr->comp_prod = index;
	q->hdr->comp_cons = index;
	q->hdr->comp_event = index;
}

static inline uint32_t fake_queue_space(const struct fake_queue *q)
{
	return q->size -
	       (q->prod - __atomic_load_n(&q->hdr->sub_cons, __ATOMIC_ACQUIRE));
}

static inline void fake_queue_add(struct fake_queue *q,
				  const struct co_sub *sub)
{
	co_queue_sub(q->hdr)[q->prod++ & (q->size - 1)] = *sub;
}

/* Return: true if the monitor wants a kick. */
static inline bool fake_queue_publish(struct fake_queue *q)
{
	uint32_t told = q->told;

	__atomic_store_n(&q->hdr->sub_prod, q->prod, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	q->told = q->prod;
	return co_ring_must_notify(__atomic_load_n(&q->hdr->sub_event,
						   __ATOMIC_RELAXED),
				   told, q->prod);
}

/* Return: true with the next completion in *@comp. */
static inline bool fake_queue_get(struct fake_queue *q, struct co_comp *comp)
{
	uint32_t prod = __atomic_load_n(&q->hdr->comp_prod, __ATOMIC_ACQUIRE);

	if (prod == q->cons)
		return false;
	*comp = co_queue_comp(q->hdr, q->size)[q->cons++ & (q->size - 1)];
	__atomic_store_n(&q->hdr->comp_cons, q->cons, __ATOMIC_RELEASE);
	return true;
}

/* Return: true if the guest may sleep until it is interrupted. */
static inline bool fake_queue_rearm(struct fake_queue *q)
{
	__atomic_store_n(&q->hdr->comp_event, q->cons, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&q->hdr->comp_prod, __ATOMIC_RELAXED) == q->cons;
}

#endif /* TESTS_FAKE_GUEST_H */

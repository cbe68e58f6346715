/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's end of a queue, whose format is in <colinux/ring.h>.
 */
#ifndef MONITOR_QUEUE_H
#define MONITOR_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <colinux/ring.h>

#include "common/msg.h"
#include "vm/ppram.h"

/**
 * struct queue - the monitor's view of a queue
 * @hdr:	its header, shared with the guest
 * @sub:	its submission entries
 * @comp:	its completion entries
 * @ram:	the guest's memory
 * @size:	entries of each ring, a power of two
 * @sub_cons:	submissions consumed
 * @comp_prod:	completions published
 * @told:	@comp_prod at the last queue_wants_irq()
 * @inflight:	requests taken and not answered
 * @broken:	true once the guest has violated the protocol: the queue is not used
 *		any more
 * @why:	the violation, once @broken
 *
 * The monitor keeps the indices that it writes to the header here, and never reads
 * them back.
 */
struct queue {
	struct co_queue *hdr;
	struct co_sub *sub;
	struct co_comp *comp;
	const struct ppram *ram;
	uint32_t size;
	uint32_t sub_cons;
	uint32_t comp_prod;
	uint32_t told;
	uint32_t inflight;
	bool broken;
	struct err why;
};

int queue_init(struct queue *q, const struct ppram *ram, uint64_t gpa,
	       uint32_t size);
int queue_pop(struct queue *q, struct co_sub *segs, unsigned int max);
void *queue_data(struct queue *q, const struct co_sub *seg);
void queue_push(struct queue *q, const struct co_comp *comp);
bool queue_wants_irq(struct queue *q);
bool queue_arm(struct queue *q);
int queue_take(struct queue *q, struct co_sub *segs, unsigned int max);

__attribute__((format(printf, 2, 3)))
int queue_break(struct queue *q, const char *fmt, ...);

#endif /* MONITOR_QUEUE_H */

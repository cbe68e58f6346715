/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ring format all three devices use.
 *
 * A queue is a pair of rings in guest memory. The guest submits, the monitor
 * completes:
 *
 *      gpa +0                struct co_queue, two cache lines:
 *                              what the guest writes, what the monitor writes
 *      gpa +CO_QUEUE_HDR     sub[size]   guest -> monitor   struct co_sub
 *      ... +size * 32        comp[size]  monitor -> guest   struct co_comp
 *
 * Indices are free-running 32-bit counters; entry i lies at i & (size - 1),
 * size being a power of two. A ring holds prod - cons entries.
 *
 * A request is one or more consecutive co_sub, all but the last with
 * CO_SUB_MORE; the guest publishes whole requests only. Every request is
 * answered by exactly one co_comp carrying its id, except that conet may
 * answer one packet with several (CO_COMP_MORE). A guest keeps at most size
 * requests in flight, so the completion ring cannot overflow.
 *
 * Notifications, both ways, by an event index as in virtio 1.2, 2.7.10: who
 * consumes writes the index whose publication he wants to hear of; who
 * produces notifies when it has just stepped past that index. A consumer
 * sets its event index to its own cons, then looks once more, then sleeps. A
 * consumer that is polling leaves the index behind.
 *
 * The guest is not trusted: the monitor reads its indices once, checks
 * prod - cons <= size, copies each entry before looking at it, and checks
 * every address and length against PPRAM. It keeps the authoritative values
 * of what it writes itself and never reads them back.
 */
#ifndef COLINUX_RING_H
#define COLINUX_RING_H

#include <linux/types.h>

#define CO_QUEUE_HDR		128	/* bytes before the first entry */
#define CO_QUEUE_MAX		4096	/* entries at most; a power of two */
#define CO_SEG_MAX		1048576	/* bytes at most in one segment */

/* co_sub.flags */
#define CO_SUB_MORE		0x0001	/* the request goes on in the next entry */
#define CO_SUB_WRITE		0x0002	/* the monitor writes to this segment */

/* co_comp.flags */
#define CO_COMP_MORE		0x0001	/* the packet goes on in the next entry */

/**
 * struct co_sub - one segment of a request
 * @addr:	gpa of the segment
 * @len:	its bytes; at most CO_SEG_MAX; 0 where the operation has no data
 * @id:		the guest's name for the request, the same in all its segments
 * @flags:	CO_SUB_*
 * @arg:	first segment only: the device's operands, see <colinux/dev.h>
 * @op:		first segment only: the device's operation
 * @opflags:	first segment only: its modifiers
 * @arg2:	first segment only: further operands
 */
struct co_sub {
	__u64 addr;
	__u32 len;
	__u16 id;
	__u16 flags;
	__u64 arg;
	__u16 op;
	__u16 opflags;
	__u32 arg2;
};

/**
 * struct co_comp - the answer to a request
 * @id:		as submitted
 * @flags:	CO_COMP_*
 * @status:	0, or a negated Linux errno
 * @len:	bytes the monitor wrote to the request's segments
 * @arg2:	as in struct co_sub, for what comes from the device (conet)
 * @arg:	likewise
 * @op:		likewise
 * @opflags:	likewise
 * @reserved:	0
 */
struct co_comp {
	__u16 id;
	__u16 flags;
	__s32 status;
	__u32 len;
	__u32 arg2;
	__u64 arg;
	__u16 op;
	__u16 opflags;
	__u32 reserved;
};

/**
 * struct co_queue - header of a queue, in guest memory
 * @sub_prod:	submissions published (guest)
 * @comp_cons:	completions consumed (guest)
 * @comp_event:	the guest wants an interrupt when comp_prod passes this (guest)
 * @guest_pad:	0
 * @sub_cons:	submissions consumed (monitor)
 * @comp_prod:	completions published (monitor)
 * @sub_event:	the monitor wants a kick when sub_prod passes this (monitor)
 * @host_pad:	0
 */
struct co_queue {
	__u32 sub_prod;
	__u32 comp_cons;
	__u32 comp_event;
	__u32 guest_pad[13];

	__u32 sub_cons;
	__u32 comp_prod;
	__u32 sub_event;
	__u32 host_pad[13];
};

_Static_assert(sizeof(struct co_sub) == 32, "submission layout");
_Static_assert(sizeof(struct co_comp) == 32, "completion layout");
_Static_assert(sizeof(struct co_queue) == CO_QUEUE_HDR, "queue header layout");

/**
 * co_queue_bytes() - memory a queue takes
 * @size:	its entries, a power of two, at most CO_QUEUE_MAX
 */
static inline __u32 co_queue_bytes(__u32 size)
{
	return CO_QUEUE_HDR +
	       size * (__u32)(sizeof(struct co_sub) + sizeof(struct co_comp));
}

/**
 * co_queue_sub() - first submission entry of a queue
 * @q:		the queue
 */
static inline struct co_sub *co_queue_sub(struct co_queue *q)
{
	return (struct co_sub *)(q + 1);
}

/**
 * co_queue_comp() - first completion entry of a queue
 * @q:		the queue
 * @size:	its entries
 */
static inline struct co_comp *co_queue_comp(struct co_queue *q, __u32 size)
{
	return (struct co_comp *)(co_queue_sub(q) + size);
}

/**
 * co_ring_must_notify() - has the producer stepped past the event index?
 * @event:	the consumer's event index, read after a full barrier that
 *		follows the publication of @now
 * @old:	the producer's index when it last asked
 * @now:	its index now
 *
 * Return: non-zero if entry @event lies in [@old, @now), modulo 2^32.
 */
static inline int co_ring_must_notify(__u32 event, __u32 old, __u32 now)
{
	return (__u32)(now - event - 1) < (__u32)(now - old);
}

#endif /* COLINUX_RING_H */

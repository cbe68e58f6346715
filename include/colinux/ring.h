/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ring format of all three devices.
 *
 * A queue is a pair of rings in guest memory. The guest submits, the monitor
 * completes:
 *
 *      gpa +0                struct co_queue, two cache lines: one that the guest
 *                              writes, one that the monitor writes
 *      gpa +CO_QUEUE_HDR     sub[size]   guest -> monitor   struct co_sub
 *      ... +size * 32        comp[size]  monitor -> guest   struct co_comp
 *
 * Indices are free-running 32-bit counters. The size is a power of two, and entry
 * i lies at i & (size - 1). A ring holds prod - cons entries.
 *
 * A request is one or more consecutive co_sub, all but the last with CO_SUB_MORE.
 * The guest publishes complete requests only. Each request has exactly one
 * completion: a co_comp with its id. A frame that conet receives may take several
 * requests, and so several completions (CO_COMP_MORE). A guest has at most size
 * requests in flight, so the completion ring cannot overflow.
 *
 * Notifications, both ways, use an event index as in virtio 1.2, 2.7.10. The
 * consumer writes the index of the entry for which it wants a notification. The
 * producer notifies when it has just stepped past that index. Before it sleeps, a
 * consumer sets its event index to its own cons, then checks the ring once more.
 * A polling consumer does not update the index.
 *
 * The guest is not trusted. The monitor reads the guest's indices once, and checks
 * prod - cons <= size. It copies each entry before it reads it, and checks every
 * address and length against PPRAM. It has its own copies of the indices that it
 * writes, and never reads those in the ring.
 */
#ifndef COLINUX_RING_H
#define COLINUX_RING_H

#include <linux/types.h>

#define CO_QUEUE_HDR		128	/* bytes before the first entry */
#define CO_QUEUE_MAX		4096	/* most entries; a power of two */
#define CO_SEG_MAX		1048576	/* most bytes of one segment */

/* co_sub.flags */
#define CO_SUB_MORE		0x0001	/* the request continues in the next entry */
#define CO_SUB_WRITE		0x0002	/* the monitor writes to this segment */

/* co_comp.flags */
#define CO_COMP_MORE		0x0001	/* the frame continues in the next entry */

/**
 * struct co_sub - one segment of a request
 * @addr:	gpa of the segment
 * @len:	length in bytes, at most CO_SEG_MAX; 0 if the operation has no data
 * @id:		the guest's number for the request, the same in all segments
 * @flags:	CO_SUB_*
 * @arg:	operands of the device, see <colinux/dev.h>; first segment only
 * @op:		operation of the device; first segment only
 * @opflags:	modifiers of @op; first segment only
 * @arg2:	further operands; first segment only
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
 * struct co_comp - completion of a request
 * @id:		id of the request
 * @flags:	CO_COMP_*
 * @status:	0, or a negated Linux errno
 * @len:	number of bytes that the monitor wrote to the request's segments
 * @arg2:	as in struct co_sub, from the device (conet)
 * @arg:	as in struct co_sub, from the device (conet)
 * @op:		as in struct co_sub, from the device (conet)
 * @opflags:	as in struct co_sub, from the device (conet)
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
 * @sub_prod:	index of published submissions (guest)
 * @comp_cons:	index of consumed completions (guest)
 * @comp_event:	index of comp_prod past which the guest wants an interrupt (guest)
 * @guest_pad:	0
 * @sub_cons:	index of consumed submissions (monitor)
 * @comp_prod:	index of published completions (monitor)
 * @sub_event:	index of sub_prod past which the monitor wants a kick (monitor)
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
 * co_queue_bytes() - size of a queue in bytes
 * @size:	number of entries, a power of two, at most CO_QUEUE_MAX
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
 * @size:	number of entries
 */
static inline struct co_comp *co_queue_comp(struct co_queue *q, __u32 size)
{
	return (struct co_comp *)(co_queue_sub(q) + size);
}

/**
 * co_ring_must_notify() - has the producer stepped past the event index?
 * @event:	the consumer's event index, read after a full barrier that
 *		follows the publication of @now
 * @old:	the producer's index at its last call
 * @now:	the producer's index now
 *
 * Return: non-zero if entry @event lies in [@old, @now), modulo 2^32.
 */
static inline int co_ring_must_notify(__u32 event, __u32 old, __u32 now)
{
	return (__u32)(now - event - 1) < (__u32)(now - old);
}

#endif /* COLINUX_RING_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hostile guest, for the fuzz targets of the devices. An input of libFuzzer is a list
 * of accesses to the queues of one device. The target simulates the other side of the
 * device.
 *
 * Most accesses are nearly valid, as completely invalid ones are refused at once. The
 * monitor must never complete more requests than were submitted, and must access only
 * the guest's memory. That is on the heap, where AddressSanitizer knows its end.
 */
#ifndef TESTS_FUZZ_GUEST_H
#define TESTS_FUZZ_GUEST_H

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <colinux/ring.h>

#include "device/device.h"

#define FUZZ_MEM	(32UL << 20)
#define FUZZ_KERNEL_END	(1UL << 20)
#define FUZZ_DATA	(16UL << 20)

/* No input needs more turns of the event loop at a time. */
#define FUZZ_TURNS	200

#define fuzz_assert(cond)	do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * struct fuzz_input - an input
 * @at:		its remainder
 * @left:	number of bytes at @at
 */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

/**
 * struct fuzz_queue - a queue as the guest sees it
 * @hdr:	its header
 * @size:	number of its entries
 * @prod:	number of entries written
 * @cons:	number of completions taken
 */
struct fuzz_queue {
	struct co_queue *hdr;
	uint32_t size;
	uint32_t prod;
	uint32_t cons;
};

/**
 * struct fuzz_guest - the guest
 * @in:		input that decides its actions
 * @loop:	the monitor's event loop
 * @ram:	the guest's memory
 * @layout:	the layout of @ram
 * @dev:	the device
 * @queues:	the guest's ends of the device's queues
 * @world:	function that makes an event on the other side of the device
 */
struct fuzz_guest {
	struct fuzz_input in;
	struct loop loop;
	struct ppram ram;
	struct layout layout;
	struct device *dev;
	struct fuzz_queue queues[CO_DEV_QUEUES];
	void (*world)(struct fuzz_guest *g);
};

/* Take a number of @bytes bytes from the input, which continues with zeroes. */
static inline uint64_t fuzz_number(struct fuzz_guest *g, size_t bytes)
{
	uint64_t n = 0;

	if (bytes > g->in.left)
		bytes = g->in.left;
	memcpy(&n, g->in.at, bytes);
	g->in.at += bytes;
	g->in.left -= bytes;
	return n;
}

static inline uint64_t fuzz_addr(struct fuzz_guest *g)
{
	switch (fuzz_number(g, 1) % 4) {
	case 0:
		return FUZZ_DATA + fuzz_number(g, 2) * 64;
	case 1:
		return FUZZ_MEM - fuzz_number(g, 2);
	case 2:
		return fuzz_number(g, 4);
	default:
		return fuzz_number(g, 8);
	}
}

static inline uint32_t fuzz_len(struct fuzz_guest *g)
{
	switch (fuzz_number(g, 1) % 4) {
	case 0:
		return fuzz_number(g, 1) * 512;
	case 1:
		return fuzz_number(g, 2);
	case 2:
		return CO_SEG_MAX - 2 + fuzz_number(g, 1);
	default:
		return fuzz_number(g, 4);
	}
}

static inline void fuzz_entry(struct fuzz_guest *g, struct fuzz_queue *q)
{
	struct co_sub sub = {
		.addr = fuzz_addr(g),
		.len = fuzz_len(g),
		.id = fuzz_number(g, 1),
		.flags = fuzz_number(g, 1),
		.op = fuzz_number(g, 1),
		.opflags = fuzz_number(g, 1),
		.arg = fuzz_number(g, 8),
	};

	/* In most cases the length, as for frames and sector counts. */
	sub.arg2 = sub.flags & 0x80 ? fuzz_number(g, 4) : sub.len;
	sub.flags &= ~0x80;
	co_queue_sub(q->hdr)[q->prod++ & (q->size - 1)] = sub;
}

/* Repeat the last entry many times, which may fill the queue. */
static inline void fuzz_repeat(struct fuzz_guest *g, struct fuzz_queue *q)
{
	struct co_sub *sub = co_queue_sub(q->hdr);
	uint32_t n = fuzz_number(g, 1) * 4;

	for (; n; n--, q->prod++)
		sub[q->prod & (q->size - 1)] = sub[(q->prod - 1) & (q->size - 1)];
}

static inline void fuzz_header(struct fuzz_guest *g, struct fuzz_queue *q)
{
	uint8_t *hdr = (uint8_t *)q->hdr;
	size_t at = fuzz_number(g, 1) % (sizeof(*q->hdr) / 4) * 4;
	uint32_t value = fuzz_number(g, 4);

	memcpy(hdr + at, &value, sizeof(value));
}

static inline void fuzz_take(struct fuzz_queue *q, const struct queue *real)
{
	/* Holds for the monitor's index, unless this guest has overwritten the queue. */
	fuzz_assert(real->broken || real->comp_prod - q->cons <= q->size ||
		    q->hdr->comp_cons != q->cons);
	q->cons = real->comp_prod;
	__atomic_store_n(&q->hdr->comp_cons, q->cons, __ATOMIC_RELEASE);
}

/* Let the monitor serve all events. */
static inline void fuzz_run(struct fuzz_guest *g)
{
	struct pollfd pfd = { .fd = g->loop.epfd, .events = POLLIN };

	for (int i = 0; i < FUZZ_TURNS; i++) {
		if (!g->loop.tasks && poll(&pfd, 1, 0) != 1)
			return;
		loop_once(&g->loop);
	}
}

static inline void fuzz_kick(struct fuzz_guest *g, unsigned int nr)
{
	uint64_t one = 1;

	/* A guest can also kick a device that was taken away. */
	fuzz_assert(write(g->dev->queues[nr].kick_fd, &one, 8) == 8);
}

static inline void fuzz_step(struct fuzz_guest *g)
{
	unsigned int op = fuzz_number(g, 1), nr = op >> 7 & 1;
	struct fuzz_queue *q = &g->queues[nr];

	if (!q->hdr) {
		nr = 0;
		q = &g->queues[0];
	}
	switch (op % 8) {
	case 0:
		fuzz_entry(g, q);
		break;
	case 1:
		__atomic_store_n(&q->hdr->sub_prod, q->prod, __ATOMIC_RELEASE);
		fuzz_kick(g, nr);
		fuzz_run(g);
		break;
	case 2:
		fuzz_take(q, &g->dev->queues[nr].queue);
		break;
	case 3:
		fuzz_repeat(g, q);
		break;
	case 4:
		fuzz_header(g, q);
		break;
	case 5:
		g->world(g);
		break;
	default:
		fuzz_kick(g, nr);
		fuzz_run(g);
	}
}

static inline void fuzz_queue_init(struct fuzz_queue *q, struct queue *real,
				   uint32_t index)
{
	if (!real->hdr)
		return;
	memset(real->hdr, 0, co_queue_bytes(real->size));
	*q = (struct fuzz_queue) {
		.hdr = real->hdr, .size = real->size, .prod = index,
		.cons = index,
	};
	q->hdr->sub_prod = index;
	q->hdr->comp_cons = index;
	real->sub_cons = index;
	real->comp_prod = index;
	real->told = index;
}

/**
 * fuzz_init() - make a guest without a device
 * @g:		the guest
 * @data:	the input
 * @size:	length of the input
 */
static inline void fuzz_init(struct fuzz_guest *g, const uint8_t *data,
			     size_t size)
{
	static uint8_t *memory;
	struct err err;

	if (!memory)
		memory = aligned_alloc(4096, FUZZ_MEM);
	fuzz_assert(memory);
	*g = (struct fuzz_guest) {
		.in = { data, size },
		.ram = { .base = memory, .size = FUZZ_MEM },
		.layout = {
			.mem_size = FUZZ_MEM, .kernel_end = FUZZ_KERNEL_END,
		},
	};
	fuzz_assert(!layout_make(&g->layout, &err));
	fuzz_assert(!loop_init(&g->loop, &err));
}

/**
 * fuzz_attach() - give the guest its device
 * @g:		the guest
 * @dev:	the device
 */
static inline void fuzz_attach(struct fuzz_guest *g, struct device *dev)
{
	/* The start of the indices, which may wrap soon. */
	uint32_t index = fuzz_number(g, 1) << 24 | fuzz_number(g, 1);
	struct err err;

	fuzz_assert(dev);
	g->dev = dev;
	fuzz_assert(!device_attach(dev, &g->loop, &g->ram, &g->layout, &err));
	fuzz_assert(!device_show(dev, &err));
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++)
		fuzz_queue_init(&g->queues[i], &dev->queues[i].queue, index);
}

/**
 * fuzz_play() - perform all actions of the input
 * @g:		the guest
 */
static inline void fuzz_play(struct fuzz_guest *g)
{
	while (g->in.left)
		fuzz_step(g);
	fuzz_run(g);
}

#endif /* TESTS_FUZZ_GUEST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asynchronous file I/O, with two engines that do the same: io_uring, and
 * threads for where the host refuses that.
 */
#ifndef MONITOR_AIO_H
#define MONITOR_AIO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "common/msg.h"
#include "common/params.h"
#include "device/loop.h"

enum aio_op {
	AIO_READ,
	AIO_WRITE,
	AIO_FLUSH,
	AIO_ALLOCATE,
};

/**
 * struct aio_req - one operation
 * @op:		what to do
 * @fd:		with which file
 * @iov:	buffers to read to or write from
 * @nr_iov:	their number
 * @offset:	where in the file
 * @len:	AIO_ALLOCATE: bytes
 * @mode:	AIO_ALLOCATE: as fallocate() has it
 * @dsync:	AIO_WRITE: on stable storage when done
 * @done:	called from the event loop with bytes or a negated errno
 * @next:	the engine's
 * @res:	the engine's
 */
struct aio_req {
	enum aio_op op;
	int fd;
	const struct iovec *iov;
	unsigned int nr_iov;
	uint64_t offset;
	uint64_t len;
	int mode;
	bool dsync;
	void (*done)(struct aio_req *req, int res);
	struct aio_req *next;
	int res;
};

/**
 * struct aio_list - requests in line
 * @first:	the first of them
 * @tail:	where the next one goes
 */
struct aio_list {
	struct aio_req *first;
	struct aio_req **tail;
};

void aio_list_init(struct aio_list *list);
void aio_list_add(struct aio_list *list, struct aio_req *req);
struct aio_req *aio_list_take(struct aio_list *list);

struct aio;

/**
 * struct aio_engine - a way to do it
 * @name:	as --io= has it
 * @open:	make one for @loop; 0, or a negated errno if the host refuses it
 * @start:	make the threads it needs, NULL if none; 0 or a negated errno
 * @submit:	start what is in @aio->queued
 * @free:	finish what was started, without telling, and undo @open
 */
struct aio_engine {
	const char *name;
	int (*open)(struct aio **aio, struct loop *loop);
	int (*start)(struct aio *aio);
	void (*submit)(struct aio *aio);
	void (*free)(struct aio *aio);
};

/**
 * struct aio - an engine at work; embedded in what the engine needs
 * @engine:	which one
 * @loop:	runs the callbacks
 * @queued:	requests not started yet
 * @submit:	starts them at the end of a batch of events
 * @ready:	waits for completions
 */
struct aio {
	const struct aio_engine *engine;
	struct loop *loop;
	struct aio_list queued;
	struct loop_task submit;
	struct loop_watch ready;
};

extern const struct aio_engine aio_uring;
extern const struct aio_engine aio_threads;

struct aio *aio_open(struct loop *loop, enum io_engine which, struct err *err);
void aio_init(struct aio *aio, const struct aio_engine *engine,
	      struct loop *loop);
int aio_run(struct aio *aio, struct err *err);
void aio_start(struct aio *aio, struct aio_req *req);
void aio_free(struct aio *aio);

#endif /* MONITOR_AIO_H */

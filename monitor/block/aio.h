/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asynchronous file I/O. Two engines do the same: io_uring, and threads for hosts
 * that refuse io_uring.
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
 * @op:		the operation
 * @fd:		descriptor of the file
 * @iov:	buffers to read to or write from
 * @nr_iov:	their number
 * @offset:	offset in the file, in bytes
 * @len:	AIO_ALLOCATE: number of bytes
 * @mode:	AIO_ALLOCATE: mode of fallocate()
 * @dsync:	AIO_WRITE: true if the data must be on stable storage at the end
 * @done:	callback from the event loop, with the number of bytes or a negated
 *		errno
 * @next:	the engine's list
 * @res:	the engine's result
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
 * struct aio_list - a FIFO of requests
 * @first:	the first request
 * @tail:	pointer to which the next request is written
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
 * struct aio_engine - a kind of engine
 * @name:	argument of --io= that selects it
 * @open:	make one for @loop; 0, or a negated errno if the host refuses it
 * @start:	make the threads it needs, NULL if none; 0 or a negated errno
 * @submit:	start the requests in @aio->queued
 * @free:	complete or cancel the started requests, without callbacks, and undo
 *		@open
 */
struct aio_engine {
	const char *name;
	int (*open)(struct aio **aio, struct loop *loop);
	int (*start)(struct aio *aio);
	void (*submit)(struct aio *aio);
	void (*free)(struct aio *aio);
};

/**
 * struct aio - an engine at work; embedded in the engine's own structure
 * @engine:	the kind
 * @loop:	event loop that runs the callbacks
 * @queued:	requests not started yet
 * @submit:	task that starts them at the end of a batch of events
 * @ready:	watch for completions
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

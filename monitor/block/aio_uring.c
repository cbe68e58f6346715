// SPDX-License-Identifier: GPL-2.0
/*
 * Asynchronous file I/O by io_uring, an engine below aio.c. All requests of one batch
 * of events go to the kernel in one system call. epoll waits for the ring itself.
 *
 * The ring is restricted to the operations in this file, because a seccomp filter
 * (sandbox.c) does not see the operations that go through a ring.
 */
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>

#include "aio.h"

#define SQ_ENTRIES	256
#define CQ_ENTRIES	4096
#define REAP_BATCH	64

/**
 * struct uring - the engine
 * @aio:	the common part
 * @ring:	the ring
 * @started:	number of requests that the kernel has
 */
struct uring {
	struct aio aio;
	struct io_uring ring;
	unsigned int started;
};

/* For a single segment, the kernel need not fetch a list of segments. */
static void prepare_transfer(struct io_uring_sqe *sqe, struct aio_req *req)
{
	bool read = req->op == AIO_READ;
	const struct iovec *iov = req->iov;

	if (req->nr_iov != 1)
		io_uring_prep_rw(read ? IORING_OP_READV : IORING_OP_WRITEV, sqe,
				 req->fd, iov, req->nr_iov, req->offset);
	else
		io_uring_prep_rw(read ? IORING_OP_READ : IORING_OP_WRITE, sqe,
				 req->fd, iov->iov_base, iov->iov_len,
				 req->offset);
	if (req->dsync)
		sqe->rw_flags = RWF_DSYNC;
}

static void uring_prepare(struct io_uring_sqe *sqe, struct aio_req *req)
{
	switch (req->op) {
	case AIO_READ:
	case AIO_WRITE:
		prepare_transfer(sqe, req);
		break;
	case AIO_FLUSH:
		io_uring_prep_fsync(sqe, req->fd, IORING_FSYNC_DATASYNC);
		break;
	case AIO_ALLOCATE:
		io_uring_prep_fallocate(sqe, req->fd, req->mode, req->offset,
					req->len);
		break;
	}
	io_uring_sqe_set_data(sqe, req);
}

/*
 * Submit the queued requests, then run the callbacks of all completed requests.
 *
 * Requests that the kernel does not take now stay in the ring or in @queued, and are
 * submitted again after the next completion. With no request in flight there will be
 * no completion: then they are submitted again at once, behind all other work.
 *
 * Requests that the page cache serves are complete when the system call returns. To
 * learn of them through epoll would cost two more system calls.
 */
static void uring_submit(struct aio *aio)
{
	struct uring *u = container_of(aio, struct uring, aio);
	struct io_uring_cqe *cqes[REAP_BATCH];
	struct io_uring_sqe *sqe;
	bool reaped = false;
	unsigned int n;
	int ret;

	do {
		while (aio->queued.first && (sqe = io_uring_get_sqe(&u->ring)))
			uring_prepare(sqe, aio_list_take(&aio->queued));
		ret = io_uring_submit(&u->ring);
		if (ret > 0)
			u->started += ret;
	} while (aio->queued.first && ret > 0);

	do {
		n = io_uring_peek_batch_cqe(&u->ring, cqes, REAP_BATCH);
		for (unsigned int i = 0; i < n; i++) {
			struct aio_req *req = io_uring_cqe_get_data(cqes[i]);

			req->done(req, cqes[i]->res);
		}
		io_uring_cq_advance(&u->ring, n);
		u->started -= n;
		reaped |= n;
	} while (n == REAP_BATCH);

	if ((reaped || !u->started) &&
	    (aio->queued.first || io_uring_sq_ready(&u->ring)))
		loop_later(aio->loop, &aio->submit);
}

static void uring_ready(struct loop_watch *watch,
			uint32_t events __attribute__((unused)))
{
	uring_submit(container_of(watch, struct aio, ready));
}

#define NR_OPS		6

static const uint8_t ops[NR_OPS] = {
	IORING_OP_READ, IORING_OP_READV, IORING_OP_WRITE, IORING_OP_WRITEV,
	IORING_OP_FSYNC, IORING_OP_FALLOCATE,
};

static bool has_operations(struct io_uring *ring)
{
	struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
	bool ret = probe;

	for (size_t i = 0; ret && i < NR_OPS; i++)
		ret = io_uring_opcode_supported(probe, ops[i]);
	if (probe)
		io_uring_free_probe(probe);
	return ret;
}

/*
 * Uses io_uring_register(): Debian 12's liburing has functions for these two calls,
 * but does not export them. Return: 0 or a negated errno.
 */
static int restrict_ring(const struct io_uring *ring)
{
	struct io_uring_restriction allowed[NR_OPS];
	int ret;

	memset(allowed, 0, sizeof(allowed));
	for (size_t i = 0; i < NR_OPS; i++) {
		allowed[i].opcode = IORING_RESTRICTION_SQE_OP;
		allowed[i].sqe_op = ops[i];
	}
	ret = io_uring_register(ring->ring_fd, IORING_REGISTER_RESTRICTIONS,
				allowed, NR_OPS);
	return ret ? ret : io_uring_register(ring->ring_fd,
					     IORING_REGISTER_ENABLE_RINGS, NULL,
					     0);
}

static int uring_open(struct aio **aio, struct loop *loop)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |
			 IORING_SETUP_R_DISABLED,
		.cq_entries = CQ_ENTRIES,
	};
	struct uring *u = calloc(1, sizeof(*u));
	int error;

	if (!u)
		return -ENOMEM;
	aio_init(&u->aio, &aio_uring, loop);
	u->aio.ready.ready = uring_ready;
	error = io_uring_queue_init_params(SQ_ENTRIES, &u->ring, &params);
	if (error)
		goto out_free;
	error = -EOPNOTSUPP;
	if (!has_operations(&u->ring) || !(params.features & IORING_FEAT_NODROP))
		goto out_exit;
	error = restrict_ring(&u->ring);
	if (error)
		goto out_exit;
	if (loop_watch(loop, &u->aio.ready, u->ring.ring_fd, EPOLLIN)) {
		error = -errno;
		goto out_exit;
	}
	*aio = &u->aio;
	return 0;

out_exit:
	io_uring_queue_exit(&u->ring);
out_free:
	free(u);
	return error;
}

/* io_uring_queue_exit(): the kernel completes or cancels the requests it has. */
static void uring_free(struct aio *aio)
{
	struct uring *u = container_of(aio, struct uring, aio);

	loop_unwatch(aio->loop, &aio->ready);
	io_uring_queue_exit(&u->ring);
	free(u);
}

const struct aio_engine aio_uring = {
	.name = "uring",
	.open = uring_open,
	.submit = uring_submit,
	.free = uring_free,
};

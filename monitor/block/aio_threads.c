// SPDX-License-Identifier: GPL-2.0
/*
 * Asynchronous file I/O by a few threads and plain system calls, an engine below
 * aio.c. It is for hosts that refuse io_uring (kernel.io_uring_disabled, containers).
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "aio.h"
#include "common/event.h"

#define NR_THREADS	4

/**
 * struct threads - the engine
 * @aio:	the common part
 * @ids:	the threads
 * @nr_threads:	their number
 * @begun:	semaphore that each thread posts when it has begun
 * @lock:	lock of @todo, @done and @stop
 * @work:	condition: @todo is not empty, or @stop is set
 * @todo:	requests for the threads
 * @done:	completed requests
 * @stop:	true if the threads shall end
 */
struct threads {
	struct aio aio;
	pthread_t ids[NR_THREADS];
	unsigned int nr_threads;
	sem_t begun;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct aio_list todo;
	struct aio_list done;
	bool stop;
};

static ssize_t threads_perform(const struct aio_req *req)
{
	switch (req->op) {
	case AIO_READ:
		return preadv(req->fd, req->iov, (int)req->nr_iov,
			      (off_t)req->offset);
	case AIO_WRITE:
		return pwritev2(req->fd, req->iov, (int)req->nr_iov,
				(off_t)req->offset,
				req->dsync ? RWF_DSYNC : 0);
	case AIO_FLUSH:
		return fdatasync(req->fd);
	default: /* AIO_ALLOCATE */
		return fallocate(req->fd, req->mode, (off_t)req->offset,
				 (off_t)req->len);
	}
}

static void *threads_work(void *arg)
{
	struct threads *t = arg;

	sem_post(&t->begun);
	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		struct aio_req *req = aio_list_take(&t->todo);
		ssize_t ret;

		if (!req) {
			pthread_cond_wait(&t->work, &t->lock);
			continue;
		}
		pthread_mutex_unlock(&t->lock);
		ret = threads_perform(req);
		req->res = ret < 0 ? -errno : (int)ret;
		pthread_mutex_lock(&t->lock);
		/* Only the first completion of a batch wakes the event loop. */
		if (!t->done.first && event_signal(t->aio.ready.fd))
			abort();	/* the count never nears 2^64 - 1 */
		aio_list_add(&t->done, req);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static void threads_submit(struct aio *aio)
{
	struct threads *t = container_of(aio, struct threads, aio);
	struct aio_req *req;

	pthread_mutex_lock(&t->lock);
	while ((req = aio_list_take(&aio->queued))) {
		aio_list_add(&t->todo, req);
		pthread_cond_signal(&t->work);
	}
	pthread_mutex_unlock(&t->lock);
}

static void threads_ready(struct loop_watch *watch,
			  uint32_t events __attribute__((unused)))
{
	struct aio *aio = container_of(watch, struct aio, ready);
	struct threads *t = container_of(aio, struct threads, aio);
	struct aio_list done;
	struct aio_req *req;

	if (!event_take(watch->fd))
		return;
	aio_list_init(&done);
	pthread_mutex_lock(&t->lock);
	while ((req = aio_list_take(&t->done)))
		aio_list_add(&done, req);
	pthread_mutex_unlock(&t->lock);
	while ((req = aio_list_take(&done)))
		req->done(req, req->res);
}

/* The event loop handles signals. The threads take only those of faults. */
static int threads_start(struct aio *aio)
{
	struct threads *t = container_of(aio, struct threads, aio);
	sigset_t mask, old;
	int error = 0;

	sigfillset(&mask);
	sigdelset(&mask, SIGSEGV);
	sigdelset(&mask, SIGBUS);
	sigdelset(&mask, SIGFPE);
	sigdelset(&mask, SIGILL);
	sigdelset(&mask, SIGABRT);
	sigdelset(&mask, SIGSYS);
	pthread_sigmask(SIG_SETMASK, &mask, &old);
	while (!error && t->nr_threads < NR_THREADS) {
		error = pthread_create(&t->ids[t->nr_threads], NULL, threads_work, t);
		if (!error)
			t->nr_threads++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	/* The seccomp filter that follows refuses what a thread does as it begins. */
	for (unsigned int i = 0; i < t->nr_threads; i++)
		while (sem_wait(&t->begun))
			;
	return -error;
}

static void threads_free(struct aio *aio)
{
	struct threads *t = container_of(aio, struct threads, aio);

	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_broadcast(&t->work);
	pthread_mutex_unlock(&t->lock);
	for (unsigned int i = 0; i < t->nr_threads; i++)
		pthread_join(t->ids[i], NULL);
	loop_close(aio->loop, &aio->ready);
	pthread_cond_destroy(&t->work);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static int threads_open(struct aio **aio, struct loop *loop)
{
	struct threads *t = calloc(1, sizeof(*t));
	int error;

	if (!t)
		return -ENOMEM;
	aio_init(&t->aio, &aio_threads, loop);
	t->aio.ready.ready = threads_ready;
	aio_list_init(&t->todo);
	aio_list_init(&t->done);
	sem_init(&t->begun, 0, 0);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->work, NULL);
	if (loop_watch_own(loop, &t->aio.ready,
			   eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
		error = -errno;
		threads_free(&t->aio);
		return error;
	}
	*aio = &t->aio;
	return 0;
}

const struct aio_engine aio_threads = {
	.name = "threads",
	.open = threads_open,
	.start = threads_start,
	.submit = threads_submit,
	.free = threads_free,
};

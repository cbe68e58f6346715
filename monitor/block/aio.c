// SPDX-License-Identifier: GPL-2.0
/*
 * Asynchronous file I/O for cobd.c and cow.c: the code that both engines share, and
 * the choice of one.
 */
#include <string.h>

#include "aio.h"

/**
 * aio_list_init() - make a list empty
 * @list:	the list
 */
void aio_list_init(struct aio_list *list)
{
	list->first = NULL;
	list->tail = &list->first;
}

/**
 * aio_list_add() - put a request at the end of a list
 * @list:	the list
 * @req:	the request, on no list
 */
void aio_list_add(struct aio_list *list, struct aio_req *req)
{
	req->next = NULL;
	*list->tail = req;
	list->tail = &req->next;
}

/**
 * aio_list_take() - take the first request of a list
 * @list:	the list
 *
 * Return: the request, NULL if there is none.
 */
struct aio_req *aio_list_take(struct aio_list *list)
{
	struct aio_req *req = list->first;

	if (!req)
		return NULL;
	list->first = req->next;
	if (!list->first)
		list->tail = &list->first;
	return req;
}

static void on_submit(struct loop_task *task)
{
	struct aio *aio = container_of(task, struct aio, submit);

	aio->engine->submit(aio);
}

/**
 * aio_init() - fill in the common part of an engine
 * @aio:	filled in except for @ready.ready
 * @engine:	its kind
 * @loop:	event loop that runs the callbacks
 */
void aio_init(struct aio *aio, const struct aio_engine *engine,
	      struct loop *loop)
{
	aio->engine = engine;
	aio->loop = loop;
	aio_list_init(&aio->queued);
	aio->submit = (struct loop_task) { .run = on_submit };
	aio->ready.fd = -1;
}

/**
 * aio_open() - make an engine
 * @loop:	event loop that runs the callbacks
 * @which:	the kind of engine, or any that the host allows
 * @err:	reason for the failure
 *
 * Return: the engine or NULL.
 */
struct aio *aio_open(struct loop *loop, enum io_engine which, struct err *err)
{
	struct aio *aio = NULL;
	int error;

	if (which != IO_THREADS) {
		error = aio_uring.open(&aio, loop);
		if (!error)
			return aio;
		if (which == IO_URING) {
			err_set(err, "io_uring: %s: use --io=threads",
				strerror(-error));
			return NULL;
		}
		msg_info("io_uring: %s: threads do its work",
			 strerror(-error));
	}
	error = aio_threads.open(&aio, loop);
	if (error)
		err_set(err, "disk threads: %s: raise the limit of open files",
			strerror(-error));
	return aio;
}

/**
 * aio_run() - start an engine's threads
 * @aio:	the engine, may be NULL
 * @err:	reason for the failure
 *
 * Separate from aio_open(), so that the threads do not have the privileges that the
 * monitor gives up in between.
 *
 * Return: 0 or -1.
 */
int aio_run(struct aio *aio, struct err *err)
{
	int error = aio && aio->engine->start ? aio->engine->start(aio) : 0;

	if (!error)
		return 0;
	return err_set(err, "disk threads: %s: raise the limit of processes",
		       strerror(-error));
}

/**
 * aio_start() - start a request
 * @aio:	the engine
 * @req:	filled in; the caller must not change it until its @done is called
 */
void aio_start(struct aio *aio, struct aio_req *req)
{
	aio_list_add(&aio->queued, req);
	loop_later(aio->loop, &aio->submit);
}

/**
 * aio_free() - complete or cancel the started requests, and undo aio_open()
 * @aio:	the engine, may be NULL
 *
 * Calls no callbacks.
 */
void aio_free(struct aio *aio)
{
	if (aio)
		aio->engine->free(aio);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The event loop, over epoll. See loop.h.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"

#define BATCH		32

/* A task may queue further tasks. They run in the same turn, up to this limit. */
#define TASKS_MAX	64

/**
 * loop_init() - make an event loop
 * @loop:	filled in
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int loop_init(struct loop *loop, struct err *err)
{
	loop->tasks = NULL;
	loop->tail = &loop->tasks;
	loop->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epfd < 0)
		return err_set(err, "epoll_create1: %s: raise the limit of open files",
			       strerror(errno));
	return 0;
}

/**
 * loop_free() - undo loop_init()
 * @loop:	the loop
 */
void loop_free(struct loop *loop)
{
	if (loop->epfd >= 0)
		close(loop->epfd);
	loop->epfd = -1;
}

/**
 * loop_watch() - begin to watch a descriptor
 * @loop:	the loop
 * @watch:	the watch, with @ready set
 * @fd:		the descriptor
 * @events:	EPOLL* bits to wait for
 *
 * Return: 0, or -1 with errno: EPERM for files that are always ready.
 */
int loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
	       uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = watch };

	watch->fd = -1;
	if (epoll_ctl(loop->epfd, EPOLL_CTL_ADD, fd, &ev))
		return -1;
	watch->fd = fd;
	return 0;
}

/**
 * loop_change() - change the events that a watch waits for
 * @loop:	the loop
 * @watch:	the watch; nothing happens if it is not active
 * @events:	EPOLL* bits to wait for
 */
void loop_change(struct loop *loop, struct loop_watch *watch, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = watch };

	if (watch->fd >= 0)
		epoll_ctl(loop->epfd, EPOLL_CTL_MOD, watch->fd, &ev);
}

/**
 * loop_unwatch() - stop watching a descriptor
 * @loop:	the loop
 * @watch:	the watch; nothing happens if it is not active
 */
void loop_unwatch(struct loop *loop, struct loop_watch *watch)
{
	if (watch->fd >= 0)
		epoll_ctl(loop->epfd, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
}

/**
 * loop_watch_own() - wait for input on a descriptor that belongs to the watch
 * @loop:	the loop
 * @watch:	the watch, with @ready set
 * @fd:		the descriptor, which is closed on errors; or -1, with errno of the call
 *		that should have made it
 *
 * loop_close() undoes this.
 *
 * Return: 0, or -1 with errno.
 */
int loop_watch_own(struct loop *loop, struct loop_watch *watch, int fd)
{
	int error;

	if (fd < 0)
		return -1;
	if (!loop_watch(loop, watch, fd, EPOLLIN))
		return 0;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/**
 * loop_close() - stop watching a descriptor, and close it
 * @loop:	the loop
 * @watch:	the watch; nothing happens if it is not active
 */
void loop_close(struct loop *loop, struct loop_watch *watch)
{
	int fd = watch->fd;

	loop_unwatch(loop, watch);
	if (fd >= 0)
		close(fd);
}

/**
 * loop_later() - defer work to the end of the current batch of events
 * @loop:	the loop
 * @task:	the task, with @run set; nothing happens if it is queued already
 */
void loop_later(struct loop *loop, struct loop_task *task)
{
	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*loop->tail = task;
	loop->tail = &task->next;
}

/**
 * loop_cancel() - take back deferred work
 * @loop:	the loop
 * @task:	the task; nothing happens if it is not queued
 */
void loop_cancel(struct loop *loop, struct loop_task *task)
{
	struct loop_task **at = &loop->tasks;

	if (!task->queued)
		return;
	while (*at != task)
		at = &(*at)->next;
	*at = task->next;
	if (!task->next)
		loop->tail = at;
	task->queued = false;
}

static void run_tasks(struct loop *loop)
{
	struct loop_task *task;

	for (int i = 0; i < TASKS_MAX && (task = loop->tasks); i++) {
		loop->tasks = task->next;
		if (!loop->tasks)
			loop->tail = &loop->tasks;
		task->queued = false;
		task->run(task);
	}
}

/**
 * loop_once() - wait for one batch of events and handle it
 * @loop:	the loop
 */
void loop_once(struct loop *loop)
{
	struct epoll_event ev[BATCH];
	int n;

	/* Tasks that are queued already must not wait for an event. */
	n = epoll_wait(loop->epfd, ev, BATCH, loop->tasks ? 0 : -1);
	for (int i = 0; i < n; i++) {
		struct loop_watch *watch = ev[i].data.ptr;

		/* A callback before it in this batch may have removed the watch. */
		if (watch->fd >= 0)
			watch->ready(watch, ev[i].events);
	}
	run_tasks(loop);
}

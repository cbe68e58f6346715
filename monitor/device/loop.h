/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event loop of the I/O thread: it serves the devices, and it is the monitor's main
 * thread. machine_run() calls loop_once() until the guest has ended.
 */
#ifndef MONITOR_LOOP_H
#define MONITOR_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "common/container_of.h"
#include "common/msg.h"

/**
 * struct loop_watch - a descriptor to wait for
 * @fd:		the descriptor, -1 while it is not watched
 * @ready:	callback, with the EPOLL* bits that happened
 *
 * Embedded in the structure of its user. After loop_unwatch(), it must stay valid until
 * the end of the current batch of events.
 */
struct loop_watch {
	int fd;
	void (*ready)(struct loop_watch *watch, uint32_t events);
};

/**
 * struct loop_task - work deferred to the end of the current batch of events
 * @run:	the function that does it
 * @next:	next task of the FIFO
 * @queued:	true if it is in the FIFO
 *
 * Deferred, so that several events lead to one system call: one submission of disk
 * requests, one interrupt.
 */
struct loop_task {
	void (*run)(struct loop_task *task);
	struct loop_task *next;
	bool queued;
};

/**
 * struct loop - an event loop
 * @epfd:	its epoll instance
 * @tasks:	first task of the FIFO
 * @tail:	pointer to which the next one is written
 */
struct loop {
	int epfd;
	struct loop_task *tasks;
	struct loop_task **tail;
};

int loop_init(struct loop *loop, struct err *err);
void loop_once(struct loop *loop);
void loop_free(struct loop *loop);

int loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
	       uint32_t events);
void loop_change(struct loop *loop, struct loop_watch *watch, uint32_t events);
void loop_unwatch(struct loop *loop, struct loop_watch *watch);

int loop_watch_own(struct loop *loop, struct loop_watch *watch, int fd);
void loop_close(struct loop *loop, struct loop_watch *watch);

void loop_later(struct loop *loop, struct loop_task *task);
void loop_cancel(struct loop *loop, struct loop_task *task);

#endif /* MONITOR_LOOP_H */

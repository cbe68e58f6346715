// SPDX-License-Identifier: GPL-2.0
/*
 * The host's side of the console, between cocon.c and the viewers (front.c, ptyview.c,
 * control.c).
 *
 * Output goes into the backlog, a ring in which each viewer has its own position. The
 * guest waits while a viewer is a whole backlog behind, so that no output is lost. But
 * a terminal that nobody reads must not block the guest for ever. After STALL_SECONDS
 * without progress, the guest stops waiting for this viewer, which then misses the
 * oldest output. For a patient viewer the guest waits without a limit: a pipe or a
 * file, where a gap would be worse than a delay. Without viewers, the backlog keeps the
 * last output.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/event.h"
#include "console.h"

#define STALL_SECONDS	5

/*
 * Output.
 */

static void viewer_show(struct viewer *v)
{
	struct console *con = v->con;

	if (con->head - v->pos > CONSOLE_BACKLOG)
		v->pos = con->head - CONSOLE_BACKLOG;
	while (v->pos < con->head) {
		size_t at = v->pos & (CONSOLE_BACKLOG - 1);
		size_t len = CONSOLE_BACKLOG - at;
		ssize_t n;

		if (len > con->head - v->pos)
			len = con->head - v->pos;
		n = write(v->out_fd, con->backlog + at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			loop_change(con->loop, &v->out, EPOLLOUT);
			return;
		}
		if (n < 0) {
			v->left(v, errno);
			return;
		}
		v->pos += n;
	}
	v->lagging = false;
}

static bool holds_up(const struct viewer *v)
{
	return v->attached && !v->lagging;
}

static size_t room(const struct console *con)
{
	uint64_t behind = 0;

	for (unsigned int i = 0; i < con->nr_viewers; i++) {
		const struct viewer *v = con->viewers[i];

		if (holds_up(v) && con->head - v->pos > behind)
			behind = con->head - v->pos;
	}
	return behind < CONSOLE_BACKLOG ? CONSOLE_BACKLOG - behind : 0;
}

static void flush(struct loop_task *task)
{
	struct console *con = container_of(task, struct console, flush);

	for (unsigned int i = 0; i < con->nr_viewers; i++)
		if (con->viewers[i]->attached)
			viewer_show(con->viewers[i]);
	if (con->full && room(con)) {
		con->full = false;
		con->room(con);
	}
}

static void on_writable(struct loop_watch *watch, uint32_t events)
{
	struct viewer *v = container_of(watch, struct viewer, out);

	if (events & (EPOLLERR | EPOLLHUP)) {
		v->left(v, EPIPE);
		return;
	}
	loop_change(v->con->loop, watch, 0);
	loop_later(v->con->loop, &v->con->flush);
}

/* A viewer makes the guest wait: limit the time. */
static void start_stall(struct console *con)
{
	const struct itimerspec limit = { .it_value.tv_sec = STALL_SECONDS };

	for (unsigned int i = 0; i < con->nr_viewers; i++)
		con->viewers[i]->stall_pos = con->viewers[i]->pos;
	timerfd_settime(con->stall.fd, 0, &limit, NULL);
}

static void on_stall(struct loop_watch *watch,
		     uint32_t events __attribute__((unused)))
{
	struct console *con = container_of(watch, struct console, stall);

	if (!event_take(watch->fd) || !con->full)
		return;
	for (unsigned int i = 0; i < con->nr_viewers; i++) {
		struct viewer *v = con->viewers[i];

		if (!v->patient && v->pos == v->stall_pos)
			v->lagging = true;
	}
	start_stall(con);
	loop_later(con->loop, &con->flush);
}

/**
 * console_write() - put output into the backlog, and show it to the viewers
 * @con:	the console
 * @buf:	the output
 * @len:	its bytes
 *
 * Return: number of bytes taken. If it is less than @len, @con->room will be called.
 */
size_t console_write(struct console *con, const void *buf, size_t len)
{
	size_t done = 0, space = room(con);

	if (len > space) {
		len = space;
		if (!con->full)
			start_stall(con);
		con->full = true;
	}
	while (done < len) {
		size_t at = con->head & (CONSOLE_BACKLOG - 1);
		size_t n = CONSOLE_BACKLOG - at;

		if (n > len - done)
			n = len - done;
		memcpy(con->backlog + at, (const uint8_t *)buf + done, n);
		con->head += n;
		done += n;
	}
	loop_later(con->loop, &con->flush);
	return done;
}

/**
 * console_shown() - have the viewers got all output?
 * @con:	the console
 *
 * Return: true if all viewers have it for which the guest waits.
 */
bool console_shown(const struct console *con)
{
	for (unsigned int i = 0; i < con->nr_viewers; i++)
		if (holds_up(con->viewers[i]) &&
		    con->viewers[i]->pos != con->head)
			return false;
	return true;
}

/*
 * Input.
 */

static void end_input(struct viewer *v)
{
	loop_unwatch(v->con->loop, &v->in);
	v->always = false;
	v->in_paused = false;
}

static void read_input(struct viewer *v)
{
	struct console *con = v->con;
	size_t space;
	char *to;
	ssize_t n;

	if (con->input_pos == con->input_len)
		con->input_pos = con->input_len = 0;
	to = con->input + con->input_len;
	space = sizeof(con->input) - con->input_len;
	if (!space) {
		/* With an empty event mask, epoll would still report a hang-up. */
		v->in_paused = true;
		loop_unwatch(con->loop, &v->in);
		return;
	}
	n = read(v->in_fd, to, space);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end_input(v);
		if (n < 0 && v->hangs_up)
			v->left(v, errno);
		return;
	}
	if (v->filter)
		n = v->filter(v, to, n);
	con->input_len += n;
	if (v->always)
		loop_later(con->loop, &v->read);
	if (n)
		con->typed(con);
}

static void on_readable(struct loop_watch *watch,
			uint32_t events __attribute__((unused)))
{
	read_input(container_of(watch, struct viewer, in));
}

static void on_read_task(struct loop_task *task)
{
	read_input(container_of(task, struct viewer, read));
}

static int start_input(struct viewer *v)
{
	struct loop *loop = v->con->loop;

	v->in_paused = false;
	if (!v->always && !loop_watch(loop, &v->in, v->in_fd, EPOLLIN))
		return 0;
	/* EPERM: epoll cannot watch files and /dev/null, which are always ready. */
	if (!v->always && errno != EPERM)
		return -1;
	v->always = true;
	loop_later(loop, &v->read);
	return 0;
}

static void resume_input(struct viewer *v)
{
	if (v->in_paused && start_input(v))
		v->left(v, errno);
}

/**
 * console_read() - take input
 * @con:	the console
 * @buf:	buffer for it
 * @len:	size of @buf
 *
 * Return: number of bytes taken, 0 if there is no input.
 */
size_t console_read(struct console *con, void *buf, size_t len)
{
	size_t there = con->input_len - con->input_pos;

	if (len > there)
		len = there;
	memcpy(buf, con->input + con->input_pos, len);
	con->input_pos += len;
	if (con->input_pos == con->input_len)
		for (unsigned int i = 0; i < con->nr_viewers; i++)
			resume_input(con->viewers[i]);
	return len;
}

/*
 * Setup and removal of viewers.
 */

/**
 * console_attach() - connect a viewer
 * @v:		the viewer, added and not attached
 *
 * It gets all output behind its position that the backlog still has.
 *
 * Return: 0, or -1 with errno.
 */
int console_attach(struct viewer *v)
{
	struct loop *loop = v->con->loop;

	/* EPERM: epoll cannot watch files, and writes to them never block. */
	if (loop_watch(loop, &v->out, v->out_fd, 0) && errno != EPERM)
		return -1;
	if (v->in_fd >= 0 && start_input(v)) {
		loop_unwatch(loop, &v->out);
		return -1;
	}
	v->attached = true;
	loop_later(loop, &v->con->flush);
	return 0;
}

/**
 * console_detach() - disconnect a viewer
 * @v:		the viewer, attached or not
 */
void console_detach(struct viewer *v)
{
	v->attached = false;
	v->lagging = false;
	end_input(v);
	loop_unwatch(v->con->loop, &v->out);
	/* The guest may have waited only for this one. */
	loop_later(v->con->loop, &v->con->flush);
}

/**
 * console_add() - add a viewer to a console
 * @con:	the console
 * @v:		the viewer; console_attach() connects it
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int console_add(struct console *con, struct viewer *v, struct err *err)
{
	if (con->nr_viewers == CONSOLE_VIEWERS)
		return err_set(err, "console: more than %d viewers",
			       CONSOLE_VIEWERS);
	v->con = con;
	v->in = (struct loop_watch) { .fd = -1, .ready = on_readable };
	v->out = (struct loop_watch) { .fd = -1, .ready = on_writable };
	v->read = (struct loop_task) { .run = on_read_task };
	con->viewers[con->nr_viewers++] = v;
	return 0;
}

/**
 * console_remove() - remove a viewer from its console
 * @v:		the viewer, added; the caller may free it afterwards
 *
 * Must not be called from a callback of the viewer: use a task instead.
 */
void console_remove(struct viewer *v)
{
	struct console *con = v->con;
	unsigned int i = 0;

	console_detach(v);
	loop_cancel(con->loop, &v->read);
	while (con->viewers[i] != v)
		i++;
	con->viewers[i] = con->viewers[--con->nr_viewers];
	v->con = NULL;
}

/**
 * console_init() - make a console without viewers
 * @con:	filled in, except for @room and @typed, which the caller must set
 * @loop:	event loop that will serve it
 * @err:	reason for the failure
 *
 * Return: 0 or -1; console_free() is due in both cases.
 */
int console_init(struct console *con, struct loop *loop, struct err *err)
{
	*con = (struct console) { .loop = loop };
	con->flush.run = flush;
	con->stall.fd = -1;
	con->stall.ready = on_stall;
	con->backlog = malloc(CONSOLE_BACKLOG);
	if (!con->backlog)
		return err_set(err, "console: out of memory");
	if (loop_watch_own(loop, &con->stall,
			   timerfd_create(CLOCK_MONOTONIC,
					  TFD_CLOEXEC | TFD_NONBLOCK)))
		return err_set(err, "console: timerfd: %s: raise the limit of open files",
			       strerror(errno));
	return 0;
}

/**
 * console_free() - undo console_init()
 * @con:	the console; the viewers are not freed
 */
void console_free(struct console *con)
{
	loop_close(con->loop, &con->stall);
	free(con->backlog);
	con->backlog = NULL;
}

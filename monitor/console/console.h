/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's side of the console: one stream of output with a backlog, which all
 * viewers get, and one stream of input from all viewers.
 */
#ifndef MONITOR_CONSOLE_H
#define MONITOR_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/msg.h"
#include "device/loop.h"

#define CONSOLE_VIEWERS		16
#define CONSOLE_BACKLOG		262144	/* bytes of output kept; a power of two */
#define CONSOLE_INPUT		4096	/* bytes of input not taken yet, at most */

struct console;

/**
 * struct viewer - a viewer of the console, which may also give input
 * @con:	the console, NULL while not added to one
 * @name:	name for messages
 * @in_fd:	descriptor of its input, -1 for none
 * @out_fd:	descriptor for its output; a different one than @in_fd
 * @filter:	function that gets the input first, and returns how many bytes remain
 *		for the guest; NULL for none
 * @left:	callback when the viewer has left, with an errno
 * @hangs_up:	true if an error of @in_fd means that it has left
 * @patient:	true if the guest waits for it without a limit
 * @in:		watch for input
 * @out:	watch for room for output
 * @read:	task that reads from an @in_fd that epoll cannot watch
 * @pos:	its position in the output, in bytes
 * @stall_pos:	@pos when the guest began to wait
 * @attached:	true while it is connected
 * @always:	true if @in_fd is always ready
 * @in_paused:	true while its input is not read, until the guest has taken some
 * @lagging:	true while the guest does not wait for it, until it has caught up
 */
struct viewer {
	struct console *con;
	const char *name;
	int in_fd;
	int out_fd;
	size_t (*filter)(struct viewer *v, char *buf, size_t len);
	void (*left)(struct viewer *v, int error);
	bool hangs_up;
	bool patient;

	struct loop_watch in;
	struct loop_watch out;
	struct loop_task read;
	uint64_t pos;
	uint64_t stall_pos;
	bool attached;
	bool always;
	bool in_paused;
	bool lagging;
};

/**
 * struct console - the console
 * @loop:	event loop that serves it
 * @room:	callback when console_write() has room again
 * @typed:	callback when there is input for console_read()
 * @viewers:	the viewers, attached or not
 * @nr_viewers:	their number
 * @head:	bytes of output so far
 * @backlog:	the last CONSOLE_BACKLOG of them, a ring
 * @flush:	task that writes output to the viewers
 * @stall:	timer for viewers that make no progress
 * @full:	true if console_write() had no room: @room is to be called
 * @input_pos:	index of the next byte of @input to be taken
 * @input_len:	index behind the last byte of input
 * @input:	the input
 */
struct console {
	struct loop *loop;
	void (*room)(struct console *con);
	void (*typed)(struct console *con);
	struct viewer *viewers[CONSOLE_VIEWERS];
	unsigned int nr_viewers;
	uint64_t head;
	uint8_t *backlog;
	struct loop_task flush;
	struct loop_watch stall;
	bool full;
	size_t input_pos;
	size_t input_len;
	char input[CONSOLE_INPUT];
};

int console_init(struct console *con, struct loop *loop, struct err *err);
int console_add(struct console *con, struct viewer *v, struct err *err);
int console_attach(struct viewer *v);
void console_detach(struct viewer *v);
void console_remove(struct viewer *v);
size_t console_write(struct console *con, const void *buf, size_t len);
size_t console_read(struct console *con, void *buf, size_t len);
bool console_shown(const struct console *con);
void console_free(struct console *con);

#endif /* MONITOR_CONSOLE_H */

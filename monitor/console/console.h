/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's side of the console: one stream of output with a backlog, shown
 * to any number of viewers, and one stream of what they type.
 */
#ifndef MONITOR_CONSOLE_H
#define MONITOR_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/msg.h"
#include "device/loop.h"

#define CONSOLE_VIEWERS		16
#define CONSOLE_BACKLOG		262144	/* bytes of output kept; a power of two */
#define CONSOLE_INPUT		4096	/* bytes typed and not taken yet */

struct console;

/**
 * struct viewer - somebody who sees the console, and may type
 * @con:	the console, NULL while not added to one
 * @name:	for messages
 * @in_fd:	what is typed comes from here, -1 for nothing
 * @out_fd:	output goes here; not the same number as @in_fd
 * @filter:	looks at what is typed first: returns how much of it is left
 * @left:	called when the viewer has left, with an errno
 * @hangs_up:	it has left when @in_fd fails
 * @patient:	the guest waits for it as long as it takes
 * @in:		waits for something typed
 * @out:	waits for room
 * @read:	reads from what cannot be waited for
 * @pos:	how much of the output it has seen
 * @stall_pos:	the same when the guest began to wait for it
 * @attached:	it is there
 * @always:	@in_fd is always ready
 * @in_paused:	nothing is read from it until the guest has taken some
 * @lagging:	the guest does not wait for it until it has caught up
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
 * @loop:	serves it
 * @room:	called when console_write() would take more again
 * @typed:	called when there is something for console_read()
 * @viewers:	who sees it
 * @nr_viewers:	their number
 * @head:	bytes of output so far
 * @backlog:	the last of them
 * @flush:	shows output to the viewers
 * @stall:	ends the guest's patience
 * @full:	somebody was told that there is no room
 * @input_pos:	next byte of @input to be taken
 * @input_len:	end of what is in there
 * @input:	what was typed
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages: how every part of the monitor says what went wrong.
 *
 * A function that can fail fills a struct err and returns -1; whoever called
 * the outermost one prints it. So the parts can be tested for their messages,
 * and nothing but main() decides what becomes of an error. A message is one
 * line: what failed, on what, what to do.
 */
#ifndef MONITOR_MSG_H
#define MONITOR_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/**
 * struct err - why something failed
 * @text:	one line without the newline; empty if nothing failed
 */
struct err {
	char text[512];
};

__attribute__((format(printf, 2, 3)))
void err_format(struct err *err, const char *fmt, ...);

static inline int err_failed(void)
{
	return -1;
}

/**
 * err_set() - say why something failed
 * @err:	where to put it
 * @...:	as printf()
 *
 * Return: -1, for the caller to return; a macro, so that compilers and
 * checkers know.
 */
#define err_set(err, ...)	(err_format(err, __VA_ARGS__), err_failed())

__attribute__((format(printf, 2, 3)))
void err_prefix(struct err *err, const char *fmt, ...);

/**
 * struct msg_limit - of messages about what may happen all the time
 * @at:		when the last one was, in seconds; 0 for never
 */
struct msg_limit {
	time_t at;
};

bool msg_may(struct msg_limit *limit);

void msg_verbose(bool on);
void msg_raw_terminal(bool on);
void msg_journal(void);

void msg_text(const char *text, size_t len);

__attribute__((format(printf, 1, 2)))
void msg_error(const char *fmt, ...);

__attribute__((format(printf, 1, 2)))
void msg_warn(const char *fmt, ...);

__attribute__((format(printf, 1, 2)))
void msg_note(const char *fmt, ...);

__attribute__((format(printf, 1, 2)))
void msg_info(const char *fmt, ...);

#endif /* MONITOR_MSG_H */

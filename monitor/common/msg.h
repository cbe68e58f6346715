/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages and errors of all parts of the monitor.
 *
 * A function that can fail fills in a struct err and returns -1. Only main() decides
 * what becomes of an error, and prints it. So unit tests can check the messages. A
 * message is one line: the object, the problem, the remedy.
 */
#ifndef MONITOR_MSG_H
#define MONITOR_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/**
 * struct err - the reason for a failure
 * @text:	one line without the newline; undefined without a failure
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
 * err_set() - set the reason for a failure
 * @err:	filled in
 * @...:	format and arguments as of printf()
 *
 * Return: -1, for the caller to return. A macro, so that compilers and checkers see the
 * constant.
 */
#define err_set(err, ...)	(err_format(err, __VA_ARGS__), err_failed())

__attribute__((format(printf, 2, 3)))
void err_prefix(struct err *err, const char *fmt, ...);

/**
 * struct msg_limit - rate limit for a kind of message
 * @at:		time of the last message, in seconds; 0 if there was none
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

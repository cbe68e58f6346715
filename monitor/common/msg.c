// SPDX-License-Identifier: GPL-2.0
/*
 * Messages: see msg.h.
 *
 * Messages go to standard error, with one write() per line, so that lines of two threads
 * do not mix. The flags are static because they describe standard error, of which there
 * is only one.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "msg.h"

#define PROGRAM		"colinux-run"
#define LINE_BYTES	1024

/* Time between two messages with the same struct msg_limit. */
#define LIMIT_SECONDS	10

static atomic_bool verbose;
static atomic_bool raw_terminal;
static atomic_bool journal;

/**
 * msg_verbose() - switch msg_info() on or off
 * @on:		true for on
 */
void msg_verbose(bool on)
{
	atomic_store(&verbose, on);
}

/**
 * msg_raw_terminal() - switch carriage returns before newlines on or off
 * @on:		true if standard error is a terminal in raw mode
 */
void msg_raw_terminal(bool on)
{
	atomic_store(&raw_terminal, on);
}

/**
 * msg_journal() - find out whether standard error is systemd's journal
 *
 * Messages then begin with their priority; see sd-daemon(3).
 */
void msg_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char ours[64] = "";
	struct stat st;

	if (!fstat(STDERR_FILENO, &st))
		snprintf(ours, sizeof(ours), "%llu:%llu",
			 (unsigned long long)st.st_dev,
			 (unsigned long long)st.st_ino);
	atomic_store(&journal, stream && !strcmp(stream, ours));
}

/**
 * err_format() - set the reason for a failure
 * @err:	filled in
 * @fmt:	format as of printf()
 */
void err_format(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}

/**
 * err_prefix() - put text in front of an error, such as its object
 * @err:	the error
 * @fmt:	format of the text, as of printf()
 */
void err_prefix(struct err *err, const char *fmt, ...)
{
	struct err old = *err;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof(err->text))
		snprintf(err->text + len, sizeof(err->text) - len, "%s", old.text);
}

static void write_all(const char *buf, size_t len)
{
	while (len) {
		ssize_t n = write(STDERR_FILENO, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;	/* an error cannot be reported anywhere */
		buf += n;
		len -= n;
	}
}

/**
 * msg_text() - write text to standard error as it is
 * @text:	any bytes
 * @len:	their number
 *
 * If the terminal is raw, each newline gets a carriage return before it.
 */
void msg_text(const char *text, size_t len)
{
	char out[LINE_BYTES];
	bool raw = atomic_load(&raw_terminal);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (n + 2 > sizeof(out)) {
			write_all(out, n);
			n = 0;
		}
		if (raw && text[i] == '\n')
			out[n++] = '\r';
		out[n++] = text[i];
	}
	write_all(out, n);
}

static void message(const char *level, const char *kind, const char *fmt,
		    va_list ap)
{
	char line[LINE_BYTES];
	int len, n;

	len = snprintf(line, sizeof(line), "%s" PROGRAM ": %s",
		       atomic_load(&journal) ? level : "", kind);
	n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	if (n < 0)
		return;
	len += n;
	if ((size_t)len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	msg_text(line, len);
}

/**
 * msg_may() - does the rate limit allow a message?
 * @limit:	the limit
 *
 * Return: true if it does; then the caller must print the message.
 */
bool msg_may(struct msg_limit *limit)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (limit->at && now.tv_sec - limit->at < LIMIT_SECONDS)
		return false;
	/* Right after the host's boot the clock is 0, which means "none" here. */
	limit->at = now.tv_sec ? now.tv_sec : 1;
	return true;
}

/**
 * msg_error() - print an error that ends something
 * @fmt:	format as of printf(), one line without the newline
 */
void msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_ERR, "", fmt, ap);
	va_end(ap);
}

/**
 * msg_warn() - print a warning about a problem that ends nothing
 * @fmt:	format as of printf(), one line without the newline
 */
void msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_WARNING, "warning: ", fmt, ap);
	va_end(ap);
}

/**
 * msg_note() - print information in any case
 * @fmt:	format as of printf(), one line without the newline
 */
void msg_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_NOTICE, "", fmt, ap);
	va_end(ap);
}

/**
 * msg_info() - print information if -v is given
 * @fmt:	format as of printf(), one line without the newline
 */
void msg_info(const char *fmt, ...)
{
	va_list ap;

	if (!atomic_load(&verbose))
		return;
	va_start(ap, fmt);
	message(SD_INFO, "", fmt, ap);
	va_end(ap);
}

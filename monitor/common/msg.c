// SPDX-License-Identifier: GPL-2.0
/*
 * Messages: see msg.h.
 *
 * Everything goes to standard error, one write per line, so that lines of
 * the two threads never mix. The flags are the only state of the monitor
 * that no struct owns: they describe standard error, of which there is one.
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

/* Between messages of a kind that is limited. */
#define LIMIT_SECONDS	10

static atomic_bool verbose;
static atomic_bool raw_terminal;
static atomic_bool journal;

/**
 * msg_verbose() - show msg_info() lines
 * @on:		show them
 */
void msg_verbose(bool on)
{
	atomic_store(&verbose, on);
}

/**
 * msg_raw_terminal() - standard error is a terminal without output processing
 * @on:		a newline needs a carriage return in front
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
 * err_format() - say why something failed
 * @err:	where to put it
 * @fmt:	as printf()
 */
void err_format(struct err *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
}

/**
 * err_prefix() - say where an error was found
 * @err:	the error
 * @fmt:	as printf(); goes in front of the text
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
			return;	/* nobody is left to tell */
		buf += n;
		len -= n;
	}
}

/**
 * msg_text() - write text to standard error as it is
 * @text:	any bytes
 * @len:	how many
 *
 * Newlines get their carriage return if the terminal is raw.
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
 * msg_may() - is it time for a message again?
 * @limit:	of messages of a kind
 *
 * Return: true if so; the message is due then.
 */
bool msg_may(struct msg_limit *limit)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (limit->at && now.tv_sec - limit->at < LIMIT_SECONDS)
		return false;
	/* A clock that has just begun says 0. */
	limit->at = now.tv_sec ? now.tv_sec : 1;
	return true;
}

/**
 * msg_error() - something failed for good
 * @fmt:	as printf(), one line without the newline
 */
void msg_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_ERR, "", fmt, ap);
	va_end(ap);
}

/**
 * msg_warn() - something is not as it should be, but goes on
 * @fmt:	as printf(), one line without the newline
 */
void msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_WARNING, "warning: ", fmt, ap);
	va_end(ap);
}

/**
 * msg_note() - what the user wants to know in any case
 * @fmt:	as printf(), one line without the newline
 */
void msg_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(SD_NOTICE, "", fmt, ap);
	va_end(ap);
}

/**
 * msg_info() - what only -v shows
 * @fmt:	as printf(), one line without the newline
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that end a command; see stop.h.
 *
 * The variables are static because signals are for the process.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "say.h"
#include "stop.h"

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

#define NR_ENDS		(sizeof(ends) / sizeof(ends[0]))

static int fd = -1;
static sigset_t before;
static int asked;
static char state[PATH_MAX + 64];

/**
 * stop_begin() - block the signals; stop_fd() then reports them
 *
 * Signals that the caller of this program ignores stay ignored. SIGCHLD is reported,
 * too.
 */
void stop_begin(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < NR_ENDS; i++) {
		struct sigaction now;

		if (!sigaction(ends[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(&set, ends[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &before);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/**
 * stop_fd() - get the descriptor that is readable after a signal
 */
int stop_fd(void)
{
	return fd;
}

/**
 * stop_asked() - did a signal ask for the end?
 */
bool stop_asked(void)
{
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD && !asked)
			asked = (int)info.ssi_signo;
	return asked;
}

/**
 * stop_failed() - the error after a signal
 * @err:	filled in; main() prints stop_say() instead
 *
 * Return: -1.
 */
int stop_failed(struct err *err)
{
	return err_set(err, "interrupted");
}

/**
 * stop_check() - end here if a signal asks for it
 * @err:	filled in
 *
 * Return: 0, or -1 after a signal.
 */
int stop_check(struct err *err)
{
	return stop_asked() ? stop_failed(err) : 0;
}

/**
 * stop_state() - set the text about the image, for stop_say()
 * @fmt:	a format for printf()
 */
void stop_state(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(state, sizeof(state), fmt, ap);
	va_end(ap);
}

/**
 * stop_status() - get the exit status after a signal
 *
 * Return: 130 for Ctrl-C, 143 for the other signals, 0 without a signal.
 */
int stop_status(void)
{
	if (!asked)
		return 0;
	return 128 + (asked == SIGINT ? SIGINT : SIGTERM);
}

/**
 * stop_say() - print that the command was interrupted, and the state of the image
 */
void stop_say(void)
{
	complain("interrupted%s%s", *state ? ": " : "", state);
}

/**
 * stop_in_child() - restore the signals in a new process
 * @never:	true if its program must not be interrupted
 */
void stop_in_child(bool never)
{
	if (never)
		for (size_t i = 0; i < NR_ENDS; i++)
			signal(ends[i], SIG_IGN);
	else
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

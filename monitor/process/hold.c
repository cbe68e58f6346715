// SPDX-License-Identifier: GPL-2.0
/*
 * Signals that are blocked while a guest is made: see hold.h.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "hold.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

#define NR_SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/**
 * hold_signals() - block the signals that ask the monitor to end
 *
 * Except for signals that are ignored already, for example by nohup(1), or by a shell
 * for a program in the background.
 */
void hold_signals(void)
{
	struct sigaction sa;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NR_SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &sa) &&
		    sa.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

/* Return: a pending signal, 0 if there is none. */
static int pending(void)
{
	sigset_t set;

	sigpending(&set);
	for (size_t i = 0; i < NR_SIGNALS; i++)
		if (sigismember(&set, signals[i]) == 1)
			return signals[i];
	return 0;
}

/**
 * hold_pending() - is one of the signals pending?
 *
 * Return: true if one is.
 */
bool hold_pending(void)
{
	return pending();
}

/**
 * hold_check() - is one of the signals pending?
 * @err:	its name
 *
 * Return: 0, or -1 if one is.
 */
int hold_check(struct err *err)
{
	int sig = pending();

	return sig ? err_set(err, "SIG%s: the guest is not started",
			     sigabbrev_np(sig)) : 0;
}

/**
 * hold_release() - unblock the signals
 *
 * A pending signal then ends the process.
 */
void hold_release(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NR_SIGNALS; i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

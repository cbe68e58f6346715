// SPDX-License-Identifier: GPL-2.0
/*
 * Signals held back while a guest is made: see hold.h.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "hold.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

#define NR_SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/**
 * hold_signals() - hold back what asks the monitor to end
 *
 * But for what the caller has it ignore, such as nohup(1), and shells where they
 * start something in the background.
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

/* The first that has come, 0 if none has. */
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
 * hold_pending() - has one come?
 *
 * Return: true if so.
 */
bool hold_pending(void)
{
	return pending();
}

/**
 * hold_check() - has one come?
 * @err:	which
 *
 * Return: 0, -1 if so.
 */
int hold_check(struct err *err)
{
	int sig = pending();

	return sig ? err_set(err, "SIG%s: the guest is not started",
			     sigabbrev_np(sig)) : 0;
}

/**
 * hold_release() - let them take their course
 *
 * One that has come does so at once: it is what the process ends by.
 */
void hold_release(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NR_SIGNALS; i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

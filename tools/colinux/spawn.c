// SPDX-License-Identifier: GPL-2.0
/*
 * Other programs: colinux-run, colinux-image, systemctl, an editor; and the signals
 * that would end them or us.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

static pid_t child;

/* Ctrl-C comes to the child by itself; what is sent to us alone does not. */
static void pass_on(int sig)
{
	if (child > 0)
		kill(child, sig);
}

/**
 * struct signals - how it was before another program ran
 * @old:	what signals did
 * @mask:	which were blocked
 */
struct signals {
	struct sigaction old[3];
	sigset_t mask;
};

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

static void set_of_ends(sigset_t *set)
{
	sigemptyset(set);
	for (unsigned int i = 0; i < 3; i++)
		sigaddset(set, ends[i]);
}

static void set_handlers(struct signals *s)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	const struct sigaction pass = { .sa_handler = pass_on };
	sigset_t set;

	for (unsigned int i = 0; i < 3; i++)
		sigaction(ends[i], ends[i] == SIGINT ? &ignore : &pass,
			  &s->old[i]);
	set_of_ends(&set);
	sigprocmask(SIG_UNBLOCK, &set, &s->mask);
}

static void restore_handlers(const struct signals *s)
{
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	for (unsigned int i = 0; i < 3; i++)
		sigaction(ends[i], &s->old[i], NULL);
}

/* It can be interrupted even if we cannot at the moment, but for SIG_IGN. */
static void become(const struct signals *s, int out, char *const *argv)
{
	for (unsigned int i = 0; i < 3; i++)
		signal(ends[i], s->old[i].sa_handler == SIG_IGN ? SIG_IGN :
								  SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (out >= 0 && (dup2(out, STDOUT_FILENO) < 0 ||
			 dup2(out, STDERR_FILENO) < 0))
		_exit(127);
	spawn_become(argv);
	_exit(127);
}

/**
 * spawn_become() - become another program
 * @argv:	it and its arguments, looked for in PATH
 *
 * Returns only if that is not possible, which it has said then.
 */
void spawn_become(char *const *argv)
{
	execvp(argv[0], argv);
	complain("%s: %s: is it installed?", argv[0], strerror(errno));
}

/**
 * spawn() - run another program and wait for its end
 * @argv:	it and its arguments, looked for in PATH
 * @out:	where its output goes, -1 for where ours does
 *
 * What would end us ends it, and we go on.
 *
 * Return: its status, as a shell has it.
 */
int spawn(char *const *argv, int out)
{
	struct signals signals;
	int status;

	fflush(stdout);
	set_handlers(&signals);
	child = fork();
	if (!child)
		become(&signals, out, argv);
	if (child < 0) {
		complain("%s: %s", argv[0], strerror(errno));
		restore_handlers(&signals);
		return 126;
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			break;
	child = 0;
	restore_handlers(&signals);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/**
 * signals_block() - have what would end us wait
 * @before:	filled in, for signals_unblock()
 */
void signals_block(sigset_t *before)
{
	sigset_t set;

	set_of_ends(&set);
	sigprocmask(SIG_BLOCK, &set, before);
}

/**
 * signals_unblock() - be ended by what has waited
 * @before:	from signals_block()
 */
void signals_unblock(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

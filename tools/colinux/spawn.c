// SPDX-License-Identifier: GPL-2.0
/*
 * Runs other programs: colinux-run, colinux-image, systemctl, an editor. Handles the
 * signals that would end them or colinux.
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

/* Ctrl-C reaches the child directly; a signal for our PID alone does not. */
static void pass_on(int sig)
{
	if (child > 0)
		kill(child, sig);
}

/**
 * struct signals - handling of the signals before another program ran
 * @old:	actions of the signals in ends[]
 * @mask:	signal mask
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

/* The program gets the default actions, but keeps ignoring what we ignored before. */
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
 * spawn_become() - replace this program by another one
 * @argv:	the program, looked up in PATH, and its arguments
 *
 * Returns only after an error, which it prints.
 */
void spawn_become(char *const *argv)
{
	execvp(argv[0], argv);
	complain("%s: %s: is it installed?", argv[0], strerror(errno));
}

/**
 * spawn() - run another program and wait for its end
 * @argv:	the program, looked up in PATH, and its arguments
 * @out:	file descriptor for its output, -1 for our own
 *
 * SIGINT, SIGTERM and SIGHUP end the program, not colinux.
 *
 * Return: its exit status, or 128 plus the signal that ended it, as in a shell.
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
 * signals_block() - block SIGINT, SIGTERM and SIGHUP
 * @before:	the old signal mask, for signals_unblock()
 */
void signals_block(sigset_t *before)
{
	sigset_t set;

	set_of_ends(&set);
	sigprocmask(SIG_BLOCK, &set, before);
}

/**
 * signals_unblock() - restore the signal mask; a pending signal then ends colinux
 * @before:	the old signal mask, from signals_block()
 */
void signals_unblock(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

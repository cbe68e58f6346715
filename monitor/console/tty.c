// SPDX-License-Identifier: GPL-2.0
/*
 * The terminal that colinux-run was started from, for front.c. It is in raw mode while
 * the guest has it. Its old settings are restored whenever the monitor ends, also when it
 * crashes.
 *
 * The saved settings are static, because a signal handler needs them. There is only
 * one terminal.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "common/keys.h"
#include "tty.h"

static struct termios saved;
static volatile sig_atomic_t is_raw;

static const char help[] =
	KEYS_HELP("colinux-run", "", "  x       end the guest at once\n", "\n");

/**
 * tty_help() - list of the keys that follow Ctrl-]
 *
 * Return: text for msg_text().
 */
const char *tty_help(void)
{
	return help;
}

static void apply_raw(void)
{
	struct termios raw = saved;

	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

/* Both calls are async-signal-safe. SA_RESETHAND: raise() ends the process. */
static void on_fatal(int sig)
{
	if (is_raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	raise(sig);
}

/**
 * tty_raw() - put the terminal into raw mode, for the guest
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int tty_raw(struct err *err)
{
	static const int fatal[] = {
		SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS,
	};
	struct sigaction sa = {
		.sa_handler = on_fatal,
		.sa_flags = SA_RESETHAND | SA_NODEFER,
	};

	if (tcgetattr(STDIN_FILENO, &saved))
		return err_set(err, "terminal: %s: use --console=stdio",
			       strerror(errno));
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &sa, NULL);
	is_raw = 1;
	msg_raw_terminal(true);
	apply_raw();
	return 0;
}

/**
 * tty_resume() - set raw mode again after SIGCONT: the shell has changed the settings
 */
void tty_resume(void)
{
	if (is_raw)
		apply_raw();
}

/**
 * tty_restore() - restore the terminal's old settings
 */
void tty_restore(void)
{
	if (!is_raw)
		return;
	tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	is_raw = 0;
	msg_raw_terminal(false);
}

/**
 * tty_size() - size of the terminal's window
 * @cols:	filled in: its width in characters
 * @rows:	filled in: its height
 *
 * Return: 0, or -1 if it is unknown.
 */
int tty_size(unsigned int *cols, unsigned int *rows)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_col || !ws.ws_row)
		return -1;
	*cols = ws.ws_col;
	*rows = ws.ws_row;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The viewer that is colinux-run itself, a viewer of console.c.
 *
 * If standard input and output are a terminal, the guest gets it in raw mode, except
 * for keys that follow Ctrl-]. Otherwise the guest's output goes unchanged to standard
 * output, and standard input is the guest's input, so that scripts can drive it. End of
 * file on standard input ends neither the console nor the guest.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "front.h"

static void front_on_left(struct viewer *v, int error)
{
	msg_warn("console: %s: %s: its output is not shown any more", v->name,
		 strerror(error));
	console_detach(v);
}

static size_t on_typed(struct viewer *v, char *buf, size_t len)
{
	struct front *front = container_of(v, struct front, viewer);

	return keys_take(&front->keys, buf, len);
}

/*
 * Writes must never block. O_NONBLOCK belongs to the open file description, which the
 * shell and other processes share. So a terminal or pipe is opened again. A socket
 * cannot be opened again: it gets the flag until front_close(). Writes to a regular
 * file never block, and a file opened again would be overwritten from its start.
 */
static int open_stdout(struct front *front, struct err *err)
{
	struct stat st;
	int fd;

	front->viewer.out_fd = STDOUT_FILENO;
	if (fstat(STDOUT_FILENO, &st))
		return err_set(err, "standard output: %s: use --console=none to do without",
			       strerror(errno));
	if (S_ISREG(st.st_mode))
		return 0;
	fd = open("/proc/self/fd/1",
		  O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0) {
		front->viewer.out_fd = fd;
		front->opened = true;
		return 0;
	}
	front->old_flags = fcntl(STDOUT_FILENO, F_GETFL);
	if (front->old_flags < 0 ||
	    fcntl(STDOUT_FILENO, F_SETFL, front->old_flags | O_NONBLOCK))
		return err_set(err, "standard output: %s: use --console=none to do without",
			       strerror(errno));
	return 0;
}

static int file_error(const char *path, struct err *err)
{
	return err_set(err, "%s: %s%s", path, strerror(errno),
		       file_hint(path, errno));
}

static int front_open_file(struct front *front, const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK |
		      O_NOCTTY | O_CLOEXEC, 0600);

	if (fd < 0)
		return file_error(path, err);
	front->viewer.name = path;
	front->viewer.out_fd = fd;
	front->opened = true;
	return 0;
}

static int open_stdio(struct front *front, struct err *err)
{
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	if (front->mode == CONSOLE_AUTO)
		front->mode = terminal ? CONSOLE_TTY : CONSOLE_STDIO;
	if (front->mode == CONSOLE_TTY) {
		if (!terminal)
			return err_set(err, "--console=tty: standard input and output are no terminal: use --console=stdio");
		front->viewer.name = "terminal";
		front->viewer.filter = on_typed;
		front->viewer.hangs_up = true;
		front->viewer.patient = false;
	}
	front->viewer.in_fd = STDIN_FILENO;
	return open_stdout(front, err);
}

/**
 * front_init() - initialize, without a viewer
 * @front:	filled in, except for @keys.key, which the caller must set
 * @mode:	the user's choice
 */
void front_init(struct front *front, enum console_mode mode)
{
	*front = (struct front) {
		.mode = mode,
		.viewer = {
			.name = "standard output",
			.in_fd = -1,
			.out_fd = -1,
			.left = front_on_left,
			.patient = true,
		},
		.old_flags = -1,
	};
}

/**
 * front_check_file() - could the file of CONSOLE_FILE be opened?
 * @path:	the file, which this neither makes nor changes
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int front_check_file(const char *path, struct err *err)
{
	return file_check_write(path) ? file_error(path, err) : 0;
}

/**
 * front_open() - open the viewer's files
 * @front:	from front_init()
 * @con:	the console
 * @file:	file of CONSOLE_FILE
 * @err:	reason for the failure
 *
 * Return: 0 or -1; front_close() is due in both cases.
 */
int front_open(struct front *front, struct console *con, const char *file,
	       struct err *err)
{
	if (front->mode == CONSOLE_PTY || front->mode == CONSOLE_NONE)
		return 0;
	if (front->mode == CONSOLE_FILE ? front_open_file(front, file, err) :
					  open_stdio(front, err))
		return -1;
	return console_add(con, &front->viewer, err);
}

/**
 * front_start() - begin to show the console, before the guest runs
 * @front:	from front_open()
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int front_start(struct front *front, struct err *err)
{
	if (!front->viewer.con)
		return 0;
	/* In the background, a read from the terminal then fails: no stop. */
	signal(SIGTTIN, SIG_IGN);
	if (front->mode == CONSOLE_TTY && tty_raw(err))
		return -1;
	if (console_attach(&front->viewer))
		return err_set(err, "console: %s: %s", front->viewer.name,
			       strerror(errno));
	return 0;
}

/**
 * front_close() - undo front_open() and front_start()
 * @front:	from front_init(), in any state
 */
void front_close(struct front *front)
{
	if (front->viewer.con)
		console_detach(&front->viewer);
	if (front->opened)
		close(front->viewer.out_fd);
	if (front->old_flags >= 0)
		fcntl(STDOUT_FILENO, F_SETFL, front->old_flags);
	front->opened = false;
	front->old_flags = -1;
	tty_restore();
}

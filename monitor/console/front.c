// SPDX-License-Identifier: GPL-2.0
/*
 * The viewer that colinux-run itself is.
 *
 * With a terminal, that terminal is the guest's, raw, but for the keys behind
 * Ctrl-]. Without one, the guest's output goes to standard output unchanged
 * and standard input is typed into it, so that scripts can drive it; the end
 * of standard input is no end of anything.
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
 * Writing must never wait. O_NONBLOCK belongs to the open file, which the
 * shell and others share; so a terminal or pipe is opened once more. A socket
 * cannot be, and gets the flag until we leave. A regular file never waits, and
 * opened once more it would be written from its start.
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
 * front_init() - no viewer yet
 * @front:	filled in; @keys.key is for the caller to set
 * @mode:	what the user wants
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
 * @path:	the file, which is neither made nor changed
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int front_check_file(const char *path, struct err *err)
{
	return file_check_write(path) ? file_error(path, err) : 0;
}

/**
 * front_open() - open what the viewer needs
 * @front:	from front_init()
 * @con:	the console
 * @file:	file of CONSOLE_FILE
 * @err:	why not
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
 * front_start() - the guest is about to run: show its console
 * @front:	from front_open()
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int front_start(struct front *front, struct err *err)
{
	if (!front->viewer.con)
		return 0;
	/* Reading from the terminal in the background fails then, not stops. */
	signal(SIGTTIN, SIG_IGN);
	if (front->mode == CONSOLE_TTY && tty_raw(err))
		return -1;
	if (console_attach(&front->viewer))
		return err_set(err, "console: %s: %s", front->viewer.name,
			       strerror(errno));
	return 0;
}

/**
 * front_close() - leave everything as it was
 * @front:	in whatever state
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

// SPDX-License-Identifier: GPL-2.0
/*
 * A pseudo-terminal for the console, a viewer of console.c. screen, minicom or cat open
 * its slave, which behaves like a serial line.
 *
 * While no program has the slave open, the master constantly reports a hang-up. So the
 * master is watched only while a program has the slave open. inotify reports when one
 * opens it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "ptyview.h"

static void pty_on_left(struct viewer *v, int error __attribute__((unused)))
{
	console_detach(v);
}

static void on_opened(struct loop_watch *watch,
		      uint32_t events __attribute__((unused)))
{
	struct pty *pty = container_of(watch, struct pty, opened);
	char buf[1024];

	/* All events are IN_OPEN: neither their content nor their number matters. */
	if (read(watch->fd, buf, sizeof(buf)) <= 0 || pty->viewer.attached)
		return;
	if (console_attach(&pty->viewer))
		msg_warn("%s: %s", pty->path, strerror(errno));
}

/* Make the slave raw. Its close leaves it hung up until a program opens it. */
static int setup_slave(const struct pty *pty, unsigned int cols,
		       unsigned int rows)
{
	struct winsize ws = { .ws_col = cols, .ws_row = rows };
	struct termios raw;
	int fd, ret;

	fd = open(pty->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = tcgetattr(fd, &raw);
	if (!ret) {
		cfmakeraw(&raw);
		ret = tcsetattr(fd, TCSANOW, &raw);
	}
	if (!ret)
		ret = ioctl(fd, TIOCSWINSZ, &ws);
	close(fd);
	return ret;
}

static int open_master(struct pty *pty)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return -1;
	pty->viewer.in_fd = fd;
	if (grantpt(fd) || unlockpt(fd))
		return -1;
	errno = ptsname_r(fd, pty->path, sizeof(pty->path));
	if (errno)
		return -1;
	/* A second descriptor, because epoll can watch each only once. */
	pty->viewer.out_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return pty->viewer.out_fd < 0 ? -1 : 0;
}

static int watch_opened(struct pty *pty, struct loop *loop)
{
	if (loop_watch_own(loop, &pty->opened,
			   inotify_init1(IN_CLOEXEC | IN_NONBLOCK)))
		return -1;
	return inotify_add_watch(pty->opened.fd, pty->path, IN_OPEN) < 0 ? -1 : 0;
}

/**
 * pty_init() - initialize, without a pseudo-terminal
 * @pty:	filled in
 */
void pty_init(struct pty *pty)
{
	*pty = (struct pty) {
		.viewer = {
			.name = "pseudo-terminal",
			.in_fd = -1,
			.out_fd = -1,
			.left = pty_on_left,
			.hangs_up = true,
		},
		.opened = { .fd = -1, .ready = on_opened },
	};
}

/**
 * pty_open() - make a pseudo-terminal for a console
 * @pty:	from pty_init()
 * @con:	the console
 * @cols:	width of its window, 0 if unknown
 * @rows:	its height
 * @err:	reason for the failure
 *
 * Return: 0 or -1; pty_close() is due in both cases.
 */
int pty_open(struct pty *pty, struct console *con, unsigned int cols,
	     unsigned int rows, struct err *err)
{
	if (console_add(con, &pty->viewer, err))
		return -1;
	if (open_master(pty) || setup_slave(pty, cols, rows) ||
	    watch_opened(pty, con->loop))
		return err_set(err, "pseudo-terminal: %s: is /dev/pts mounted?",
			       strerror(errno));
	return 0;
}

/**
 * pty_close() - undo pty_open()
 * @pty:	opened or not
 */
void pty_close(struct pty *pty)
{
	if (!pty->viewer.con)
		return;
	console_detach(&pty->viewer);
	loop_close(pty->viewer.con->loop, &pty->opened);
	if (pty->viewer.in_fd >= 0)
		close(pty->viewer.in_fd);
	if (pty->viewer.out_fd >= 0)
		close(pty->viewer.out_fd);
}

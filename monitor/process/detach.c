// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor as a background process, for main.c.
 *
 * It forks before it opens any file, because a VM belongs to the process that made it.
 * It keeps the caller's terminal until the guest runs, for messages about errors. The
 * foreground process waits until then, and ends with the status.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"
#include "detach.h"

/* In the foreground: wait until the guest runs, or the background process has failed. */
static int await(int fd, pid_t child)
{
	char byte;
	ssize_t n;
	int status;

	do {
		n = read(fd, &byte, 1);
	} while (n < 0 && errno == EINTR);
	if (n == 1)
		return EXIT_SUCCESS;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAILURE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

/**
 * detach_fork() - fork, and go on in the background
 * @detach:	set in the background
 * @status:	set in the foreground: the exit status
 * @err:	reason for the failure
 *
 * Return: 0 in the background; 1 in the foreground, once the guest runs or the
 * background process has failed; or -1.
 */
int detach_fork(struct detach *detach, int *status, struct err *err)
{
	int fds[2];
	pid_t child;

	if (pipe2(fds, O_CLOEXEC))
		return err_set(err, "--detach: %s", strerror(errno));
	child = fork();
	if (child < 0) {
		err_set(err, "--detach: %s", strerror(errno));
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (child) {
		close(fds[1]);
		*status = await(fds[0], child);
		close(fds[0]);
		return 1;
	}
	close(fds[0]);
	setsid();
	detach->fd = fds[1];
	/* Opened now, because a confined monitor cannot open it. */
	detach->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	return 0;
}

/**
 * detach_done() - end the foreground process and release its terminal
 * @detach:	from detach_fork()
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int detach_done(struct detach *detach, struct err *err)
{
	int null = detach->null, ret = 0;

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0 ||
	    write(detach->fd, "", 1) != 1 || dup2(null, STDERR_FILENO) < 0)
		ret = err_set(err, "--detach: %s", strerror(errno));
	if (null >= 0)
		close(null);
	close(detach->fd);
	detach->fd = -1;
	detach->null = -1;
	return ret;
}

static int pidfile_error(const char *path, struct err *err)
{
	return err_set(err, "--pidfile=%s: %s%s", path, strerror(errno),
		       file_hint(path, errno));
}

/**
 * pidfile_check() - could pidfile_open() open the file?
 * @path:	the file, which this neither makes nor changes
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int pidfile_check(const char *path, struct err *err)
{
	return file_check_write(path) ? pidfile_error(path, err) : 0;
}

/**
 * pidfile_open() - open and lock the file for the monitor's PID
 * @path:	the file
 * @err:	reason for the failure
 *
 * The lock lasts as long as the descriptor is open. The file is not changed yet. What is
 * not a regular file, like a FIFO or a terminal, may serve several guests: no lock.
 *
 * Return: a descriptor, or -1.
 */
int pidfile_open(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK: opening a FIFO must not wait for a reader. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode))
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	else
		fd = file_lock(path, O_WRONLY | O_NONBLOCK, 0644);
	if (fd >= 0)
		return fd;
	return errno != EWOULDBLOCK ? pidfile_error(path, err) :
	       err_set(err, "--pidfile=%s: another guest that runs has it: name another file",
		       path);
}

/**
 * pidfile_write() - write the monitor's PID
 * @fd:		from pidfile_open()
 * @path:	the file
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int pidfile_write(int fd, const char *path, struct err *err)
{
	/* EINVAL: not a regular file, which need not be truncated. */
	if ((ftruncate(fd, 0) && errno != EINVAL) ||
	    dprintf(fd, "%d\n", getpid()) < 0)
		return pidfile_error(path, err);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The cleaner: see cleaner.h.
 *
 * The monitor forks it before it opens the guest's files. The list is fixed from then
 * on. A request is one byte, the group to remove. So an attacker who controls the
 * monitor can only make the cleaner remove the monitor's own files.
 *
 * The monitor sends a request only at an orderly end, while it still holds the lock of
 * the guest's name. After a crash the cleaner removes nothing: the next guest of that
 * name may run by then. That guest replaces the files that are left (control.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cleaner.h"
#include "sandbox.h"

/**
 * cleaner_init() - initialize, without a cleaner
 * @c:		filled in
 */
void cleaner_init(struct cleaner *c)
{
	c->fd = -1;
	c->nr = 0;
}

/**
 * cleaner_add() - add a file to the list
 * @c:		the cleaner, not started yet
 * @group:	its group
 * @dir:	true for a directory
 * @name:	its path, absolute or relative to the current directory
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cleaner_add(struct cleaner *c, enum clean_group group, bool dir,
		const char *name, struct err *err)
{
	struct cleaner_path *path = &c->paths[c->nr];
	size_t size = strlen(name) + 1;

	if (c->nr == CLEANER_PATHS || size > sizeof(path->name))
		return err_set(err, "%s: too long a path: give a shorter one",
			       name);
	path->group = group;
	path->dir = dir;
	memcpy(path->name, name, size);
	c->nr++;
	return 0;
}

/* Errors do not matter: a file that is missing was never made. */
static void clean(const struct cleaner *c, uint8_t group)
{
	for (unsigned int i = 0; i < c->nr; i++)
		if (c->paths[i].group == group)
			unlinkat(AT_FDCWD, c->paths[i].name,
				 c->paths[i].dir ? AT_REMOVEDIR : 0);
}

static void serve(const struct cleaner *c)
{
	uint8_t group;

	while (recv(c->fd, &group, sizeof(group), 0) == sizeof(group)) {
		clean(c, group);
		if (send(c->fd, &group, sizeof(group), MSG_NOSIGNAL) < 0)
			break;
	}
}

/* Without CAP_DAC_OVERRIDE, root cannot remove files from another user's directory. */
static int keep_one_capability(void)
{
	const cap_value_t keep[] = { CAP_DAC_OVERRIDE };
	cap_t now = cap_get_proc(), caps = cap_init();
	cap_flag_value_t has = CAP_CLEAR;
	int ret = -1;

	if (now && caps &&
	    !cap_get_flag(now, keep[0], CAP_PERMITTED, &has) &&
	    !cap_set_flag(caps, CAP_PERMITTED, 1, keep, has) &&
	    !cap_set_flag(caps, CAP_EFFECTIVE, 1, keep, has))
		ret = cap_set_proc(caps);
	cap_free(now);
	cap_free(caps);
	return ret;
}

/*
 * The terminal and systemd send signals to all processes of a group. The cleaner
 * ignores them: it ends when the monitor closes the socket.
 */
static int be_cleaner(struct cleaner *c)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGTSTP,
	};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_IGN);
	prctl(PR_SET_NAME, "colinux-cleaner");
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return -1;
	if (dup2(c->fd, STDERR_FILENO + 1) < 0 ||
	    close_range(STDERR_FILENO + 2, ~0U, 0) ||
	    keep_one_capability() || sandbox_cleaner())
		return -1;
	c->fd = STDERR_FILENO + 1;
	serve(c);
	return 0;
}

/**
 * cleaner_start() - fork the cleaner
 * @c:		the cleaner, with all files added
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cleaner_start(struct cleaner *c, struct err *err)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return err_set(err, "cleaner: %s", strerror(errno));
	pid = fork();
	if (pid < 0) {
		err_set(err, "cleaner: %s: raise the limit of processes",
			strerror(errno));
		close(fds[0]);
		close(fds[1]);
		return -1;
	}
	if (!pid) {
		close(fds[0]);
		c->fd = fds[1];
		_exit(be_cleaner(c) ? 1 : 0);
	}
	close(fds[1]);
	c->fd = fds[0];
	return 0;
}

/**
 * cleaner_remove() - remove the files of a group, and wait for the end of that
 * @c:		the cleaner; nothing happens if it is not started
 * @group:	the group
 */
void cleaner_remove(struct cleaner *c, enum clean_group group)
{
	uint8_t byte = group;
	ssize_t n;

	if (c->fd < 0)
		return;
	if (send(c->fd, &byte, sizeof(byte), MSG_NOSIGNAL) == sizeof(byte)) {
		do {
			n = recv(c->fd, &byte, sizeof(byte), 0);
		} while (n < 0 && errno == EINTR);
		if (n == sizeof(byte))
			return;
	}
	msg_warn("the cleaner is gone: files of the guest are left behind");
}

/**
 * cleaner_stop() - make the cleaner end
 * @c:		the cleaner, started or not
 */
void cleaner_stop(struct cleaner *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

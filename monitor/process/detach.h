/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --detach and --pidfile: the monitor as a background process.
 */
#ifndef MONITOR_DETACH_H
#define MONITOR_DETACH_H

#include "common/msg.h"

/**
 * struct detach - a monitor on its way into the background
 * @fd:		the foreground waits at the other end, -1 without one
 * @null:	/dev/null, for when the terminal is let go
 */
struct detach {
	int fd;
	int null;
};

int detach_fork(struct detach *detach, int *status, struct err *err);
int detach_done(struct detach *detach, struct err *err);

int pidfile_check(const char *path, struct err *err);
int pidfile_open(const char *path, struct err *err);
int pidfile_write(int fd, const char *path, struct err *err);

#endif /* MONITOR_DETACH_H */

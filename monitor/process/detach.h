/* SPDX-License-Identifier: GPL-2.0 */
/*
 * --detach and --pidfile: the monitor as a background process.
 */
#ifndef MONITOR_DETACH_H
#define MONITOR_DETACH_H

#include "common/msg.h"

/**
 * struct detach - a monitor that goes into the background
 * @fd:		pipe to the foreground process, which waits at its other end; -1 if
 *		there is none
 * @null:	descriptor of /dev/null, which replaces the terminal
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

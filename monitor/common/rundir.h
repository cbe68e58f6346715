/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The directory of running guests, with a control socket for each.
 */
#ifndef MONITOR_RUNDIR_H
#define MONITOR_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/un.h>

#include "msg.h"

#define RUNDIR_ENV	"COLINUX_RUN_DIR"
#define RUNDIR_SOCKET	".sock"
#define RUNDIR_LOCK	".lock"
#define RUNDIR_JAIL	".jail"

/* Bytes of a path in the directory, with the NUL: the limit of a socket's address. */
#define RUNDIR_PATH_MAX	sizeof(((struct sockaddr_un *)0)->sun_path)

int rundir_directory(char *buf, size_t size, struct err *err);
int rundir_path(char *buf, size_t size, const char *name, const char *suffix,
		struct err *err);
bool rundir_name_ok(const char *name);
int rundir_lock(const char *path);
pid_t rundir_pid(const char *path);

#endif /* MONITOR_RUNDIR_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's loop devices, as users of disk images.
 */
#ifndef MONITOR_HOSTLOOP_H
#define MONITOR_HOSTLOOP_H

#include <stdbool.h>
#include <sys/stat.h>

#include "msg.h"

int hostloop_check(const char *path, const struct stat *st, bool ro,
		   struct err *err);

#endif /* MONITOR_HOSTLOOP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of the control group that the monitor is in.
 */
#ifndef MONITOR_CGROUP_H
#define MONITOR_CGROUP_H

#include <stdint.h>

#include "common/msg.h"

#define CGROUP_SELF	"/proc/self/cgroup"
#define CGROUP_MOUNT	"/sys/fs/cgroup"

int cgroup_check(const char *self, const char *mount, uint64_t size,
		 struct err *err);

#endif /* MONITOR_CGROUP_H */

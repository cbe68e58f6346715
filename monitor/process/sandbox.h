/* SPDX-License-Identifier: GPL-2.0 */
/*
 * seccomp filters: the system calls that the monitor and the cleaner may make.
 */
#ifndef MONITOR_SANDBOX_H
#define MONITOR_SANDBOX_H

#include <stdbool.h>

#include "common/msg.h"

int sandbox_monitor(int vm_fd, bool slirp, struct err *err);
int sandbox_cleaner(void);

#endif /* MONITOR_SANDBOX_H */

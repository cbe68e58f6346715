/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers of a guest that crashed, for reading.
 */
#ifndef MONITOR_REGS_H
#define MONITOR_REGS_H

#include <stdbool.h>
#include <stddef.h>

#include <colinux/ioctl.h>

#define REGS_DUMP_MAX	1024

void regs_dump(const struct co_regs *regs, bool stuck, char *buf, size_t size);

#endif /* MONITOR_REGS_H */

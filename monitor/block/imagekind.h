/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are not raw disk images.
 */
#ifndef MONITOR_IMAGEKIND_H
#define MONITOR_IMAGEKIND_H

#include "common/msg.h"

int imagekind_check(const char *path, int fd, struct err *err);

#endif /* MONITOR_IMAGEKIND_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of images that are no disks as they are.
 */
#ifndef MONITOR_IMAGEKIND_H
#define MONITOR_IMAGEKIND_H

#include "common/msg.h"

int imagekind_check(const char *path, int fd, struct err *err);

#endif /* MONITOR_IMAGEKIND_H */

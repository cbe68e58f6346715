/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a disk is named.
 */
#ifndef MONITOR_DISKWORD_H
#define MONITOR_DISKWORD_H

#include <stdbool.h>

void diskword_cut(char *word, bool *ro, bool *direct, bool *raw);

#endif /* MONITOR_DISKWORD_H */

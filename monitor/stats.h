/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters, as lines of a name and a number.
 */
#ifndef MONITOR_STATS_H
#define MONITOR_STATS_H

#include <stdio.h>

#include "vm.h"

void stats_print(const struct co_stats *stats, FILE *f);
void stats_show(const struct vm *vm, FILE *f);

#endif /* MONITOR_STATS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters, as lines of a name and a number.
 */
#ifndef MONITOR_STATS_H
#define MONITOR_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "vm.h"

void stats_each(const struct co_stats *stats,
		void (*each)(void *arg, const char *name, uint64_t value),
		void *arg);
void stats_print(const struct co_stats *stats, FILE *f);
void stats_show(const struct vm *vm, FILE *f);

#endif /* MONITOR_STATS_H */

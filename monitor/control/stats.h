/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of the module and of the devices: a name and a number for each.
 */
#ifndef MONITOR_STATS_H
#define MONITOR_STATS_H

#include <stdio.h>

#include "device/device.h"
#include "vm/vm.h"

void stats_each(const struct co_stats *stats, counter_fn each, void *arg);
void stats_each_device(struct device *const *devices, unsigned int nr,
		       counter_fn each, void *arg);
void stats_print(const struct co_stats *stats, FILE *f);
void stats_show(const struct vm *vm, struct device *const *devices,
		unsigned int nr, FILE *f);

#endif /* MONITOR_STATS_H */

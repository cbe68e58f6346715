/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters as text, for --check.
 */
#ifndef MONITOR_PARAMSHOW_H
#define MONITOR_PARAMSHOW_H

#include <stdio.h>

#include "params.h"

void params_show(const struct params *p, FILE *out);
void params_show_disk(FILE *out, const char *name, const struct disk_param *disk);
void params_show_net(FILE *out, unsigned int unit, const struct net_param *net);

#endif /* MONITOR_PARAMSHOW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters as text: what --check has understood.
 */
#ifndef MONITOR_PARAMSHOW_H
#define MONITOR_PARAMSHOW_H

#include <stdio.h>

#include "params.h"

void params_show(const struct params *p, FILE *out);

#endif /* MONITOR_PARAMSHOW_H */

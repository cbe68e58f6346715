/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The choice of the installed kernel that runs a guest.
 */
#ifndef MONITOR_CHOICE_H
#define MONITOR_CHOICE_H

#include "common/params.h"

void choice_make(struct params *p, const char *kernel);
void choice_check(const struct params *p, unsigned int arch);

#endif /* MONITOR_CHOICE_H */

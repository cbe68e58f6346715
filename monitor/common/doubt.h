/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Warnings about parameters that are valid, but perhaps a mistake.
 */
#ifndef MONITOR_DOUBT_H
#define MONITOR_DOUBT_H

#include "params.h"

const char *doubt_word(const char *before, const char *word);
unsigned int doubt_show(const struct params *p);

#endif /* MONITOR_DOUBT_H */

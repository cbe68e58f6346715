/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The progress of a long step, on a terminal.
 */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>

/* Milliseconds between updates. */
#define PROGRESS_MS	300

bool progress_shown(void);
void progress_show(const char *what, int percent);
void progress_end(void);

#endif /* TOOLS_PROGRESS_H */

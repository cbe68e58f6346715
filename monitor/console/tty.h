/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal that colinux-run was started from.
 */
#ifndef MONITOR_TTY_H
#define MONITOR_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/msg.h"

int tty_raw(struct err *err);
void tty_resume(void);
void tty_restore(void);
int tty_size(unsigned int *cols, unsigned int *rows);

const char *tty_help(void);

#endif /* MONITOR_TTY_H */

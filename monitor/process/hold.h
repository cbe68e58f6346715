/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that ask the monitor to end: SIGTERM, SIGINT and SIGHUP.
 *
 * They are blocked from the first file that has to be removed again until the event
 * loop handles them (machine.c). In between, code that takes long checks for a pending
 * one.
 */
#ifndef MONITOR_HOLD_H
#define MONITOR_HOLD_H

#include <stdbool.h>

#include "common/msg.h"

void hold_signals(void);
bool hold_pending(void);
int hold_check(struct err *err);
void hold_release(void);

#endif /* MONITOR_HOLD_H */

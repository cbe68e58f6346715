/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals that ask the monitor to end, before it serves them.
 *
 * From when the first file was made that has to be removed again until the
 * event loop takes them (machine.c) they are held; what takes long meanwhile
 * looks whether one is there.
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A monotonic clock.
 */
#ifndef MONITOR_CLOCK_H
#define MONITOR_CLOCK_H

#include <stdint.h>

uint64_t now_ms(void);

#endif /* MONITOR_CLOCK_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * A monotonic clock that continues while the host is suspended.
 */
#include <time.h>

#include "clock.h"

/**
 * now_ms() - read the clock
 *
 * Return: milliseconds since the host's boot.
 */
uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

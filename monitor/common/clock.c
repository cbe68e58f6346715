// SPDX-License-Identifier: GPL-2.0
/*
 * A clock that never goes back, and goes on while the host is suspended.
 */
#include <time.h>

#include "clock.h"

/**
 * now_ms() - a clock for rates and spans
 *
 * Return: milliseconds.
 */
uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

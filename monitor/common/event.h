/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of eventfds and timerfds. Inline, as an interrupt of the guest is one
 * such write.
 */
#ifndef MONITOR_EVENT_H
#define MONITOR_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

/**
 * event_take() - read a counter, which sets it to 0
 * @fd:		the eventfd or timerfd
 *
 * Return: true if there was an event; otherwise errno says why not.
 */
static inline bool event_take(int fd)
{
	uint64_t n;

	return read(fd, &n, sizeof(n)) == sizeof(n);
}

/**
 * event_signal() - signal an eventfd
 * @fd:		the eventfd
 *
 * Fails only if the counter would exceed 2^64 - 2.
 *
 * Return: 0, or -1 with errno.
 */
static inline int event_signal(int fd)
{
	const uint64_t one = 1;

	return write(fd, &one, sizeof(one)) == sizeof(one) ? 0 : -1;
}

#endif /* MONITOR_EVENT_H */

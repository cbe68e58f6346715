/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Notifications to systemd about a guest, if systemd started the monitor.
 */
#ifndef MONITOR_NOTIFY_H
#define MONITOR_NOTIFY_H

#include "common/msg.h"
#include "device/loop.h"

/**
 * struct notify - connection to systemd
 * @fd:		socket connected to it, -1 without systemd
 * @timer:	watch for the timerfd of the watchdog
 */
struct notify {
	int fd;
	struct loop_watch timer;
};

void notify_init(struct notify *notify);
void notify_open(struct notify *notify);
int notify_start(struct notify *notify, struct loop *loop, struct err *err);
void notify_ready(const struct notify *notify);
void notify_extend(const struct notify *notify, unsigned int seconds);
void notify_stopping(const struct notify *notify);
void notify_free(struct notify *notify, struct loop *loop);

__attribute__((format(printf, 2, 3)))
void notify_status(const struct notify *notify, const char *fmt, ...);

#endif /* MONITOR_NOTIFY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What systemd is told of a guest, if systemd started the monitor.
 */
#ifndef MONITOR_NOTIFY_H
#define MONITOR_NOTIFY_H

#include "loop.h"
#include "msg.h"

/**
 * struct notify - the watchdog
 * @timer:	when it is due
 */
struct notify {
	struct loop_watch timer;
};

void notify_init(struct notify *notify);
int notify_start(struct notify *notify, struct loop *loop, struct err *err);
void notify_ready(void);
void notify_stopping(void);
void notify_free(struct notify *notify, struct loop *loop);

__attribute__((format(printf, 1, 2)))
void notify_status(const char *fmt, ...);

#endif /* MONITOR_NOTIFY_H */

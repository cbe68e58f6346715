/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SIGINT, SIGTERM and SIGHUP end a command. They are blocked: the command asks for them
 * where it can end, returns through its cleanup, and main() prints the one line.
 */
#ifndef IMAGE_STOP_H
#define IMAGE_STOP_H

#include <signal.h>
#include <stdbool.h>

#include "common/msg.h"

void stop_begin(void);
int stop_fd(void);
bool stop_asked(void);
int stop_check(struct err *err);
int stop_failed(struct err *err);
__attribute__((format(printf, 1, 2)))
void stop_state(const char *fmt, ...);
int stop_status(void);
void stop_say(void);
void stop_in_child(bool never);

#endif /* IMAGE_STOP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pseudo-terminal for the console.
 */
#ifndef MONITOR_PTYVIEW_H
#define MONITOR_PTYVIEW_H

#include "console.h"

/**
 * struct pty - a pseudo-terminal
 * @viewer:	the viewer, attached while a program has it open
 * @opened:	watch for a program that opens it
 * @path:	path of its slave
 */
struct pty {
	struct viewer viewer;
	struct loop_watch opened;
	char path[64];
};

void pty_init(struct pty *pty);
int pty_open(struct pty *pty, struct console *con, unsigned int cols,
	     unsigned int rows, struct err *err);
void pty_close(struct pty *pty);

#endif /* MONITOR_PTYVIEW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The viewer that colinux-run itself is: its terminal, its standard input and
 * output, or a file.
 */
#ifndef MONITOR_FRONT_H
#define MONITOR_FRONT_H

#include "common/keys.h"
#include "common/params.h"
#include "console.h"
#include "tty.h"

/**
 * struct front - the viewer
 * @viewer:	as the console knows it
 * @keys:	keys of the terminal that are not for the guest
 * @mode:	what it is, CONSOLE_AUTO decided
 * @opened:	@viewer.out_fd is its own
 * @old_flags:	of standard output, -1 if they were not changed
 */
struct front {
	struct viewer viewer;
	struct keys keys;
	enum console_mode mode;
	bool opened;
	int old_flags;
};

void front_init(struct front *front, enum console_mode mode);
int front_check_file(const char *path, struct err *err);
int front_open(struct front *front, struct console *con, const char *file,
	       struct err *err);
int front_start(struct front *front, struct err *err);
void front_close(struct front *front);

#endif /* MONITOR_FRONT_H */

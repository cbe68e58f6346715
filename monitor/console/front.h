/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The viewer that is colinux-run itself: its terminal, its standard input and output,
 * or a file.
 */
#ifndef MONITOR_FRONT_H
#define MONITOR_FRONT_H

#include "common/keys.h"
#include "common/params.h"
#include "console.h"
#include "tty.h"

/**
 * struct front - the viewer
 * @viewer:	the viewer of console.c
 * @keys:	parser of keys that are not for the guest
 * @mode:	its kind; CONSOLE_AUTO only before front_open()
 * @opened:	true if @viewer.out_fd is to be closed
 * @old_flags:	old file status flags of standard output, -1 if they were not changed
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

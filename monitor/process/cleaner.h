/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cleaner: a process that removes the monitor's files for it. The monitor
 * itself has given up the right to, and the sight of them, by the time they
 * have to go.
 */
#ifndef MONITOR_CLEANER_H
#define MONITOR_CLEANER_H

#include <limits.h>
#include <stdbool.h>

#include "common/msg.h"

#define CLEANER_PATHS	8

/* What is removed at once. */
enum clean_group {
	CLEAN_CONTROL,	/* the control channel, with the guest's name */
	CLEAN_PIDFILE,
	CLEAN_GROUPS,
};

/**
 * struct cleaner_path - a file or folder
 * @group:	goes with these
 * @folder:	it is a folder, empty by then
 * @name:	as the monitor named it
 */
struct cleaner_path {
	enum clean_group group;
	bool folder;
	char name[PATH_MAX];
};

/**
 * struct cleaner - a cleaner
 * @fd:		the socket it is told by, -1 without one
 * @nr:		how many there are in @paths
 * @paths:	what there is to remove, in this order
 */
struct cleaner {
	int fd;
	unsigned int nr;
	struct cleaner_path paths[CLEANER_PATHS];
};

void cleaner_init(struct cleaner *c);
int cleaner_add(struct cleaner *c, enum clean_group group, bool folder,
		const char *name, struct err *err);
int cleaner_start(struct cleaner *c, struct err *err);
void cleaner_remove(struct cleaner *c, enum clean_group group);
void cleaner_stop(struct cleaner *c);

#endif /* MONITOR_CLEANER_H */

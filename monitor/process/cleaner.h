/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cleaner: a process that removes the monitor's files at its end. By then the
 * monitor itself is confined: it cannot see the files, and has no right to remove them.
 */
#ifndef MONITOR_CLEANER_H
#define MONITOR_CLEANER_H

#include <limits.h>
#include <stdbool.h>

#include "common/msg.h"

#define CLEANER_PATHS	8

/* Files that are removed together. */
enum clean_group {
	CLEAN_CONTROL,	/* the control channel, with the guest's name */
	CLEAN_PIDFILE,
	CLEAN_GROUPS,
};

/**
 * struct cleaner_path - a file or directory to remove
 * @group:	its group
 * @dir:	true for a directory, which is empty by then
 * @name:	its path
 */
struct cleaner_path {
	enum clean_group group;
	bool dir;
	char name[PATH_MAX];
};

/**
 * struct cleaner - a cleaner
 * @fd:		the monitor's socket to the cleaner, -1 if there is no cleaner
 * @nr:		number of @paths
 * @paths:	files to remove, in this order
 */
struct cleaner {
	int fd;
	unsigned int nr;
	struct cleaner_path paths[CLEANER_PATHS];
};

void cleaner_init(struct cleaner *c);
int cleaner_add(struct cleaner *c, enum clean_group group, bool dir,
		const char *name, struct err *err);
int cleaner_start(struct cleaner *c, struct err *err);
void cleaner_remove(struct cleaner *c, enum clean_group group);
void cleaner_stop(struct cleaner *c);

#endif /* MONITOR_CLEANER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Confinement: what the monitor gives up once everything is open.
 */
#ifndef MONITOR_CONFINE_H
#define MONITOR_CONFINE_H

#include <stdbool.h>
#include <sys/capability.h>
#include <sys/types.h>

#include "cleaner.h"
#include "common/msg.h"
#include "common/params.h"
#include "common/rundir.h"

/**
 * struct confine - what will be left
 * @change:	it becomes another user
 * @uid:	this one
 * @gid:	with this group and no other
 * @slirp:	it has user-mode networking
 * @jail:	folder to make and be shut up in, "" for none
 */
struct confine {
	bool change;
	uid_t uid;
	gid_t gid;
	bool slirp;
	char jail[RUNDIR_PATH_MAX];
};

bool confine_may(cap_value_t cap);
int confine_init(struct confine *c, const struct params *params,
		 struct err *err);
int confine_jail(struct confine *c, const char *name, struct cleaner *cleaner,
		 struct err *err);
int confine_rights(const struct confine *c, struct err *err);
int confine_calls(const struct confine *c, int vm_fd, struct err *err);

#endif /* MONITOR_CONFINE_H */

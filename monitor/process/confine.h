/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Confinement: the privileges that the monitor gives up once all its files are open.
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
 * struct confine - the confinement of a monitor
 * @change:	true if it becomes another user
 * @uid:	that user
 * @gid:	its only group
 * @slirp:	true if the guest has user-mode networking
 * @jail:	directory to make and to chroot to, "" for none
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

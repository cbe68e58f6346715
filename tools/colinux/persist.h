/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes changes of a running guest's disks to its config file.
 */
#ifndef COLINUX_PERSIST_H
#define COLINUX_PERSIST_H

#include <signal.h>
#include <stdbool.h>

#include "confedit.h"

/**
 * struct persist - a change of a definition
 * @edit:	the config file
 * @before:	parameters in the old file
 * @signals:	signal mask before persist_prepare(), if @blocked
 * @blocked:	true while signals_block() is in effect
 */
struct persist {
	struct confedit edit;
	struct params before;
	sigset_t signals;
	bool blocked;
};

enum status persist_begin(struct persist *p, const char *name);
int persist_prepare(struct persist *p, unsigned int unit,
		    const struct disk_param *disk, struct err *err);
int persist_finish(struct persist *p, struct err *err);
void persist_end(struct persist *p);

#endif /* COLINUX_PERSIST_H */

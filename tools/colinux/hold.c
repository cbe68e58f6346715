// SPDX-License-Identifier: GPL-2.0
/*
 * Names of guests are taken by a lock, which their monitors have while they run
 * (docs/control.md). Whoever changes what a guest is has it meanwhile.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common/rundir.h"

/**
 * hold_name() - take the name of a guest that does not run
 * @h:		filled in
 * @name:	the guest's
 * @err:	why not, for example that it runs
 *
 * Return: 0 or -1.
 */
int hold_name(struct hold *h, const char *name, struct err *err)
{
	h->fd = -1;
	if (rundir_path(h->path, sizeof(h->path), name, RUNDIR_LOCK, err) ||
	    defs_make_folder(h->path, err))
		return -1;
	h->fd = rundir_lock(h->path);
	if (h->fd >= 0)
		return 0;
	return errno == EWOULDBLOCK ?
	       err_set(err, "%s: runs: 'colinux stop %s' first", name, name) :
	       err_set(err, "%s: %s", h->path, strerror(errno));
}

/**
 * hold_end() - let a name go
 * @h:		from hold_name(), or with -1 as its file
 */
void hold_end(struct hold *h)
{
	if (h->fd < 0)
		return;
	unlink(h->path);
	close(h->fd);
	h->fd = -1;
}

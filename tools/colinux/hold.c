// SPDX-License-Identifier: GPL-2.0
/*
 * The lock on a guest's name. The guest's monitor holds it while it runs
 * (docs/control.md). Commands that change a definition hold it meanwhile.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common/rundir.h"

/**
 * hold_name() - take the lock on the name of a guest that does not run
 * @h:		the lock
 * @name:	the guest's name
 * @err:	the error, for example that the guest runs
 *
 * Return: 0 or -1.
 */
int hold_name(struct hold *h, const char *name, struct err *err)
{
	h->fd = -1;
	if (rundir_path(h->path, sizeof(h->path), name, RUNDIR_LOCK, err) ||
	    defs_make_directory(h->path, err))
		return -1;
	h->fd = rundir_lock(h->path);
	if (h->fd >= 0)
		return 0;
	return errno == EWOULDBLOCK ?
	       err_set(err, "%s: runs: 'colinux stop %s' first", name, name) :
	       err_set(err, "%s: %s", h->path, strerror(errno));
}

/**
 * hold_end() - release the lock on a name
 * @h:		the lock, from hold_name(); no effect if its fd is -1
 */
void hold_end(struct hold *h)
{
	if (h->fd < 0)
		return;
	unlink(h->path);
	close(h->fd);
	h->fd = -1;
}

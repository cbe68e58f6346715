// SPDX-License-Identifier: GPL-2.0
/*
 * Names of guests are taken by a lock, which their monitors have while they run
 * (docs/control.md). Whoever changes what a guest is has it meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "rundir.h"

/* Who had it before removes the file, and with it the lock that we have. */
static bool is_there(const struct hold *h)
{
	struct stat here, there;

	return !fstat(h->fd, &here) && !stat(h->path, &there) &&
	       here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

/**
 * hold_name() - take the name of a guest that does not run
 * @h:		filled in
 * @name:	the guest's
 * @err:	why not: it runs
 *
 * Return: 0, -1, or -2 if the guest runs.
 */
int hold_name(struct hold *h, const char *name, struct err *err)
{
	h->fd = -1;
	if (rundir_path(h->path, sizeof(h->path), name, RUNDIR_LOCK, err) ||
	    defs_make_folder(h->path, err))
		return -1;
	do {
		if (h->fd >= 0)
			close(h->fd);
		h->fd = open(h->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			     0600);
		if (h->fd < 0)
			return err_set(err, "%s: %s", h->path, strerror(errno));
		if (!flock(h->fd, LOCK_EX | LOCK_NB))
			continue;
		close(h->fd);
		h->fd = -1;
		err_format(err, "%s: runs: 'colinux stop %s' first", name, name);
		return -2;
	} while (!is_there(h));
	return 0;
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

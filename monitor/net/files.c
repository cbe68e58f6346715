// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor's budget of file descriptors. See files.h.
 *
 * FILES_OTHER is the sum of these, rounded up:
 *
 * - 3 for each client of the control channel: its socket, a viewer's copy of it, a
 *   disk that it has sent
 * - 4 for each disk
 * - 5 for each network interface
 * - 30 for the rest
 */
#include <string.h>
#include <sys/resource.h>

#include <colinux/dev.h>

#include "control/control.h"
#include "files.h"

_Static_assert(3 * CONTROL_CLIENTS + 4 * CO_MAX_COBD + 5 * CO_MAX_CONET + 30 <=
	       FILES_OTHER, "all of them have room");

/* Raising the soft limit up to the hard limit needs no privilege. */
static rlim_t raise_limit(rlim_t wanted)
{
	struct rlimit limit, more;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	more = limit;
	more.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
	if (limit.rlim_cur >= more.rlim_cur ||
	    setrlimit(RLIMIT_NOFILE, &more))
		return limit.rlim_cur;
	return more.rlim_cur;
}

/**
 * files_for_flows() - limit of flows for each interface with user-mode networking
 * @nets:	the guest's interfaces
 * @nr:		their number
 * @flows:	filled in; 0 if there is no such interface
 * @err:	reason for the failure
 *
 * Raises the soft limit of open files as far as needed and allowed.
 *
 * Return: 0 or -1.
 */
int files_for_flows(const struct net_param *nets, unsigned int nr,
		    unsigned int *flows, struct err *err)
{
	rlim_t limit, other = FILES_OTHER, users = 0;

	for (unsigned int i = 0; i < nr; i++) {
		users += nets[i].kind == NET_SLIRP;
		other += nets[i].nr_redirs;
	}
	*flows = 0;
	if (!users)
		return 0;
	limit = raise_limit(other + users * FLOWS_MAX);
	if (limit < other + users * FLOWS_MIN)
		return err_set(err, "%llu open files are too few, it takes %llu: raise the limit (ulimit -n, LimitNOFILE=)",
			       (unsigned long long)limit,
			       (unsigned long long)(other + users * FLOWS_MIN));
	limit = (limit - other) / users;
	*flows = limit < FLOWS_MAX ? limit : FLOWS_MAX;
	return 0;
}

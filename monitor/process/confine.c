// SPDX-License-Identifier: GPL-2.0
/*
 * Confinement of the monitor, in two steps, for machine.c. confine_rights() comes
 * before the first thread is made: capabilities belong to threads, and no thread may
 * keep any. confine_calls() comes after the last thread is made, because the seccomp
 * filter does not allow that. The guest does not run before.
 *
 * The monitor keeps its open files, an unprivileged user, an empty root directory, and
 * the system calls of sandbox.c. An attacker who controls the monitor can still do what
 * the guest's kernel can; see docs/security.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "confine.h"
#include "sandbox.h"

/* The packages make the default user. Without it, the monitor becomes nobody. */
#define DEFAULT_USER	"_colinux"
#define NOBODY		65534

#define RESOLV_CONF	"etc/resolv.conf"
#define RESOLV_MAX	65536

static int find_user(struct confine *c, const char *user, struct err *err)
{
	const struct passwd *pw = getpwnam(user ? user : DEFAULT_USER);

	c->change = true;
	if (pw) {
		c->uid = pw->pw_uid;
		c->gid = pw->pw_gid;
		return 0;
	}
	if (user)
		return err_set(err, "--user=%s: no such user: make it, or name another",
			       user);
	c->uid = NOBODY;
	c->gid = NOBODY;
	return 0;
}

/**
 * confine_init() - choose the user that the monitor becomes
 * @c:		filled in, with an empty @jail
 * @params:	the user's parameters
 * @err:	the error in them
 *
 * Return: 0 or -1.
 */
int confine_init(struct confine *c, const struct params *params,
		 struct err *err)
{
	*c = (struct confine) { .jail = "" };
	for (unsigned int i = 0; i < CO_MAX_CONET; i++)
		if (params->nets[i].kind == NET_SLIRP)
			c->slirp = true;
	if (!geteuid())
		return find_user(c, params->user, err);
	if (!params->user || (!find_user(c, params->user, err) &&
			      c->uid == geteuid())) {
		c->change = false;
		return 0;
	}
	return err_set(err, "--user=%s: only root can become another user: leave it out",
		       params->user);
}

/*
 * The jail.
 */

/**
 * confine_jail() - choose the directory for chroot()
 * @c:		from confine_init()
 * @name:	name of the guest, which no other guest has while it runs
 * @cleaner:	the cleaner that will remove it and its files; not started yet
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int confine_jail(struct confine *c, const char *name, struct cleaner *cleaner,
		 struct err *err)
{
	static const struct {
		const char *name;
		bool dir;
	} inside[] = {
		{ "/" RESOLV_CONF, false }, { "/etc", true }, { "", true },
	};
	char path[RUNDIR_PATH_MAX + sizeof("/" RESOLV_CONF)];

	if (rundir_path(c->jail, sizeof(c->jail), name, RUNDIR_JAIL, err))
		return -1;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", c->jail, inside[i].name);
		if (cleaner_add(cleaner, CLEAN_CONTROL, inside[i].dir, path,
				err))
			return -1;
	}
	return 0;
}

/**
 * confine_may() - has this process a capability?
 * @cap:	the capability
 */
bool confine_may(cap_value_t cap)
{
	cap_t caps = cap_get_proc();
	cap_flag_value_t has = CAP_CLEAR;

	if (caps)
		cap_get_flag(caps, cap, CAP_EFFECTIVE, &has);
	cap_free(caps);
	return has == CAP_SET;
}

static int write_file(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
		      O_CLOEXEC, 0644);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, len);
	if (fchmod(fd, 0644))
		n = -1;
	if (close(fd))
		n = -1;
	return n == (ssize_t)len ? 0 : -1;
}

/*
 * libslirp reads the host's name servers from /etc/resolv.conf. If the host has no such
 * file, there is none after chroot() either.
 */
static int copy_resolv_conf(void)
{
	struct err err;
	size_t size;
	char *text = file_slurp("/" RESOLV_CONF, RESOLV_MAX, &size, &err);
	int ret = 0;

	if (!text) {
		msg_info("%s", err.text);
		return 0;
	}
	if ((mkdir("etc", 0755) && errno != EEXIST) || chmod("etc", 0755) ||
	    write_file(RESOLV_CONF, text, size))
		ret = -1;
	free(text);
	return ret;
}

/*
 * Without user-mode networking, the directory is removed before chroot() to it: nothing
 * can be made in a removed directory. Otherwise it holds a file, and the cleaner
 * removes both at the end.
 */
static int enter_jail(const struct confine *c)
{
	int fd;

	if (mkdir(c->jail, 0700) && errno != EEXIST)
		return -1;
	fd = open(c->jail, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fchmod(fd, 0711) || fchdir(fd) || close(fd))
		return -1;
	if (c->slirp ? copy_resolv_conf() : rmdir(c->jail))
		return -1;
	return chroot(".") || chdir("/") ? -1 : 0;
}

/*
 * Rights.
 */

static int change_user(const struct confine *c)
{
	return setgroups(1, &c->gid) || setresgid(c->gid, c->gid, c->gid) ||
	       setresuid(c->uid, c->uid, c->uid) ? -1 : 0;
}

/* Where the bounding set cannot be changed, no_new_privs has the same effect. */
static void drop_bounds(void)
{
	for (cap_value_t cap = 0; cap_get_bound(cap) >= 0; cap++)
		if (cap_drop_bound(cap))
			break;
}

static int drop_capabilities(void)
{
	cap_t none = cap_init();
	int ret = none ? cap_set_proc(none) : -1;

	cap_free(none);
	return ret;
}

/**
 * confine_rights() - chroot, change the user, and drop all capabilities
 * @c:		from confine_init()
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int confine_rights(const struct confine *c, struct err *err)
{
	if (c->jail[0] && confine_may(CAP_SYS_CHROOT) && enter_jail(c))
		return err_set(err, "chroot to %s: %s",
			       c->jail, strerror(errno));
	drop_bounds();
	if (c->change && change_user(c))
		return err_set(err, "user %u: cannot become that: %s: name another by --user=",
			       c->uid, strerror(errno));
	if (drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_set(err, "capabilities: cannot be dropped: %s",
			       strerror(errno));
	return 0;
}

/**
 * confine_calls() - restrict the system calls, for all threads
 * @c:		from confine_init()
 * @vm_fd:	descriptor of /dev/colinux
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int confine_calls(const struct confine *c, int vm_fd, struct err *err)
{
	return sandbox_monitor(vm_fd, c->slirp, err);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Confinement, in two steps. confine_rights() comes before the first thread:
 * capabilities belong to threads, and those of the process must all be without.
 * confine_calls() comes after the last one, for making a thread is a system
 * call too; until then the guest does not run.
 *
 * What is left: files that are open, a user nobody else is, an empty file
 * system, and the system calls in sandbox.c. Whoever takes the monitor over can
 * still do what the guest's kernel can; see docs/security.md.
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

/* Made by the packages; and who is nobody where there is no such user. */
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
 * confine_init() - find out what can be given up
 * @c:		filled in but for @jail
 * @params:	what the user said
 * @err:	what is wrong with it
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
 * confine_jail() - choose the folder to be shut up in
 * @c:		from confine_init()
 * @name:	the guest's: nobody else has it while it runs
 * @cleaner:	will remove what is in it; not started yet
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int confine_jail(struct confine *c, const char *name, struct cleaner *cleaner,
		 struct err *err)
{
	static const struct {
		const char *name;
		bool folder;
	} inside[] = {
		{ "/" RESOLV_CONF, false }, { "/etc", true }, { "", true },
	};
	char path[RUNDIR_PATH_MAX + sizeof("/" RESOLV_CONF)];

	if (rundir_path(c->jail, sizeof(c->jail), name, RUNDIR_JAIL, err))
		return -1;
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", c->jail, inside[i].name);
		if (cleaner_add(cleaner, CLEAN_CONTROL, inside[i].folder, path,
				err))
			return -1;
	}
	return 0;
}

/**
 * confine_may() - has this process a capability?
 * @cap:	which
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
 * libslirp reads which name servers the host has where they always are. A host
 * that names none has none here either.
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
 * A folder that is removed with us in it stays an empty one for ever: nothing
 * can be made there. With a file in it, the cleaner removes it at the end.
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

/* Where the bounding set may not be changed, no_new_privs makes up for it. */
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
 * confine_rights() - become nobody, nowhere, without rights
 * @c:		from confine_init()
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int confine_rights(const struct confine *c, struct err *err)
{
	if (c->jail[0] && confine_may(CAP_SYS_CHROOT) && enter_jail(c))
		return err_set(err, "%s: cannot be shut up in there: %s",
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
 * confine_calls() - make no more system calls than it takes
 * @c:		from confine_init()
 * @vm_fd:	the module's file
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int confine_calls(const struct confine *c, int vm_fd, struct err *err)
{
	return sandbox_monitor(vm_fd, c->slirp, err);
}

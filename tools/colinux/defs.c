// SPDX-License-Identifier: GPL-2.0
/*
 * Defined guests: the paths of their files. root's files are where colinux@.service(5)
 * expects them. Other users have directories of their own, according to the XDG Base
 * Directory Specification.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "common/params.h"
#include "common/rundir.h"

/**
 * struct place - the directory for one kind of files
 * @env:	environment variable with the directory, for all users
 * @root:	root's directory
 * @xdg:	environment variable with the parent of another user's directory
 * @home:	this parent below the home directory, if the variable is not set
 */
static const struct place {
	const char *env;
	const char *root;
	const char *xdg;
	const char *home;
} places[] = {
	[DEFS_CONF] = { "COLINUX_CONF_DIR", "/etc/colinux",
			"XDG_CONFIG_HOME", "/.config" },
	[DEFS_IMAGE] = { "COLINUX_IMAGE_DIR", "/var/lib/colinux",
			 "XDG_DATA_HOME", "/.local/share" },
	[DEFS_LOG] = { "COLINUX_LOG_DIR", "/var/log/colinux",
		       "XDG_STATE_HOME", "/.local/state" },
};

static int find_directory(char *buf, size_t size, enum defs_place place,
			  struct err *err)
{
	const struct place *p = &places[place];
	const char *dir = getenv(p->env), *middle = "", *last = "";
	int len;

	if ((!dir || !*dir) && !geteuid()) {
		dir = p->root;
	} else if (!dir || !*dir) {
		dir = getenv(p->xdg);
		last = "/colinux";
		if (!dir || *dir != '/') {
			dir = getenv("HOME");
			middle = p->home;
		}
	}
	if (!dir || *dir != '/')
		return err_set(err, "no directory for guests' files: set HOME or %s",
			       p->env);
	len = snprintf(buf, size, "%s%s%s", dir, middle, last);
	if (len < 0 || (size_t)len >= size)
		return err_set(err, "%s: path too long: set %s to a shorter one",
			       dir, p->env);
	return 0;
}

/**
 * defs_check_name() - check the name of a guest
 * @name:	the name
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int defs_check_name(const char *name, struct err *err)
{
	if (rundir_name_ok(name) && strlen(name) < PARAMS_NAME_MAX)
		return 0;
	return err_set(err, "%s: not a guest's name: use up to %d letters, digits, '.', '_' and '-'",
		       name, PARAMS_NAME_MAX - 1);
}

/**
 * defs_path() - get the path of a guest's file
 * @buf:	the path
 * @place:	kind of the file
 * @name:	the guest's name; checked here
 * @suffix:	suffix of the file's name
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int defs_path(char buf[PATH_MAX], enum defs_place place, const char *name,
	      const char *suffix, struct err *err)
{
	char dir[PATH_MAX];
	int len;

	if (defs_check_name(name, err) ||
	    find_directory(dir, sizeof(dir), place, err))
		return -1;
	len = snprintf(buf, PATH_MAX, "%s/%s%s", dir, name, suffix);
	if (len < 0 || len >= PATH_MAX)
		return err_set(err, "%s: path too long", dir);
	return 0;
}

/**
 * defs_make_directory() - make the directories above a file
 * @path:	path of the file
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int defs_make_directory(const char *path, struct err *err)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s", path);
	for (char *s = dir + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		if (mkdir(dir, geteuid() ? 0700 : 0755) && errno != EEXIST)
			return err_set(err, "%s: %s", dir, strerror(errno));
		*s = '/';
	}
	return 0;
}

/**
 * defs_find() - find the definition of a guest
 * @buf:	path of the definition
 * @name:	the guest's name
 * @status:	the status to end with after an error
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int defs_find(char buf[PATH_MAX], const char *name, enum status *status,
	      struct err *err)
{
	struct stat st;

	*status = STATUS_FAILED;
	if (defs_path(buf, DEFS_CONF, name, DEFS_SUFFIX, err))
		return -1;
	if (!stat(buf, &st))
		return 0;
	if (errno != ENOENT)
		return err_set(err, "%s: %s", buf, strerror(errno));
	*status = STATUS_NO_GUEST;
	return err_set(err, "%s: no such guest is defined (%s): see 'colinux list --all'",
		       name, buf);
}

/**
 * defs_list() - list the names of all defined guests, sorted
 * @nr:		number of names
 * @err:	the error
 *
 * Return: the list, for guests_free(), or NULL.
 */
char **defs_list(size_t *nr, struct err *err)
{
	char dir[PATH_MAX];

	*nr = 0;
	if (find_directory(dir, sizeof(dir), DEFS_CONF, err))
		return NULL;
	return names_list(dir, DEFS_SUFFIX, nr, err);
}

/**
 * defs_by_unit() - tell whether guests are started as systemd units
 *
 * This is so for root if systemd runs, and if the definitions are where the unit
 * expects them.
 */
bool defs_by_unit(void)
{
	return !geteuid() && !getenv(places[DEFS_CONF].env) &&
	       !access("/run/systemd/system", F_OK);
}

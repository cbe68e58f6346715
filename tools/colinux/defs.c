// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that are defined: where their files are. What colinux@.service(5) reads
 * is root's; other users have folders of their own, as the XDG base directory
 * specification names them.
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
 * struct place - where files of a kind are
 * @env:	a variable that names the folder, for whoever
 * @root:	root's
 * @xdg:	a variable that names where a user's is
 * @home:	where it is without that, in the home folder
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

static int find_folder(char *buf, size_t size, enum defs_place place,
		       struct err *err)
{
	const struct place *p = &places[place];
	const char *folder = getenv(p->env), *middle = "", *last = "";
	int len;

	if ((!folder || !*folder) && !geteuid()) {
		folder = p->root;
	} else if (!folder || !*folder) {
		folder = getenv(p->xdg);
		last = "/colinux";
		if (!folder || *folder != '/') {
			folder = getenv("HOME");
			middle = p->home;
		}
	}
	if (!folder || *folder != '/')
		return err_set(err, "no folder for files of guests: set HOME or %s to one",
			       p->env);
	len = snprintf(buf, size, "%s%s%s", folder, middle, last);
	if (len < 0 || (size_t)len >= size)
		return err_set(err, "%s: too long for a folder of guests: set %s to a shorter one",
			       folder, p->env);
	return 0;
}

/**
 * defs_check_name() - can a guest have this name?
 * @name:	the name
 * @err:	why not
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
 * defs_path() - a file of a guest
 * @buf:	filled in
 * @place:	DEFS_*
 * @name:	the guest's; checked
 * @suffix:	what is behind that
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int defs_path(char buf[PATH_MAX], enum defs_place place, const char *name,
	      const char *suffix, struct err *err)
{
	char folder[PATH_MAX];
	int len;

	if (defs_check_name(name, err) ||
	    find_folder(folder, sizeof(folder), place, err))
		return -1;
	len = snprintf(buf, PATH_MAX, "%s/%s%s", folder, name, suffix);
	if (len < 0 || len >= PATH_MAX)
		return err_set(err, "%s: a path that is too long", folder);
	return 0;
}

/**
 * defs_make_folder() - make the folder that a file is to be in
 * @path:	of the file
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int defs_make_folder(const char *path, struct err *err)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *s = folder + 1; (s = strchr(s, '/')); s++) {
		*s = '\0';
		if (mkdir(folder, geteuid() ? 0700 : 0755) && errno != EEXIST)
			return err_set(err, "%s: %s", folder, strerror(errno));
		*s = '/';
	}
	return 0;
}

/**
 * defs_find() - the definition of a guest
 * @buf:	filled in: the file
 * @name:	the guest's
 * @status:	what to end with if there is none
 * @err:	why not
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
 * defs_list() - the names of all that are defined, in their order
 * @nr:		their number
 * @err:	why there is no list
 *
 * Return: the list, for guests_free(), or NULL.
 */
char **defs_list(size_t *nr, struct err *err)
{
	char folder[PATH_MAX];

	*nr = 0;
	if (find_folder(folder, sizeof(folder), DEFS_CONF, err))
		return NULL;
	return names_list(folder, DEFS_SUFFIX, nr, err);
}

/**
 * defs_by_unit() - are guests started as units of systemd?
 *
 * Those of root are, where it runs, and if they are where the unit looks for them.
 */
bool defs_by_unit(void)
{
	return !geteuid() && !getenv(places[DEFS_CONF].env) &&
	       !access("/run/systemd/system", F_OK);
}

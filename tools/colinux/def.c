// SPDX-License-Identifier: GPL-2.0
/*
 * What the commands share that make, change and remove guests.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/paramshow.h"
#include "def.h"

/**
 * def_file() - a file that a definition names, as its unit finds it
 * @buf:	filled in
 * @path:	its path; one that is not absolute begins at /
 */
void def_file(char buf[PATH_MAX], const char *path)
{
	snprintf(buf, PATH_MAX, "%s%s", *path == '/' ? "" : "/", path);
}

/**
 * def_open() - read the definition of a guest
 * @d:		filled in; def_close() is due in any case
 * @name:	the guest's
 *
 * Return: the status to end with, if not STATUS_OK.
 */
enum status def_open(struct def *d, const char *name)
{
	enum status status;
	struct err err;

	*d = (struct def) { .name = name, .hold.fd = -1 };
	params_init(&d->params);
	if (defs_find(d->path, name, &status, &err)) {
		complain("%s", err.text);
		return status;
	}
	if (confedit_params(d->path, &d->params, &err)) {
		complain("%s: see 'colinux edit %s'", err.text, name);
		return STATUS_FAILED;
	}
	if (!d->params.named)
		return STATUS_OK;
	complain("%s: says --name=%s: take it out, a guest has the name of its file",
		 d->path, d->params.name);
	return STATUS_FAILED;
}

/**
 * def_hold() - have it not run until def_close()
 * @d:		from def_open()
 *
 * Return: the status to end with, if not STATUS_OK.
 */
enum status def_hold(struct def *d)
{
	struct err err;

	if (!hold_name(&d->hold, d->name, &err))
		return STATUS_OK;
	complain("%s", err.text);
	return STATUS_FAILED;
}

/**
 * def_close() - let a definition go
 * @d:		opened or not
 */
void def_close(struct def *d)
{
	hold_end(&d->hold);
	params_free(&d->params);
}

/**
 * def_new() - where the definition of a new guest is to be
 * @path:	filled in
 * @name:	the guest's
 * @err:	why it cannot have that name: it is taken
 *
 * Return: 0 or -1.
 */
int def_new(char path[PATH_MAX], const char *name, struct err *err)
{
	if (defs_path(path, DEFS_CONF, name, DEFS_SUFFIX, err) ||
	    defs_make_folder(path, err))
		return -1;
	if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return err_set(err, "%s: exists: take another name, or 'colinux rm %s' first",
			       path, name);
	return errno == ENOENT ? 0 :
	       err_set(err, "%s: %s", path, strerror(errno));
}

/**
 * ask() - ask a person whether to go on
 * @fmt:	the question, as printf()
 *
 * Return: true if the answer begins with y.
 */
bool ask(const char *fmt, ...)
{
	char answer[64];
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fputs(" [y/N] ", stdout);
	fflush(stdout);
	return fgets(answer, sizeof(answer), stdin) &&
	       tolower((unsigned char)answer[0]) == 'y';
}

/**
 * def_own_file() - what of a disk is the guest's own, since it writes to it
 * @disk:	the disk
 *
 * Return: a file, or NULL.
 */
const char *def_own_file(const struct disk_param *disk)
{
	if (disk->cow)
		return disk->cow;
	return disk->ro || disk->snapshot ? NULL : disk->path;
}

/* @text is a line that was written to @f. */
static int set_line(struct confedit *e, const char *name, FILE *f, char **text,
		    struct err *err)
{
	bool failed = fclose(f);
	int ret;

	if (failed || !**text) {
		free(*text);
		return err_set(err, "out of memory");
	}
	(*text)[strlen(*text) - 1] = '\0';	/* the newline */
	ret = confedit_set(e, name, *text, err);
	free(*text);
	return ret;
}

/**
 * def_set_disk() - have a definition say what a disk is
 * @e:		the file
 * @name:	cobdN, or another name for it
 * @disk:	what it is
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int def_set_disk(struct confedit *e, const char *name,
		 const struct disk_param *disk, struct err *err)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return err_set(err, "out of memory");
	params_show_disk(f, name, disk);
	return set_line(e, name, f, &text, err);
}

/**
 * def_set_net() - have a definition say what a network interface is
 * @e:		the file
 * @unit:	the interface's number
 * @net:	what it is, and not NET_NONE
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int def_set_net(struct confedit *e, unsigned int unit,
		const struct net_param *net, struct err *err)
{
	char name[16], *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return err_set(err, "out of memory");
	params_show_net(f, unit, net);
	snprintf(name, sizeof(name), "eth%u", unit);
	return set_line(e, name, f, &text, err);
}

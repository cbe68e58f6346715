// SPDX-License-Identifier: GPL-2.0
/*
 * A guest's definition, for the commands that make, change and remove guests:
 * reading, locking, and words for confedit.c. defs.c knows the paths.
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
 * def_file() - get the absolute path of a file that a definition names
 * @buf:	the absolute path
 * @path:	the path in the definition; a relative one begins at /, as in the unit
 */
void def_file(char buf[PATH_MAX], const char *path)
{
	snprintf(buf, PATH_MAX, "%s%s", *path == '/' ? "" : "/", path);
}

/**
 * def_open() - read the definition of a guest
 * @d:		the result; the caller calls def_close(), also after an error
 * @name:	the guest's name
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
	complain("%s: has --name=%s: remove it, the guest has the name of its file",
		 d->path, d->params.name);
	return STATUS_FAILED;
}

/**
 * def_hold() - prevent the guest from running until def_close()
 * @d:		the definition, from def_open()
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
 * def_close() - release a definition
 * @d:		the definition, also after an error of def_open()
 */
void def_close(struct def *d)
{
	hold_end(&d->hold);
	params_free(&d->params);
}

/**
 * def_new() - get the path for the definition of a new guest
 * @path:	the path
 * @name:	the guest's name
 * @err:	the error, for example that such a guest exists
 *
 * Return: 0 or -1.
 */
int def_new(char path[PATH_MAX], const char *name, struct err *err)
{
	if (defs_path(path, DEFS_CONF, name, DEFS_SUFFIX, err) ||
	    defs_make_directory(path, err))
		return -1;
	if (!faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return err_set(err, "%s: exists: take another name, or 'colinux rm %s' first",
			       path, name);
	return errno == ENOENT ? 0 :
	       err_set(err, "%s: %s", path, strerror(errno));
}

/**
 * ask() - ask the user a question
 * @fmt:	the question, a format for printf()
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
 * def_own_file() - get the file that a guest writes to when it writes to a disk
 * @disk:	the disk
 *
 * Return: the path of an overlay or image, or NULL if the guest writes to none.
 */
const char *def_own_file(const struct disk_param *disk)
{
	if (disk->cow)
		return disk->cow;
	return disk->ro || disk->snapshot ? NULL : disk->path;
}

/* @text is the buffer of @f and has one line. Closes @f, and frees @text. */
static int set_line(struct confedit *e, const char *name, FILE *f, char **text,
		    struct err *err)
{
	bool failed = fclose(f);
	int ret;

	if (failed || !**text) {
		free(*text);
		return err_set(err, "out of memory");
	}
	(*text)[strlen(*text) - 1] = '\0';	/* cut the newline */
	ret = confedit_set(e, name, *text, err);
	free(*text);
	return ret;
}

/**
 * def_set_disk() - set a disk in a definition
 * @e:		the definition
 * @name:	cobdN, or the disk's other name
 * @disk:	the disk
 * @err:	the error
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
 * def_set_net() - set a network interface in a definition
 * @e:		the definition
 * @unit:	number of the interface
 * @net:	the interface, not NET_NONE
 * @err:	the error
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

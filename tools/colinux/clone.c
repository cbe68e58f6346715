// SPDX-License-Identifier: GPL-2.0
/*
 * colinux clone: a guest like another one. Copies the images that the old guest
 * writes to; both guests share those that it only reads. "colinux-image renew" then
 * gives the copies a machine ID and host keys of their own. The code here never
 * parses an image.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hostloop.h"
#include "common/imagelock.h"
#include "def.h"
#include "progress.h"

#define BLOCK		(1 << 20)

static volatile sig_atomic_t stopped;

static void on_stop(int sig)
{
	stopped = sig;
}

/**
 * struct copy - a file and its copy
 * @from:	path of the file
 * @to:		path of the copy
 * @source:	file descriptor of the file, locked
 * @fd:		file descriptor of the copy
 * @made:	true when the copy exists
 */
struct copy {
	char from[PATH_MAX];
	char to[PATH_MAX];
	int source;
	int fd;
	bool made;
};

/**
 * struct clone - a guest that is copied
 * @def:	definition of the old guest
 * @name:	name of the new guest
 * @hold:	lock on the new name
 * @path:	path of the new definition
 * @edit:	the new definition before it is at @path
 * @copies:	copied files, by the number of the disk
 */
struct clone {
	struct def def;
	const char *name;
	struct hold hold;
	char path[PATH_MAX];
	struct confedit edit;
	struct copy copies[CO_MAX_COBD];
};

/*
 * The copy is in the same directory. Its name is that of the file with the old guest's
 * name replaced by the new one, or with the new name before it.
 */
static int new_path(const struct clone *c, const char *from, char to[PATH_MAX],
		    struct err *err)
{
	char copy[PATH_MAX], *base = strrchr(from, '/') + 1;
	char *found = strstr(base, c->def.name);
	int len;

	snprintf(copy, sizeof(copy), "%.*s", (int)(base - from), from);
	if (found)
		len = snprintf(to, PATH_MAX, "%s%.*s%s%s", copy,
			       (int)(found - base), base, c->name,
			       found + strlen(c->def.name));
	else
		len = snprintf(to, PATH_MAX, "%s%s-%s", copy, c->name, base);
	return len < PATH_MAX ? 0 : err_set(err, "%s: too long a path", from);
}

/*
 * Copying.
 */

static int copy_error(const struct copy *c, struct err *err)
{
	if (stopped)
		return err_set(err, "interrupted");
	return err_set(err, "%s: %s%s", c->to, strerror(errno),
		       errno == ENOSPC ? ": free some room there" : "");
}

static int copy_block(const struct copy *c, char *buf, off_t at, size_t len)
{
	while (len) {
		ssize_t n = pread(c->source, buf, len, at);

		if (n > 0)
			n = pwrite(c->fd, buf, n, at);
		if (n < 0 && errno == EINTR && !stopped)
			continue;
		if (!n)
			errno = EIO;
		if (n <= 0)
			return -1;
		at += n;
		len -= n;
	}
	return 0;
}

/* Holes of the file stay holes in the copy. */
static int copy_data(const struct copy *c, char *buf, off_t size)
{
	off_t at = 0, hole;

	while (at < size && !stopped) {
		at = lseek(c->source, at, SEEK_DATA);
		if (at < 0)
			return errno == ENXIO ? 0 : -1;
		hole = lseek(c->source, at, SEEK_HOLE);
		if (hole < 0)
			return -1;
		while (at < hole && !stopped) {
			size_t len = hole - at < BLOCK ? hole - at : BLOCK;

			if (copy_block(c, buf, at, len))
				return -1;
			at += len;
			progress_show(c->to, (int)(at * 100 / size));
		}
	}
	return stopped ? -1 : 0;
}

static int copy_file(struct copy *c, struct err *err)
{
	char *buf = malloc(BLOCK);
	struct stat st;
	int ret = -1;

	if (!buf)
		return err_set(err, "out of memory");
	c->fd = open(c->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (c->fd < 0) {
		copy_error(c, err);
		goto out_free;
	}
	c->made = true;
	if (!fstat(c->source, &st) && !ftruncate(c->fd, st.st_size) &&
	    (!ioctl(c->fd, FICLONE, c->source) ||
	     !copy_data(c, buf, st.st_size)) &&
	    !fchown(c->fd, st.st_uid, st.st_gid) &&
	    !fchmod(c->fd, st.st_mode & 0777) && !fsync(c->fd))
		ret = 0;
	if (ret)
		copy_error(c, err);
	close(c->fd);
	progress_end();

out_free:
	free(buf);
	return ret;
}

/*
 * The definition.
 */

static int open_copy(struct clone *c, unsigned int unit, struct err *err)
{
	const char *file = def_own_file(&c->def.params.disks[unit]);
	struct copy *copy = &c->copies[unit];
	struct stat st;

	if (!file)
		return 0;
	def_file(copy->from, file);
	if (stat(copy->from, &st))
		return err_set(err, "%s: %s", copy->from, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: cobd%u is no file, and is not copied: 'colinux edit' a copy of %s instead",
			       copy->from, unit, c->def.path);
	if (new_path(c, copy->from, copy->to, err))
		return -1;
	if (!lstat(copy->to, &st))
		return err_set(err, "%s: exists: remove it, or take another name",
			       copy->to);
	copy->source = open(copy->from, O_RDONLY | O_CLOEXEC);
	if (copy->source < 0)
		return err_set(err, "%s: %s", copy->from, strerror(errno));
	if (imagelock_reader(copy->source))
		return err_set(err, "%s: in use by a guest or QEMU: stop that first",
			       copy->from);
	return hostloop_check(copy->from, &st, true, err);
}

/* Returns the disk of the new guest, with the copy as its file. */
static struct disk_param new_disk(struct clone *c, unsigned int unit)
{
	struct disk_param disk = c->def.params.disks[unit];

	if (!c->copies[unit].from[0])
		return disk;
	if (disk.cow)
		disk.cow = c->copies[unit].to;
	else
		disk.path = c->copies[unit].to;
	return disk;
}

/* The word has the disk's number, or the disk's name in the style of old files. */
static int clone_set_disk(struct clone *c, unsigned int unit, struct err *err)
{
	struct disk_param disk = new_disk(c, unit);
	char name[16];

	if (disk.chosen)
		snprintf(name, sizeof(name), "%s", disk.alias);
	else
		snprintf(name, sizeof(name), "cobd%u", unit);
	return def_set_disk(&c->edit, name, &disk, err);
}

/* Removes a MAC address from the definition: one is then derived from the new name. */
static int set_net(struct clone *c, unsigned int unit, struct err *err)
{
	struct net_param net = c->def.params.nets[unit];

	if (net.kind == NET_NONE)
		return 0;
	if (net.ifname[0] || net.nr_redirs)
		printf("eth%u: %s: %s has the same: 'colinux edit %s' before both run\n",
		       unit, net.ifname[0] ? net.ifname : "redirected ports",
		       c->def.name, c->name);
	if (!net.has_mac)
		return 0;
	net.has_mac = false;
	return def_set_net(&c->edit, unit, &net, err);
}

static int clone_write_conf(struct clone *c, struct err *err)
{
	struct params p;
	int ret = confedit_load(&c->edit, c->def.path, err);

	for (unsigned int i = 0; !ret && i < CO_MAX_COBD; i++)
		if (c->copies[i].from[0])
			ret = clone_set_disk(c, i, err);
	for (unsigned int i = 0; !ret && i < CO_MAX_CONET; i++)
		ret = set_net(c, i, err);
	if (ret)
		return -1;
	ret = confedit_write(&c->edit, c->path, &p, err);
	for (unsigned int i = 0; !ret && i < CO_MAX_COBD; i++) {
		struct disk_param wanted = new_disk(c, i);

		if (!confedit_disk_equal(&wanted, &p.disks[i]))
			ret = err_set(err, "%s: cobd%u would not be its copy: copy it by hand",
				      c->def.path, i);
	}
	params_free(&p);
	return ret;
}

/* An overlay alone has no file system to renew. */
static enum status renew(const struct clone *c)
{
	for (unsigned int i = 0; i < CO_MAX_COBD; i++) {
		const char *path = c->copies[i].to;
		char *argv[4] = { "colinux-image", "renew", (char *)path, NULL };
		int status;

		if (!c->copies[i].from[0])
			continue;
		if (c->def.params.disks[i].cow) {
			printf("%s: is an overlay: machine ID and host keys are those of %s\n",
			       path, c->def.name);
			continue;
		}
		status = spawn(argv, -1);
		if (status == 128 + SIGINT || status == 128 + SIGTERM)
			stopped = status - 128;
		if (status || stopped)
			return STATUS_FAILED;
	}
	return STATUS_OK;
}

static int prepare(struct clone *c, struct err *err)
{
	if (def_new(c->path, c->name, err) || hold_name(&c->hold, c->name, err))
		return -1;
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		if (open_copy(c, i, err))
			return -1;
	return clone_write_conf(c, err);
}

static enum status clone_make(struct clone *c)
{
	struct err err = { .text = "" };

	if (prepare(c, &err))
		goto failed;
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		if (c->copies[i].from[0] && copy_file(&c->copies[i], &err))
			goto failed;
	if (renew(c)) {
		err_format(&err, "%s: was not made", c->name);
		goto failed;
	}
	if (confedit_place(&c->edit, c->path, &err))
		goto failed;
	return STATUS_OK;

failed:
	complain("%s", err.text);
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		if (c->copies[i].made)
			unlink(c->copies[i].to);
	return STATUS_FAILED;
}

/* The signals end the current step; clone_make() then removes its files. */
static void catch_signals(void)
{
	const struct sigaction stop = { .sa_handler = on_stop };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
}

/**
 * command_clone() - make a guest like another one
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_clone(const struct args *a)
{
	struct clone *c = calloc(1, sizeof(*c));
	enum status status;

	if (!c) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	c->name = a->words[1];
	c->hold.fd = -1;
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		c->copies[i].source = -1;
	catch_signals();
	status = def_open(&c->def, a->words[0]);
	if (!status)
		status = def_hold(&c->def);
	if (!status)
		status = clone_make(c);
	confedit_end(&c->edit);
	hold_end(&c->hold);
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		if (c->copies[i].source >= 0)
			close(c->copies[i].source);
	def_close(&c->def);
	free(c);
	return stopped ? (enum status)(128 + stopped) : status;
}

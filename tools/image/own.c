// SPDX-License-Identifier: GPL-2.0
/*
 * Images of this host: locks on them, and what e2fsprogs and blkid find in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hostloop.h"
#include "common/imagelock.h"
#include "image.h"

/**
 * own() - keep guests from an image while this program runs
 * @path:	the image
 * @err:	filled in, also if a guest uses it
 *
 * Return: a descriptor, which holds the lock, or -1.
 */
int own(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return err_set(err, "%s: no such image", path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, "%s: cannot write to it: %s", path, strerror(errno));
	if (imagelock_writer(fd))
		err_set(err, "%s: a guest, QEMU or another colinux-image uses it; stop that first",
			path);
	else if (!hostloop_check(path, &st, false, err))
		return fd;
	close(fd);
	return -1;
}

/**
 * own_share() - keep writers from an image while this program runs
 * @path:	the image, or a block device
 * @err:	filled in, also if a guest or QEMU writes to it
 *
 * The lock is held until the program ends.
 *
 * Return: 0 or -1.
 */
int own_share(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return err_set(err, "%s: cannot read it: %s", path, strerror(errno));
	if (imagelock_reader(fd))
		return err_set(err, "%s: in use by a guest or by QEMU: stop that first",
			       path);
	return S_ISREG(st.st_mode) ? hostloop_check(path, &st, true, err) : 0;
}

/**
 * own_size() - get the size of a file or a block device
 * @path:	the file
 * @err:	filled in
 *
 * Return: the size in bytes, or -1.
 */
int64_t own_size(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

	if (size < 0)
		err_set(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return size;
}

/**
 * own_run() - run a program and collect its output
 * @r:		the program; it is freed
 * @output:	gets the output, or NULL
 * @err:	filled in
 *
 * Return: the exit status of the program, or -1.
 */
int own_run(struct run *r, struct text *output, struct err *err)
{
	int ret;

	r->text = output;
	ret = run(r, err) ? -1 : run_status(r);
	run_end(r);
	return ret;
}

/**
 * own_field() - get a value that blkid finds in an image
 * @path:	the image
 * @tag:	name of the value
 * @value:	gets the value; empty if there is none
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int own_field(const char *path, const char *tag, struct text *value, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	value->max = 4096;
	words_add(&r.stages[0], "blkid", "-p", "-s", tag, "-o", "value", "--", path, NULL);
	ret = own_run(&r, value, err);
	if (value->len && value->text[value->len - 1] == '\n')
		value->text[--value->len] = '\0';
	return ret < 0 ? -1 : 0;
}

/**
 * own_debugfs() - run a command of debugfs that reads an image
 * @path:	the image
 * @command:	the command
 * @output:	gets the output
 * @err:	filled in
 *
 * Return: 0, or -1 if debugfs cannot run.
 */
int own_debugfs(const char *path, const char *command, struct text *output,
		struct err *err)
{
	struct run r;

	run_begin(&r);
	output->max = 1 << 20;
	words_add(&r.stages[0], "debugfs", "-R", command, path, NULL);
	return own_run(&r, output, err) < 0 ? -1 : 0;
}

/**
 * own_extfs() - check that an image has a file system that e2fsprogs can handle
 * @path:	the image
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int own_extfs(const char *path, struct err *err)
{
	struct text kind = { .max = 0 };
	int ret = own_field(path, "TYPE", &kind, err);

	if (!ret && strncmp(text_of(&kind), "ext", 3))
		ret = err_set(err, "%s: holds %s; only ext2, ext3 and ext4 are supported",
			      path, kind.len ? kind.text : "no file system");
	text_free(&kind);
	return ret;
}

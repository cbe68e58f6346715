// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image fsck, resize.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

/* e2fsck's status is a set of bits; 1 and 2 mean that it repaired something. */
#define E2FSCK_REPAIRED	3

/* The program shows what it does, and holds the lock. */
static void begin_shown(struct run *r, int fd, const char *program)
{
	run_begin(r);
	r->out = STDOUT_FILENO;
	r->error = STDERR_FILENO;
	r->keep = fd;
	words_add(&r->stages[0], program, NULL);
}

static int check_ext(const char *path, int fd, struct err *err)
{
	struct run r;
	int status;

	begin_shown(&r, fd, "e2fsck");
	words_add(&r.stages[0], "-f", "-y", NULL);
	if (isatty(STDOUT_FILENO))
		words_add(&r.stages[0], "-C", "0", NULL);
	words_add(&r.stages[0], path, NULL);
	status = own_run(&r, NULL, err);
	if (status > E2FSCK_REPAIRED)
		return err_set(err, "%s: cannot be repaired (e2fsck: status %d)", path,
			       status);
	return status < 0 ? -1 : 0;
}

/* Its interruption would destroy the file system. */
static int resize_ext(const char *path, int fd, int64_t bytes, struct err *err)
{
	struct run r;

	begin_shown(&r, fd, "resize2fs");
	r.never = true;
	words_add(&r.stages[0], "-p", path, NULL);
	if (bytes)
		words_format(&r.stages[0], "%lldK", (long long)bytes / 1024);
	return own_run(&r, NULL, err);
}

static int resize_image(const char *path, int fd, int64_t bytes, struct err *err)
{
	char text[32];
	struct stat st;

	if (stop_check(err))
		return -1;
	if (fstat(fd, &st))
		return err_set(err, "%s: %s", path, strerror(errno));
	say_note("%s: resizing to %s, which cannot be interrupted", path,
		 size_format(bytes, text, sizeof(text)));
	if (bytes < st.st_size) {
		if (resize_ext(path, fd, bytes, err))
			return err_set(err, "%s: its content does not fit into %lld bytes",
				       path, (long long)bytes);
		return ftruncate(fd, bytes) ?
		       err_set(err, "%s: %s", path, strerror(errno)) : 0;
	}
	if (ftruncate(fd, bytes))
		return err_set(err, "%s: cannot be made larger: %s", path, strerror(errno));
	if (!resize_ext(path, fd, 0, err))
		return 0;
	if (ftruncate(fd, st.st_size))
		complain("%s: %s", path, strerror(errno));
	return err_set(err, "%s: cannot be made larger", path);
}

/**
 * command_fsck() - check and repair the file system of an image
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_fsck(const struct args *a)
{
	const char *path = a->words[0];
	struct err err;
	int fd, ret;

	stop_state("check %s again before you use it", path);
	fd = own(path, &err);
	ret = fd < 0 || own_extfs(path, &err) || check_ext(path, fd, &err);
	if (fd >= 0)
		close(fd);
	return ret ? say_failure(&err) : STATUS_OK;
}

/**
 * command_resize() - change the size of an image and of its file system
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_resize(const struct args *a)
{
	const char *path = a->words[0];
	struct err err;
	int64_t bytes;
	int fd, ret;

	if (size_parse(a->words[1], &bytes))
		return usage(a, "%s: not a size: give one like 4G", a->words[1]);
	stop_state("%s has the size it had; check it before you use it", path);
	fd = own(path, &err);
	ret = fd < 0 || own_extfs(path, &err) || check_ext(path, fd, &err) ||
	      resize_image(path, fd, bytes, &err);
	if (fd >= 0)
		close(fd);
	if (!ret && stop_asked()) {
		stop_state("%s has its new size", path);
		stop_failed(&err);
		ret = -1;
	}
	return ret ? say_failure(&err) : STATUS_OK;
}

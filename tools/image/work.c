// SPDX-License-Identifier: GPL-2.0
/*
 * The temporary directory of a command, and the steps in it. See work.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/clock.h"
#include "progress.h"
#include "say.h"
#include "stop.h"
#include "work.h"

/* Bytes of the output of programs that are searched, and shown. */
#define LOG_MAX		(1 << 20)

static int work_make(struct work *w, struct err *err)
{
	int len = snprintf(w->dir, sizeof(w->dir), "%s/.colinux-image.XXXXXX",
			   w->beside);
	int error;

	if (len >= (int)sizeof(w->dir)) {
		*w->dir = '\0';
		return err_set(err, "%s: too long a path", w->beside);
	}
	if (mkdtemp(w->dir))
		return 0;
	error = errno;
	*w->dir = '\0';
	return err_set(err, "%s: cannot write there: %s", w->beside, strerror(error));
}

/**
 * work_beside() - make the temporary directory beside a new file
 * @w:		filled in; for work_end() also after an error
 * @file:	the new file
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int work_beside(struct work *w, const char *file, struct err *err)
{
	char copy[PATH_MAX];
	struct stat st;

	*w->dir = '\0';
	if (snprintf(copy, sizeof(copy), "%s", file) >= (int)sizeof(copy))
		return err_set(err, "%s: too long a path", file);
	snprintf(w->beside, sizeof(w->beside), "%s", dirname(copy));
	if (stat(w->beside, &st) || !S_ISDIR(st.st_mode))
		return err_set(err, "%s: no such directory", w->beside);
	if (!lstat(file, &st))
		return err_set(err, "%s: exists; remove it, or name another file", file);
	return work_make(w, err);
}

/**
 * work_temporary() - make the temporary directory in TMPDIR or /tmp
 * @w:		filled in; for work_end() also after an error
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int work_temporary(struct work *w, struct err *err)
{
	const char *dir = getenv("TMPDIR");

	snprintf(w->beside, sizeof(w->beside), "%s", dir && *dir ? dir : "/tmp");
	return work_make(w, err);
}

/**
 * work_path() - get the path of a file in the temporary directory
 * @w:		the directory
 * @name:	name of the file
 * @path:	filled in
 *
 * Return: @path.
 */
const char *work_path(const struct work *w, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%.*s", w->dir, WORK_NAME - 2, name);
	return path;
}

/**
 * work_file() - make a file
 * @path:	its path
 * @bytes:	its size
 * @err:	filled in
 *
 * Return: a descriptor, or -1.
 */
int work_file(const char *path, int64_t bytes, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd >= 0 && !ftruncate(fd, bytes))
		return fd;
	err_set(err, "%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * work_place() - give the file "image" of the directory its name
 * @w:		the directory
 * @out:	the name
 * @err:	filled in
 *
 * After this, no signal can prevent success.
 *
 * Return: 0 or -1.
 */
int work_place(const struct work *w, const char *out, struct err *err)
{
	char image[PATH_MAX];

	work_path(w, "image", image);
	if (stop_check(err))
		return -1;
	if (!renameat2(AT_FDCWD, image, AT_FDCWD, out, RENAME_NOREPLACE))
		return 0;
	if (errno == EEXIST)
		return err_set(err, "%s: made meanwhile by another program", out);
	/* Not every file system has RENAME_NOREPLACE. */
	if (errno == EINVAL && access(out, F_OK) && !rename(image, out))
		return 0;
	return err_set(err, "%s: %s", out, strerror(errno));
}

/**
 * work_room() - get the size of the file system of the temporary directory
 * @w:		the directory
 *
 * No unpacked file may be larger: a small file must not unpack for ever.
 *
 * Return: the size in bytes.
 */
uint64_t work_room(const struct work *w)
{
	struct statvfs fs;

	return statvfs(w->dir, &fs) ? 0 : (uint64_t)fs.f_blocks * fs.f_frsize;
}

/**
 * work_end() - remove the temporary directory
 * @w:		the directory
 *
 * A tar may have made directories in it of any depth. Other file systems, which only
 * an error can have left mounted there, are not entered.
 */
void work_end(struct work *w)
{
	char *dirs[2] = { w->dir, NULL };
	int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	FTS *fts = *w->dir ? fts_open(dirs, FTS_PHYSICAL | FTS_XDEV, NULL) : NULL;
	FTSENT *e;

	while (fts && (e = fts_read(fts))) {
		if (e->fts_info == FTS_D)
			chmod(e->fts_accpath, 0700);
		else if (e->fts_info == FTS_DP)
			rmdir(e->fts_accpath);
		else
			unlink(e->fts_accpath);
	}
	if (fts)
		fts_close(fts);
	if (back >= 0 && fchdir(back))
		complain(".: %s", strerror(errno));
	if (back >= 0)
		close(back);
	*w->dir = '\0';
}

/**
 * step_no_room() - did programs fail because the file system is full?
 * @w:		the directory they write to
 * @log:	their output
 * @err:	filled in if so
 */
bool step_no_room(const struct work *w, const char *log, struct err *err)
{
	const char *tar = !strncmp(log, "tar: ", 5) ? log : strstr(log, "\ntar: ");

	if (!strstr(log, "No space left on device") &&
	    !(tar && strstr(tar, ": Wrote only")))
		return false;
	err_set(err, "%s: no room left for the new file: free some, or name another directory",
		w->beside);
	return true;
}

static int step_failed(const struct run *r, step_why_fn *why, void *data,
		       struct err *err)
{
	struct text log = { .max = LOG_MAX };
	int ret = -1;

	run_read_log(r->error, &log);
	if (!why || !why(data, text_of(&log), err)) {
		fputs(text_of(&log), stderr);
		ret = err_set(err, "%s: failed (status %d)", r->what, run_status(r));
	}
	text_free(&log);
	return ret;
}

/**
 * step_run() - run the programs of a long step; print what it is, and its duration
 * @r:		the programs; their output goes to a log
 * @why:	finds the reason of a failure; NULL shows the log
 * @data:	argument of @why
 * @err:	filled in
 *
 * Return: 0, or -1 if a program failed, too.
 */
int step_run(struct run *r, step_why_fn *why, void *data, struct err *err)
{
	uint64_t start = now_ms();
	int ret;

	say_note("%s ...", r->what);
	if (r->percent)
		progress_show(r->what, 0);
	if (r->error < 0)
		r->error = run_log();
	if (r->out < 0)
		r->out = r->error;
	ret = run(r, err);
	progress_end();
	if (!ret && (run_status(r) || r->failed))
		ret = step_failed(r, why, data, err);
	if (r->error >= 0)
		close(r->error);
	if (!ret)
		say_note("%s: %d s", r->what, (int)((now_ms() - start) / 1000));
	return ret;
}

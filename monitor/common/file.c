// SPDX-License-Identifier: GPL-2.0
/*
 * Files. See file.h.
 *
 * A file that is read as a whole is read only once, so that the data that was checked is
 * the data that is used.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Has systemd started this very process, not one of its ancestors? */
static bool is_unit(void)
{
	const char *pid = getenv("SYSTEMD_EXEC_PID");

	return pid && strtol(pid, NULL, 10) == getpid();
}

static bool below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/**
 * file_hidden() - is a file perhaps hidden by the settings of a systemd unit?
 * @path:	its path
 * @error:	errno of open()
 *
 * Return: true if it may be; file_hint() has the remedy.
 */
bool file_hidden(const char *path, int error)
{
	static const char * const dirs[] = {
		"/home", "/root", "/run/user", "/tmp", "/var/tmp",
	};

	if ((error != ENOENT && error != EACCES) || !is_unit())
		return false;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (below(path, dirs[i]))
			return true;
	return false;
}

/**
 * file_hint() - remedy for an error of open()
 * @path:	path of the file
 * @error:	errno of open()
 *
 * Return: text to append to the error, beginning with ": ", or "".
 */
const char *file_hint(const char *path, int error)
{
	if (file_hidden(path, error))
		return ": a unit does not see what is in /home, /root, /run/user and /tmp (ProtectHome=, PrivateTmp=): move it, for example to /var/lib/colinux";
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return ": check the path";
	case EACCES:
	case EPERM:
		return ": check its permissions";
	case EROFS:
		return ": the file system is read-only; say ,ro";
	case EMFILE:
	case ENFILE:
		return ": raise the limit of open files";
	default:
		return "";
	}
}

/**
 * file_open() - open a regular file for file_read()
 * @f:		filled in
 * @path:	its path; must live as long as @f
 * @max:	limit of its size in bytes
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int file_open(struct file *f, const char *path, uint64_t max, struct err *err)
{
	struct stat st;

	f->path = path;
	/* O_NONBLOCK: opening a FIFO must not wait for a writer. */
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0)
		return err_set(err, "%s: %s%s", path, strerror(errno),
			       file_hint(path, errno));
	if (fstat(f->fd, &st)) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out_close;
	}
	if (S_ISDIR(st.st_mode)) {
		err_set(err, "%s: is a directory: name a file", path);
		goto out_close;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, "%s: not a regular file: name one", path);
		goto out_close;
	}
	if ((uint64_t)st.st_size > max) {
		err_set(err, "%s: larger than %llu bytes: is it the right file?",
			path, (unsigned long long)max);
		goto out_close;
	}
	f->size = st.st_size;
	return 0;

out_close:
	file_close(f);
	return -1;
}

/**
 * file_read() - read an open file as a whole
 * @f:		the file
 * @buf:	buffer of @f->size bytes
 * @err:	reason for the failure
 *
 * Only before confine_calls(): pread64 is not in the monitor's seccomp filter.
 *
 * Return: 0 or -1.
 */
int file_read(const struct file *f, void *buf, struct err *err)
{
	uint64_t done = 0;

	while (done < f->size) {
		ssize_t n = pread(f->fd, (char *)buf + done, f->size - done,
				  (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, "%s: %s", f->path, strerror(errno));
		if (!n)
			return err_set(err, "%s: became shorter while it was read: try again",
				       f->path);
		done += n;
	}
	return 0;
}

/**
 * file_close() - close what file_open() opened
 * @f:		the file
 */
void file_close(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/**
 * file_slurp() - read a file into memory
 * @path:	the file
 * @max:	limit of its size in bytes
 * @size:	filled in: its size in bytes
 * @err:	reason for the failure
 *
 * Return: its contents and a NUL, which the caller frees, or NULL.
 */
void *file_slurp(const char *path, uint64_t max, size_t *size, struct err *err)
{
	struct file f;
	char *buf;

	if (file_open(&f, path, max, err))
		return NULL;
	buf = malloc(f.size + 1);
	if (!buf) {
		err_set(err, "%s: no memory for its %llu bytes: free some",
			path, (unsigned long long)f.size);
		goto out_close;
	}
	if (file_read(&f, buf, err)) {
		free(buf);
		buf = NULL;
		goto out_close;
	}
	buf[f.size] = '\0';
	*size = f.size;

out_close:
	file_close(&f);
	return buf;
}

/**
 * file_write() - write a buffer as a whole
 * @fd:		descriptor to write to
 * @buf:	the buffer
 * @size:	its bytes
 *
 * Return: 0, or -1 with errno.
 */
int file_write(int fd, const void *buf, size_t size)
{
	const char *next = buf;

	while (size) {
		ssize_t n = write(fd, next, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		next += n;
		size -= n;
	}
	return 0;
}

/**
 * file_check_write() - could a file be opened for writing, or made?
 * @path:	the file, which this neither makes nor changes
 *
 * Return: 0, or -1 with errno.
 */
int file_check_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	char *copy;
	int ret;

	if (fd >= 0)
		return close(fd);
	if (errno != ENOENT)
		return -1;
	copy = strdup(path);
	if (!copy)
		return -1;
	ret = access(dirname(copy), W_OK | X_OK);
	free(copy);
	return ret;
}

/**
 * file_read_text() - read the beginning of a short file, as of /proc and /sys
 * @dir:	directory that a relative path begins in, or AT_FDCWD
 * @path:	the file
 * @text:	filled in, with a NUL; "" on errors
 * @size:	size of @text
 *
 * Return: bytes read, or -1 with errno.
 */
ssize_t file_read_text(int dir, const char *path, char *text, size_t size)
{
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
	return n;
}

/**
 * file_is_at() - is a file at this path?
 * @path:	the path
 * @st:		stat() of the file
 *
 * Return: true if the path leads to it.
 */
bool file_is_at(const char *path, const struct stat *st)
{
	struct stat there;

	return !stat(path, &there) && file_same(&there, st);
}

/**
 * file_lock() - open a file, made if there is none, and lock it
 * @path:	the file
 * @flags:	more flags of open()
 * @mode:	its mode if it is made
 *
 * Its last owner may remove it before it is locked: then this starts again.
 *
 * Return: its descriptor, or -1 with errno: EWOULDBLOCK if it is locked.
 */
int file_lock(const char *path, int flags, mode_t mode)
{
	int fd, error;

	for (;;) {
		struct stat st;

		fd = open(path, flags | O_CREAT | O_CLOEXEC, mode);
		if (fd < 0)
			return -1;
		if (fstat(fd, &st) || flock(fd, LOCK_EX | LOCK_NB))
			break;
		if (file_is_at(path, &st))
			return fd;
		close(fd);
	}
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

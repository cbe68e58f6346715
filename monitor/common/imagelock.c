// SPDX-License-Identifier: GPL-2.0
/*
 * Locks of disk images, for image.c and for colinux.
 *
 * A writer locks the whole file with an OFD lock, which the kernel drops however the
 * monitor ends.
 *
 * A reader locks the bytes that QEMU locks (raw_apply_lock_bytes() in its
 * block/file-posix.c), so that it and QEMU notice each other's writers. One byte stands
 * for each thing that a process does, another for each thing that others must not do.
 * All these locks are shared, so they do not conflict: a process that does a forbidden
 * thing is found with F_OFD_GETLK.
 */
#include <errno.h>
#include <fcntl.h>

#include "imagelock.h"

/* QEMU's bytes. */
#define LOCK_READS	100
#define LOCK_WRITES	101
#define LOCK_RESIZES	103
#define LOCK_NO_WRITER	201
#define LOCK_NO_RESIZER	203

/* Lock a range of bytes; @len 0 is up to the end of the file. */
static int set_lock(int fd, short type, off_t start, off_t len)
{
	struct flock fl = {
		.l_type = type, .l_whence = SEEK_SET,
		.l_start = start, .l_len = len,
	};

	return fcntl(fd, F_OFD_SETLK, &fl);
}

/**
 * imagelock_writer() - lock an image for writing
 * @fd:		its descriptor, open for writing
 *
 * Return: 0, or -1 with errno: EAGAIN or EACCES if another process uses it.
 */
int imagelock_writer(int fd)
{
	return set_lock(fd, F_WRLCK, 0, 0);
}

/* Fails with EAGAIN if another process has locked the byte. */
static int check_unlocked(int fd, off_t start)
{
	struct flock fl = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = start, .l_len = 1,
	};

	if (fcntl(fd, F_OFD_GETLK, &fl))
		return -1;
	if (fl.l_type == F_UNLCK)
		return 0;
	errno = EAGAIN;
	return -1;
}

/**
 * imagelock_reader() - lock an image for reading
 * @fd:		its descriptor, open for reading
 *
 * Return: 0, or -1 with errno: EAGAIN or EACCES if another process writes to it.
 */
int imagelock_reader(int fd)
{
	if (set_lock(fd, F_RDLCK, LOCK_READS, 1) ||
	    set_lock(fd, F_RDLCK, LOCK_NO_WRITER, 1) ||
	    set_lock(fd, F_RDLCK, LOCK_NO_RESIZER, 1))
		return -1;
	return check_unlocked(fd, LOCK_WRITES) ||
	       check_unlocked(fd, LOCK_RESIZES) ? -1 : 0;
}

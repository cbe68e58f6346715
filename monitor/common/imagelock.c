// SPDX-License-Identifier: GPL-2.0
/*
 * Locks of disk images.
 *
 * A writer locks the whole file, by an OFD lock: the kernel drops it when the
 * monitor dies, however it dies. Readers lock what QEMU locks, so that each
 * notices a writer of the other (raw_apply_lock_bytes() in its
 * block/file-posix.c): a byte for what one does, and another for what nobody
 * else may do. As these are shared locks, who does it is found by asking.
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

/* A lock of one byte, or of all of them. */
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
 * @fd:		open for writing
 *
 * Return: 0, or -1 with errno: EAGAIN or EACCES if somebody uses it.
 */
int imagelock_writer(int fd)
{
	return set_lock(fd, F_WRLCK, 0, 0);
}

/* Fails with EAGAIN if anybody has locked the byte. */
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
 * @fd:		open for reading
 *
 * Return: 0, or -1 with errno: EAGAIN or EACCES if somebody writes to it.
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

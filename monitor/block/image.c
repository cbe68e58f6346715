// SPDX-License-Identifier: GPL-2.0
/*
 * Disk images, below cobd.c: opens them, finds out their size, and locks them
 * (imagelock.c), so that two guests never write to one image.
 *
 * Use by the host itself: a block device is opened exclusively, which fails while it
 * is mounted. For a file, hostloop.c looks for loop devices that use it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/dev.h>

#include "common/file.h"
#include "common/hostloop.h"
#include "common/imagekind.h"
#include "common/imagelock.h"
#include "cow.h"
#include "image.h"

static int open_error(const char *path, bool ro, int error, struct err *err)
{
	if (file_hidden(path, error))
		return err_set(err, "%s: %s%s", path, strerror(error),
			       file_hint(path, error));
	switch (error) {
	case EISDIR:
		return err_set(err, "%s: is a directory: name an image or a block device",
			       path);
	case EINVAL:
		return err_set(err, "%s: its file system does not support O_DIRECT: leave ,direct out",
			       path);
	case EBUSY:
		return err_set(err, "%s: in use by the host: unmount it first",
			       path);
	case EACCES:
	case EPERM:
	case EROFS:
		return err_set(err, "%s: %s: %s", path, strerror(error),
			       ro ? "check its permissions" :
			       "check its permissions, or say ,ro");
	default:
		return err_set(err, "%s: %s%s", path, strerror(error),
			       file_hint(path, error));
	}
}

static int image_lock(struct image *img, unsigned int how, struct err *err)
{
	if (!(img->ro ? imagelock_reader(img->fd) : imagelock_writer(img->fd)))
		return 0;
	img->busy = errno == EAGAIN || errno == EACCES;
	if (img->busy && how & IMAGE_CHECK)
		return 0;
	if (img->busy)
		return err_set(err, "%s: in use by another guest or QEMU, or named twice: stop that one%s",
			       img->path, img->ro ?
			       ", or use --force-share" : "");
	msg_warn("%s: cannot be locked: %s: take care that no other guest uses it",
		 img->path, strerror(errno));
	return 0;
}

/* Avoid atime updates. O_NOATIME needs ownership of the file: EPERM is ignored. */
static void no_atime(const struct image *img)
{
	int flags = fcntl(img->fd, F_GETFL);

	if (flags >= 0)
		fcntl(img->fd, F_SETFL, flags | O_NOATIME);
}

/*
 * The alignment that direct transfers need becomes the disk's block size. It is 4096
 * where the host (before Linux 6.1) or the file system does not report it.
 */
static int direct_block_size(struct image *img, struct err *err)
{
	struct statx stx;

	if (statx(img->fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &stx))
		return err_set(err, "%s: %s", img->path, strerror(errno));
	if (!(stx.stx_mask & STATX_DIOALIGN)) {
		img->block_size = 4096;
		return 0;
	}
	/* The guest's buffers are aligned to sectors at least. */
	if ((stx.stx_dio_offset_align != 512 &&
	     stx.stx_dio_offset_align != 4096) ||
	    stx.stx_dio_mem_align > CO_SECTOR_SIZE)
		return err_set(err, "%s: its file system needs an alignment for O_DIRECT that no disk has: leave ,direct out",
			       img->path);
	img->block_size = stx.stx_dio_offset_align;
	return 0;
}

/* Sectors behind the last whole block would be out of reach, but may hold data. */
static int check_direct_size(const struct image *img, uint64_t bytes,
			     struct err *err)
{
	if (img->block_size == CO_SECTOR_SIZE || !(bytes % img->block_size))
		return 0;
	return err_set(err, "%s: its size of %llu bytes is no multiple of the %u bytes its file system transfers directly: leave ,direct out, or enlarge it (truncate -s %%%u)",
		       img->path, (unsigned long long)bytes, img->block_size,
		       img->block_size);
}

static int direct_geometry(struct image *img, uint64_t bytes, struct err *err)
{
	return direct_block_size(img, err) ? -1 :
	       check_direct_size(img, bytes, err);
}

static int file_geometry(struct image *img, const struct stat *st,
			 struct err *err)
{
	if (st->st_size % CO_SECTOR_SIZE)
		msg_warn("%s: its last %u bytes are no whole sector: left out",
			 img->path, (unsigned int)(st->st_size % CO_SECTOR_SIZE));
	img->sectors = st->st_size / CO_SECTOR_SIZE;
	img->block_size = CO_SECTOR_SIZE;
	img->phys_size = 4096;
	/*
	 * Try to punch a hole behind the end, where there is no data. Not in a
	 * busy image: its user may move the end.
	 */
	img->discard = !img->ro && !img->busy &&
		       !fallocate(img->fd, FALLOC_FL_PUNCH_HOLE |
				  FALLOC_FL_KEEP_SIZE, st->st_size, 4096);
	return img->direct ? direct_geometry(img, st->st_size, err) : 0;
}

static int device_geometry(struct image *img, struct err *err)
{
	unsigned int phys = 0, opt = 0;
	uint64_t bytes;
	int block;

	if (ioctl(img->fd, BLKGETSIZE64, &bytes) ||
	    ioctl(img->fd, BLKSSZGET, &block) ||
	    ioctl(img->fd, BLKPBSZGET, &phys))
		return err_set(err, "%s: cannot find out its size: %s",
			       img->path, strerror(errno));
	if (block != 512 && block != 4096)
		return err_set(err, "%s: its blocks of %d bytes are neither 512 nor 4096: use another device",
			       img->path, block);
	ioctl(img->fd, BLKIOOPT, &opt);
	img->sectors = bytes / block * (block / CO_SECTOR_SIZE);
	img->block_size = block;
	img->phys_size = phys;
	img->io_opt = opt;
	img->discard = !img->ro;
	return 0;
}

static int image_set_path(struct image *img, const char *path, struct err *err)
{
	img->path = strdup(path);
	return img->path ? 0 : err_set(err, "%s: out of memory", path);
}

static int check_type(const char *path, bool ro, const struct stat *st,
		      struct err *err)
{
	if (S_ISDIR(st->st_mode))
		return open_error(path, ro, EISDIR, err);
	if (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode))
		return err_set(err, "%s: neither a file nor a block device: name an image",
			       path);
	return 0;
}

static int find_size(struct image *img, struct err *err)
{
	struct stat st;

	if (fstat(img->fd, &st))
		return err_set(err, "%s: %s", img->path, strerror(errno));
	if (S_ISREG(st.st_mode) ? file_geometry(img, &st, err) :
				  device_geometry(img, err))
		return -1;
	if (!img->sectors)
		return err_set(err, "%s: smaller than a sector: make it larger (truncate -s)",
			       img->path);
	return 0;
}

/* The end of image_open() and image_take(). @failed: the image is only to be closed. */
static int image_accept(struct image *img, unsigned int how, bool failed,
			struct err *err)
{
	if (!failed && (how & IMAGE_RAW ||
			!imagekind_check(img->path, img->fd, err))) {
		no_atime(img);
		return 0;
	}
	image_close(img);
	return -1;
}

/* For image_open(). Return: 0, or -1 with @img partly filled in. */
static int open_path(struct image *img, const char *path, unsigned int how,
		     struct err *err)
{
	bool ro = how & IMAGE_RO, lax = ro && how & IMAGE_SHARE;
	int flags = (ro ? O_RDONLY : O_RDWR) | O_CLOEXEC;
	bool taken = false;
	struct stat st;

	*img = (struct image) {
		.fd = -1, .ro = ro, .direct = how & IMAGE_DIRECT,
	};
	if (stat(path, &st))
		return open_error(path, ro, errno, err);
	if (check_type(path, ro, &st, err) || image_set_path(img, path, err))
		return -1;
	if (S_ISBLK(st.st_mode) && !lax)
		flags |= O_EXCL;
	if (img->direct)
		flags |= O_DIRECT;
	img->fd = open(path, flags);
	/* Perhaps a guest has it open with O_EXCL: image_lock() finds out. */
	if (img->fd < 0 && errno == EBUSY && how & IMAGE_CHECK) {
		taken = true;
		img->fd = open(path, flags & ~O_EXCL);
	}
	if (img->fd < 0)
		return open_error(path, ro, errno, err);
	if (!lax && image_lock(img, how, err))
		return -1;
	if (taken && !img->busy)
		return open_error(path, ro, EBUSY, err);
	if (find_size(img, err))
		return -1;
	return !lax && S_ISREG(st.st_mode) ? hostloop_check(path, &st, ro, err) : 0;
}

/**
 * image_open() - open an image
 * @img:	filled in
 * @path:	the file or device
 * @how:	IMAGE_*
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int image_open(struct image *img, const char *path, unsigned int how,
	       struct err *err)
{
	return image_accept(img, how, open_path(img, path, how, err), err);
}

/* For image_take(). Return: 0, or -1 with @img partly filled in. */
static int take_file(struct image *img, const char *path, int fd,
		     unsigned int how, struct err *err)
{
	bool ro = how & IMAGE_RO;
	int mode = fcntl(fd, F_GETFL);
	struct stat st;

	*img = (struct image) { .fd = fd, .ro = ro };
	if (mode < 0 || fstat(fd, &st))
		return err_set(err, "%s: %s", path, strerror(errno));
	if (check_type(path, ro, &st, err) || image_set_path(img, path, err))
		return -1;
	img->direct = mode & O_DIRECT;
	mode &= O_ACCMODE;
	if (mode != O_RDWR && !(ro && mode == O_RDONLY))
		return err_set(err, "%s: its descriptor has the wrong access mode",
			       path);
	return image_lock(img, 0, err) || find_size(img, err) ? -1 : 0;
}

/**
 * image_take() - use an image that another process has opened
 * @img:	filled in
 * @path:	its name, for messages
 * @fd:		descriptor of the file or device, with O_DIRECT or without; closed
 *		by image_close(), and on errors too
 * @how:	IMAGE_RO, IMAGE_RAW
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int image_take(struct image *img, const char *path, int fd, unsigned int how,
	       struct err *err)
{
	return image_accept(img, how, take_file(img, path, fd, how, err), err);
}

static int find_base(const struct image *img, struct cow_base *base,
		     struct err *err)
{
	struct stat st;

	if (fstat(img->fd, &st))
		return err_set(err, "%s: %s", img->path, strerror(errno));
	*base = (struct cow_base) { .path = img->path, .sectors = img->sectors };
	if (S_ISREG(st.st_mode))
		base->mtime_ns = st.st_mtim.tv_sec * 1000000000ULL +
				 st.st_mtim.tv_nsec;
	return 0;
}

/**
 * image_check_overlay() - check that a file can be the overlay of an image
 * @img:	open
 * @path:	the overlay's file
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int image_check_overlay(const struct image *img, const char *path,
			struct err *err)
{
	struct cow_base base;

	return find_base(img, &base, err) ? -1 : cow_check(path, &base, err);
}

/**
 * image_overlay() - direct the writes to an overlay
 * @img:	open read-only
 * @path:	the overlay's file, NULL for a temporary overlay
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int image_overlay(struct image *img, const char *path, struct err *err)
{
	struct cow_base base;

	if (find_base(img, &base, err))
		return -1;
	img->cow = path ? cow_open(path, &base, err) : cow_temporary(&base, err);
	if (!img->cow)
		return -1;
	img->ro = false;
	/* To discard a sector of the overlay would bring the image's data back. */
	img->discard = false;
	return 0;
}

/**
 * image_resize() - make an image larger, or read its size again
 * @img:	open
 * @bytes:	the new size, 0 for the size that it has now
 * @err:	reason for the failure
 *
 * Return: 0, or -1 with @img unchanged.
 */
int image_resize(struct image *img, uint64_t bytes, struct err *err)
{
	struct image old = *img;
	struct stat st;

	if (img->cow)
		return err_set(err, "%s: has an overlay of the same size: resize it without the overlay",
			       img->path);
	if (bytes) {
		if (fstat(img->fd, &st))
			return err_set(err, "%s: %s", img->path, strerror(errno));
		if (!S_ISREG(st.st_mode))
			return err_set(err, "%s: a block device: resize the device itself, then leave the size out",
				       img->path);
		if (img->ro)
			return err_set(err, "%s: read-only", img->path);
		if (bytes < (uint64_t)st.st_size)
			return err_set(err, "%s: has %llu bytes, and is not made smaller: what is at its end would be lost",
				       img->path,
				       (unsigned long long)st.st_size);
		if (img->direct && check_direct_size(img, bytes, err))
			return -1;
		if (bytes > INT64_MAX || ftruncate(img->fd, (off_t)bytes))
			return err_set(err, "%s: cannot have %llu bytes: %s",
				       img->path, (unsigned long long)bytes,
				       strerror(bytes > INT64_MAX ? EFBIG :
								    errno));
	}
	if (!find_size(img, err))
		return 0;
	*img = old;
	return -1;
}

/**
 * image_close() - close and unlock an image
 * @img:	opened or not
 */
void image_close(struct image *img)
{
	cow_close(img->cow);
	img->cow = NULL;
	if (img->fd >= 0)
		close(img->fd);
	img->fd = -1;
	free(img->path);
	img->path = NULL;
}

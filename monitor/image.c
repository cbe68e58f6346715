// SPDX-License-Identifier: GPL-2.0
/*
 * Disk images: opens them, finds out their size, and locks them, so that two
 * guests never write to one.
 *
 * The lock is an OFD lock on the whole file, shared for readers: the kernel
 * drops it when the monitor dies, however it dies. A block device is opened
 * exclusively as well, which fails while the host has it mounted.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/dev.h>

#include "file.h"
#include "image.h"

static int open_error(const char *path, bool ro, int error, struct err *err)
{
	switch (error) {
	case EISDIR:
		return err_set(err, "%s: is a directory: name an image or a block device",
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
			       file_hint(error));
	}
}

static int lock(const struct image *img, struct err *err)
{
	struct flock fl = {
		.l_type = img->ro ? F_RDLCK : F_WRLCK,
		.l_whence = SEEK_SET,
	};

	if (!fcntl(img->fd, F_OFD_SETLK, &fl))
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return err_set(err, "%s: in use by another guest: stop that one%s",
			       img->path, img->ro ?
			       ", or use --force-share" : "");
	msg_warn("%s: cannot be locked: %s: take care that no other guest uses it",
		 img->path, strerror(errno));
	return 0;
}

static void file_geometry(struct image *img, const struct stat *st)
{
	if (st->st_size % CO_SECTOR_SIZE)
		msg_warn("%s: its last %u bytes are no whole sector: left out",
			 img->path, (unsigned int)(st->st_size % CO_SECTOR_SIZE));
	img->sectors = st->st_size / CO_SECTOR_SIZE;
	img->block_size = CO_SECTOR_SIZE;
	img->phys_size = 4096;
	/* Behind the end there is nothing to lose: does it work at all? */
	img->discard = !img->ro &&
		       !fallocate(img->fd, FALLOC_FL_PUNCH_HOLE |
				  FALLOC_FL_KEEP_SIZE, st->st_size, 4096);
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

/**
 * image_open() - open an image
 * @img:	filled in
 * @path:	the file or device; must live as long as @img
 * @ro:		read-only
 * @share:	if read-only, do not mind who else uses it
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int image_open(struct image *img, const char *path, bool ro, bool share,
	       struct err *err)
{
	int flags = (ro ? O_RDONLY : O_RDWR) | O_CLOEXEC;
	bool lax = ro && share;
	struct stat st;

	*img = (struct image) { .path = path, .fd = -1, .ro = ro };
	if (stat(path, &st))
		return open_error(path, ro, errno, err);
	if (S_ISDIR(st.st_mode))
		return open_error(path, ro, EISDIR, err);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(err, "%s: neither a file nor a block device: name an image",
			       path);
	if (S_ISBLK(st.st_mode) && !lax)
		flags |= O_EXCL;
	img->fd = open(path, flags);
	if (img->fd < 0)
		return open_error(path, ro, errno, err);
	if (fstat(img->fd, &st)) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out_close;
	}
	if (!lax && lock(img, err))
		goto out_close;
	if (S_ISREG(st.st_mode))
		file_geometry(img, &st);
	else if (device_geometry(img, err))
		goto out_close;
	if (!img->sectors) {
		err_set(err, "%s: smaller than a sector: make it larger (truncate -s)",
			path);
		goto out_close;
	}
	return 0;

out_close:
	image_close(img);
	return -1;
}

/**
 * image_close() - close and unlock an image
 * @img:	opened or not
 */
void image_close(struct image *img)
{
	if (img->fd >= 0)
		close(img->fd);
	img->fd = -1;
}

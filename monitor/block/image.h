/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk images: a file or a block device behind a cobd.
 */
#ifndef MONITOR_IMAGE_H
#define MONITOR_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/msg.h"

struct cow;

/* How an image is to be opened. */
#define IMAGE_RO	0x1	/* read-only */
#define IMAGE_SHARE	0x2	/* if read-only, do not mind who else uses it */
#define IMAGE_DIRECT	0x4	/* past the host's page cache */
#define IMAGE_RAW	0x8	/* a disk, whatever its first bytes look like */
#define IMAGE_CHECK	0x10	/* only to look at: a guest may use it */

/**
 * struct image - an open image
 * @path:	as the user named it; its own copy
 * @fd:		the file
 * @ro:		read-only
 * @direct:	past the host's page cache
 * @discard:	parts of it can be given back
 * @busy:	a guest uses it, or it is open here already; IMAGE_CHECK alone
 * @sectors:	its size in sectors of 512 bytes
 * @block_size:	logical block size, 512 or 4096
 * @phys_size:	physical block size
 * @io_opt:	best request size, 0 if unknown
 * @cow:	where writes go, the image being only read; NULL if to it
 */
struct image {
	char *path;
	int fd;
	bool ro;
	bool direct;
	bool discard;
	bool busy;
	uint64_t sectors;
	uint32_t block_size;
	uint32_t phys_size;
	uint32_t io_opt;
	struct cow *cow;
};

int image_open(struct image *img, const char *path, unsigned int how,
	       struct err *err);
int image_take(struct image *img, const char *path, int fd, unsigned int how,
	       struct err *err);
int image_overlay(struct image *img, const char *path, struct err *err);
int image_check_overlay(const struct image *img, const char *path,
			struct err *err);
int image_resize(struct image *img, uint64_t bytes, struct err *err);
void image_close(struct image *img);

#endif /* MONITOR_IMAGE_H */

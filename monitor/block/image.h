/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk images: the file or block device behind a cobd.
 */
#ifndef MONITOR_IMAGE_H
#define MONITOR_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/msg.h"

struct cow;

/* How an image is to be opened. */
#define IMAGE_RO	0x1	/* read-only */
#define IMAGE_SHARE	0x2	/* if read-only: no locks, others may use it */
#define IMAGE_DIRECT	0x4	/* O_DIRECT: past the host's page cache */
#define IMAGE_RAW	0x8	/* a disk, whatever its first bytes look like */
#define IMAGE_CHECK	0x10	/* only to look at: a guest may use it */

/**
 * struct image - an open image
 * @path:	its name as the user gave it; the image's own copy
 * @fd:		the file, -1 if none is open
 * @ro:		true if read-only
 * @direct:	true if opened with O_DIRECT
 * @discard:	true if space can be given back to the host (holes can be punched)
 * @busy:	true if a guest uses it, or if it is open here already; with
 *		IMAGE_CHECK only
 * @sectors:	its size in sectors of 512 bytes
 * @block_size:	logical block size, 512 or 4096
 * @phys_size:	physical block size
 * @io_opt:	best request size, 0 if unknown
 * @cow:	the overlay that takes the writes, NULL if they go to the image
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

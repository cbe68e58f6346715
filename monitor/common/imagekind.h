/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are not raw disk images.
 */
#ifndef MONITOR_IMAGEKIND_H
#define MONITOR_IMAGEKIND_H

#include <stddef.h>

#include "msg.h"

/* Bytes of a file by which its kind is recognized. */
#define IMAGEKIND_BYTES	512

/**
 * struct imagekind - a kind of file
 * @what:	its name
 * @format:	qemu-img's name of the format, or NULL
 * @packer:	program that made and unpacks the file, or NULL
 * @options:	options of @packer to unpack a file
 * @magic:	bytes it is recognized by
 * @len:	number of @magic
 * @offset:	offset of @magic in the file
 */
struct imagekind {
	const char *what;
	const char *format;
	const char *packer;
	const char *options;
	const char *magic;
	size_t len;
	size_t offset;
};

const struct imagekind *imagekind_find(const void *head, size_t len);
int imagekind_check(const char *path, int fd, struct err *err);

#endif /* MONITOR_IMAGEKIND_H */

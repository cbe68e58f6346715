/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files: those that are read as a whole (the kernel, the initial RAM disk, config files),
 * and what the parts of the monitor ask about others.
 */
#ifndef MONITOR_FILE_H
#define MONITOR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "msg.h"

/**
 * struct file - a regular file, open for reading
 * @path:	its name as the user gave it
 * @size:	its bytes when it was opened
 * @fd:		its descriptor, -1 if it is closed
 */
struct file {
	const char *path;
	uint64_t size;
	int fd;
};

int file_open(struct file *f, const char *path, uint64_t max, struct err *err);
int file_read(const struct file *f, void *buf, struct err *err);
void file_close(struct file *f);

void *file_slurp(const char *path, uint64_t max, size_t *size, struct err *err);

int file_write(int fd, const void *buf, size_t size);

int file_check_write(const char *path);

ssize_t file_read_text(int dir, const char *path, char *text, size_t size);

/**
 * file_same() - are two files one?
 * @a:		stat() of one
 * @b:		stat() of the other
 *
 * Return: true if they are.
 */
static inline bool file_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

bool file_is_at(const char *path, const struct stat *st);

int file_lock(const char *path, int flags, mode_t mode);

bool file_hidden(const char *path, int error);
const char *file_hint(const char *path, int error);

#endif /* MONITOR_FILE_H */

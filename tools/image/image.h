/* SPDX-License-Identifier: GPL-2.0 */
/*
 * colinux-image: declarations that the commands share. main.c has their table.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include "args.h"
#include "say.h"
#include "size.h"
#include "stop.h"
#include "work.h"

enum status command_create(const struct args *a);
enum status command_import(const struct args *a);
enum status command_info(const struct args *a);
enum status command_fsck(const struct args *a);
enum status command_resize(const struct args *a);
enum status command_renew(const struct args *a);
enum status command_shell(const struct args *a);

/* main.c */
enum status say_failure(const struct err *err);

/* own.c */
int own(const char *path, struct err *err);
int own_share(const char *path, struct err *err);
int64_t own_size(const char *path, struct err *err);
int own_run(struct run *r, struct text *output, struct err *err);
int own_field(const char *path, const char *tag, struct text *value, struct err *err);
int own_debugfs(const char *path, const char *command, struct text *output,
		struct err *err);
int own_extfs(const char *path, struct err *err);

/* root.c */

/* Bytes of a program that have its machine type. */
#define MACHINE_BYTES	20

const char *root_machine(const void *head, size_t len);
int root_check_directory(const char *dir, const char *what, unsigned int *arch,
			 struct err *err);
int root_check_tar(const struct work *work, const char *tar, unsigned int *arch,
		   struct err *err);
int root_check_ext(const struct work *work, const char *file, uint64_t offset,
		   const char *what, unsigned int *arch, struct err *err);
int root_is(const struct work *work, const char *file, uint64_t offset, bool *is,
	    struct err *err);
int root_name(const struct work *work, const char *file, uint64_t offset,
	      struct text *name, struct err *err);
bool os_name(const char *os_release, struct text *name);

/* mend.c */
int mend(const struct work *work, const char *what, struct err *err);

/* fstab.c */
bool fstab_mend(const char *old, struct text *new, struct text *removed);
bool has_word(const char *text, const char *word);

/* partition.c */

/**
 * struct range - a part of a disk
 * @start:	first byte
 * @length:	number of bytes
 */
struct range {
	uint64_t start;
	uint64_t length;
};

int partition_taken(const char *kind, const char *what, struct err *err);
int partition_root(const struct work *work, const char *disk, const char *name,
		   const char *wanted, struct range *range, struct err *err);

/* archive.c */
int archive_is_tar(const struct work *work, const char *file, bool *is,
		   struct err *err);
int archive_is_ova(const struct work *work, const char *file, bool *is,
		   struct err *err);
int archive_disk(const struct work *work, const char *ova, struct text *disk,
		 struct err *err);
bool archive_is_part(const char *name);
bool archive_ends_with(const char *name, const char *suffix);

#endif /* IMAGE_IMAGE_H */

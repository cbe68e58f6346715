/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Definitions that are changed: words of a config file come, go and get other
 * values; everything else in it stays as it is.
 */
#ifndef COLINUX_CONFEDIT_H
#define COLINUX_CONFEDIT_H

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

#include "common/msg.h"
#include "common/params.h"

/**
 * struct confedit - a config file
 * @path:	its real name
 * @text:	what it is to hold, with a NUL behind it
 * @size:	its bytes
 * @st:		of the file, when it was read
 * @temp:	where it is written, "" if it is not
 */
struct confedit {
	char path[PATH_MAX];
	char *text;
	size_t size;
	struct stat st;
	char temp[PATH_MAX];
};

int confedit_load(struct confedit *e, const char *path, struct err *err);
int confedit_remove(struct confedit *e, const char *name, struct err *err);
int confedit_set(struct confedit *e, const char *name, const char *word,
		 struct err *err);
int confedit_write(struct confedit *e, const char *path, struct params *p,
		   struct err *err);
int confedit_replace(struct confedit *e, struct err *err);
int confedit_place(struct confedit *e, const char *path, struct err *err);
void confedit_end(struct confedit *e);

int confedit_params(const char *path, struct params *p, struct err *err);
bool confedit_disk_equal(const struct disk_param *a, const struct disk_param *b);

#endif /* COLINUX_CONFEDIT_H */

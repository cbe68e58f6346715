/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes words of a config file, and nothing else in it.
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
 * @path:	path, without symbolic links
 * @text:	the new content, with a NUL after it
 * @size:	bytes of @text, without the NUL
 * @st:		attributes of the file when it was read; all 0 for a new file
 * @temp:	path of the temporary file, "" if there is none
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

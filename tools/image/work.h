/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The temporary directory of a command, and the steps in it.
 */
#ifndef IMAGE_WORK_H
#define IMAGE_WORK_H

#include <limits.h>
#include <stdint.h>

#include "run.h"

/* Limit of the name of a file in the temporary directory. */
#define WORK_NAME	32

/**
 * struct work - a temporary directory
 * @dir:	its path, "" if there is none
 * @beside:	the directory that it is in
 */
struct work {
	char dir[PATH_MAX - WORK_NAME];
	char beside[PATH_MAX];
};

/* Why a step failed, from the output of its programs; false if that is unknown. */
typedef bool step_why_fn(void *data, const char *log, struct err *err);

int work_beside(struct work *w, const char *file, struct err *err);
int work_temporary(struct work *w, struct err *err);
const char *work_path(const struct work *w, const char *name, char path[PATH_MAX]);
int work_file(const char *path, int64_t bytes, struct err *err);
int work_place(const struct work *w, const char *out, struct err *err);
uint64_t work_room(const struct work *w);
void work_end(struct work *w);

int step_run(struct run *r, step_why_fn *why, void *data, struct err *err);
bool step_no_room(const struct work *w, const char *log, struct err *err);

#endif /* IMAGE_WORK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs programs: one, or several that are connected by pipes.
 */
#ifndef IMAGE_RUN_H
#define IMAGE_RUN_H

#include <limits.h>
#include <stdint.h>

#include "common/msg.h"
#include "words.h"

/* Most programs that are connected. */
#define RUN_STAGES	3

/**
 * struct run - programs to run
 * @stages:	the arguments of each; the first one without arguments ends the list
 * @in:		input of the first, -1 for none
 * @out:	output of the last, -1 for @text, @sparse or none
 * @error:	standard error of all, -1 for none
 * @keep:	descriptor that the programs inherit, for its lock; 0 for none
 * @text:	gets the output, up to its limit; the programs then lose their output
 * @sparse:	gets the output as a sparse file, up to @limit bytes
 * @line:	is called with each line of the output instead
 * @limit:	limit of @sparse
 * @bytes:	set to the bytes of @sparse
 * @failed:	set to the errno of writing @sparse, EFBIG at its limit
 * @never:	the programs must not be interrupted
 * @wait:	SIGINT comes from the terminal: the programs end by themselves
 * @what:	name of the step; NULL shows no progress
 * @percent:	calculates the part of the step that is done, or NULL
 * @data:	argument of @line and @percent
 * @status:	set to the exit status of each, 128 plus the signal that ended it
 */
struct run {
	struct words stages[RUN_STAGES];
	int in;
	int out;
	int error;
	int keep;
	struct text *text;
	int sparse;
	void (*line)(void *data, const char *line);
	uint64_t limit;
	uint64_t bytes;
	int failed;
	bool never;
	bool wait;
	const char *what;
	int (*percent)(void *data);
	void *data;
	int status[RUN_STAGES];
};

void run_begin(struct run *r);
int run(struct run *r, struct err *err);
int run_write_sparse(int fd, const char *buf, size_t len, uint64_t at);
int run_status(const struct run *r);
void run_end(struct run *r);
int run_adopt(void);
const char *run_path(const char *program, char path[PATH_MAX]);
int run_need(const char *program, const char *package, struct err *err);
int run_memory_file(const char *text);
int run_log(void);
void run_read_log(int fd, struct text *log);

#endif /* IMAGE_RUN_H */

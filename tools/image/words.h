/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments of a program, and text that a program prints.
 */
#ifndef IMAGE_WORDS_H
#define IMAGE_WORDS_H

#include <stddef.h>

/* Most arguments of a program. */
#define WORDS_MAX	256

/**
 * struct words - the arguments of a program
 * @list:	the arguments; NULL ends them
 * @nr:		number of @list
 */
struct words {
	char *list[WORDS_MAX + 1];
	size_t nr;
};

/**
 * struct text - text in memory
 * @text:	the text and a NUL, or NULL if it is empty
 * @len:	bytes of @text
 * @max:	limit of @len
 */
struct text {
	char *text;
	size_t len;
	size_t max;
};

void words_add(struct words *w, ...) __attribute__((sentinel));
__attribute__((format(printf, 2, 3)))
void words_format(struct words *w, const char *fmt, ...);
void words_free(struct words *w);

void text_add(struct text *t, const void *data, size_t len);
const char *text_of(const struct text *t);
__attribute__((format(printf, 2, 3)))
void text_format(struct text *t, const char *fmt, ...);
void text_printable(struct text *t);
void text_free(struct text *t);
char *text_line(char **rest);

#endif /* IMAGE_WORDS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Config files: splits an @FILE into words.
 */
#ifndef MONITOR_CONF_H
#define MONITOR_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "msg.h"

/* Limit of a file's size in bytes. */
#define CONF_MAX	(1 << 20)

/**
 * struct conf - reader of a config file
 * @pos:	next byte
 * @end:	end of the text
 * @line:	line number of @pos, from 1
 * @word_line:	line number of the last word's first byte
 * @word_at:	first byte of the last word in the text; it ends before @pos
 * @word:	the last word without its quotes; the reader owns it
 * @text:	the text converted to UTF-8, NULL if it was not converted; the reader
 *		owns it
 */
struct conf {
	const char *pos;
	const char *end;
	unsigned int line;
	unsigned int word_line;
	const char *word_at;
	char *word;
	char *text;
};

int conf_start(struct conf *c, const char *text, size_t size, struct err *err);
int conf_next(struct conf *c, struct err *err);
void conf_end(struct conf *c);
bool conf_windows_path(const char *path);
void conf_write_word(FILE *out, const char *word);

#endif /* MONITOR_CONF_H */

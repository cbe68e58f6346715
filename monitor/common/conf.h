/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Config files: the words of an @file.
 */
#ifndef MONITOR_CONF_H
#define MONITOR_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "msg.h"

/**
 * struct conf - a config file being read
 * @pos:	next byte
 * @end:	behind the last one
 * @line:	line of @pos, from 1
 * @word_line:	line on which the last word began
 * @word_at:	its first byte; its last one is before @pos
 * @word:	the last word, quotes removed; owned by the reader
 * @text:	all of it in UTF-8, if it came in another charset; owned likewise
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

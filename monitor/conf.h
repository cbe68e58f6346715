/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Config files: the words of an @file.
 */
#ifndef MONITOR_CONF_H
#define MONITOR_CONF_H

#include <stddef.h>

#include "msg.h"

/**
 * struct conf - a config file being read
 * @pos:	next byte
 * @end:	behind the last one
 * @line:	line of @pos, from 1
 * @word_line:	line on which the last word began
 * @word:	the last word, quotes removed; owned by the reader
 */
struct conf {
	const char *pos;
	const char *end;
	unsigned int line;
	unsigned int word_line;
	char *word;
};

int conf_start(struct conf *c, const char *text, size_t size, struct err *err);
int conf_next(struct conf *c, struct err *err);
void conf_end(struct conf *c);

#endif /* MONITOR_CONF_H */

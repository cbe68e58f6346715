// SPDX-License-Identifier: GPL-2.0
/*
 * Config files: from text to words.
 *
 * The grammar is that of the first coLinux, made exact. Words are separated
 * by blanks and newlines. A # where a word could begin starts a comment up to
 * the end of the line. Blanks and # lose their meaning between quotes; ""
 * and '' may stand anywhere in a word and end on the line they began on. Within
 * "" a backslash takes the meaning from a " or a backslash; anywhere else it
 * is an ordinary character, as old files with their backslashes expect.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

/* What editors of Windows begin a text with: a byte order mark in UTF-8. */
static const char mark[] = "\xef\xbb\xbf";

#define MARK_BYTES	(sizeof(mark) - 1)

/**
 * conf_start() - begin to read words
 * @c:		the reader
 * @text:	text of the file; must live as long as @c
 * @size:	its bytes
 * @err:	why not
 *
 * Return: 0 or -1; conf_end() is due in both cases.
 */
int conf_start(struct conf *c, const char *text, size_t size, struct err *err)
{
	*c = (struct conf) {
		.pos = text,
		.end = text + size,
		.line = 1,
		.word_line = 1,
	};
	if (size >= MARK_BYTES && !memcmp(text, mark, MARK_BYTES))
		c->pos += MARK_BYTES;
	/* No word is longer than the text. */
	c->word = malloc(size + 1);
	if (!c->word)
		return err_set(err, "out of memory");
	return 0;
}

/**
 * conf_end() - free a reader
 * @c:		the reader
 */
void conf_end(struct conf *c)
{
	free(c->word);
	c->word = NULL;
}

static void skip_to_word(struct conf *c)
{
	while (c->pos < c->end) {
		if (*c->pos == '#') {
			while (c->pos < c->end && *c->pos != '\n')
				c->pos++;
		} else if (*c->pos == '\n') {
			c->line++;
			c->pos++;
		} else if (isspace((unsigned char)*c->pos)) {
			c->pos++;
		} else {
			break;
		}
	}
}

static bool escapes(const struct conf *c, char quote)
{
	return quote == '"' && *c->pos == '\\' && c->pos + 1 < c->end &&
	       (c->pos[1] == '"' || c->pos[1] == '\\');
}

/**
 * conf_next() - read the next word
 * @c:		the reader
 * @err:	what is wrong with it; the caller adds file and line
 *
 * Return: 1 with a word in @c->word, 0 at the end, -1 on an error.
 */
int conf_next(struct conf *c, struct err *err)
{
	char *out = c->word;
	char quote = 0;

	skip_to_word(c);
	c->word_line = c->line;
	if (c->pos == c->end)
		return 0;

	for (; c->pos < c->end; c->pos++) {
		if (!*c->pos)
			return err_set(err, "a NUL byte: not a text file");
		if (quote ? *c->pos == '\n' : isspace((unsigned char)*c->pos))
			break;
		if (quote && *c->pos == quote) {
			quote = 0;
		} else if (!quote && (*c->pos == '"' || *c->pos == '\'')) {
			quote = *c->pos;
		} else {
			if (escapes(c, quote))
				c->pos++;
			*out++ = *c->pos;
		}
	}
	if (quote)
		return err_set(err, "a %c is not closed on its line", quote);
	*out = '\0';
	return 1;
}

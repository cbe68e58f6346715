// SPDX-License-Identifier: GPL-2.0
/*
 * Config files: from text to words, for params.c.
 *
 * The grammar is that of the first coLinux, made exact:
 *
 * - Whitespace separates words.
 * - A # at the beginning of a word starts a comment, up to the end of the line.
 * - Between quotes, whitespace and # are ordinary characters. Quotes are "" or '', may
 *   be anywhere in a word, and must end on the line on which they begin.
 * - Between "" a backslash escapes a " or a backslash. Anywhere else it is an ordinary
 *   character, because old files have paths with backslashes.
 * - A backslash is also an ordinary character between quotes that begin with a Windows
 *   path, as "C:\", and before the last " of a line.
 */
#include <ctype.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

/* Byte order marks, which Windows editors write at the beginning of a text. */
static const struct mark {
	const char *bytes;
	size_t len;
	const char *charset;	/* NULL for UTF-8 */
} marks[] = {
	{ "\xef\xbb\xbf", 3, NULL },
	{ "\xff\xfe", 2, "UCS-2LE" },
	{ "\xfe\xff", 2, "UCS-2BE" },
};

#define NR_MARKS	(sizeof(marks) / sizeof(marks[0]))

/* A character of UCS-2 takes up to three bytes in UTF-8. */
#define UTF8_MAX(bytes)	((bytes) / 2 * 3)

/*
 * Convert @text from @charset and make @c read the result. For UCS-2 the C library needs
 * no module of its own.
 */
static int conf_convert(struct conf *c, const char *text, size_t size,
			const char *charset, struct err *err)
{
	iconv_t from = iconv_open("UTF-8", charset);
	size_t room = UTF8_MAX(size), bad;
	char *in = (char *)text, *out;

	if (from == (iconv_t)-1)
		return err_set(err, "a text in UTF-16: save it as UTF-8");
	c->text = malloc(room + 1);
	if (!c->text) {
		iconv_close(from);
		return err_set(err, "out of memory");
	}
	out = c->text;
	bad = iconv(from, &in, &size, &out, &room);
	iconv_close(from);
	if (bad == (size_t)-1)
		return err_set(err, "begins like UTF-16, and is not: save it as UTF-8");
	c->pos = c->text;
	c->end = out;
	return 0;
}

/* Early versions of the first coLinux used XML. No word begins with "<". */
static bool is_xml(const struct conf *c)
{
	const char *s = c->pos;

	while (s < c->end && isspace((unsigned char)*s))
		s++;
	return s < c->end && *s == '<';
}

/**
 * conf_start() - begin to read words
 * @c:		the reader
 * @text:	text of the file; must live as long as @c
 * @size:	its bytes
 * @err:	reason for the failure
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
	for (size_t i = 0; i < NR_MARKS; i++) {
		const struct mark *m = &marks[i];

		if (size < m->len || memcmp(text, m->bytes, m->len))
			continue;
		c->pos += m->len;
		if (m->charset && conf_convert(c, c->pos, size - m->len, m->charset, err))
			return -1;
		break;
	}
	if (is_xml(c))
		return err_set(err, "XML, of the first versions of coLinux: let 'colinux convert' make a config file of it");
	/* No word is longer than the text. */
	c->word = malloc(c->end - c->pos + 1);
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
	free(c->text);
	c->word = NULL;
	c->text = NULL;
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

/**
 * conf_windows_path() - is it a path like c:\file or \Device\Harddisk0\Partition1?
 * @path:	the path; only its first three characters are read
 */
bool conf_windows_path(const char *path)
{
	return *path == '\\' ||
	       (isalpha((unsigned char)path[0]) && path[1] == ':' &&
		(path[2] == '\\' || path[2] == '/'));
}

/*
 * Does a Windows path begin at @s? \" and \\ do not count: they are escapes. @s may be
 * the end of the text.
 */
static bool windows_path_at(const char *s, const char *end)
{
	char start[4] = "";

	memcpy(start, s, end - s < 3 ? (size_t)(end - s) : 3);
	return conf_windows_path(start) &&
	       isalpha((unsigned char)start[*start == '\\']);
}

/* Is there no other " before the end of the line? */
static bool last_quote(const struct conf *c, const char *quote)
{
	const char *s = quote + 1;

	while (s < c->end && *s != '\n' && *s != '"')
		s++;
	return s == c->end || *s == '\n';
}

/* Is the character at @c->pos a backslash that escapes the next one? */
static bool escapes(const struct conf *c, char quote, bool windows)
{
	const char *next = c->pos + 1;

	if (quote != '"' || windows || *c->pos != '\\' || next == c->end)
		return false;
	return *next == '\\' || (*next == '"' && !last_quote(c, next));
}

/**
 * conf_next() - read the next word
 * @c:		the reader
 * @err:	the error in the word; the caller adds file and line
 *
 * Return: 1 with a word in @c->word, 0 at the end, -1 on an error.
 */
int conf_next(struct conf *c, struct err *err)
{
	char *out = c->word;
	bool windows = false;
	char quote = 0;

	skip_to_word(c);
	c->word_line = c->line;
	c->word_at = c->pos;
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
			windows = windows_path_at(c->pos + 1, c->end);
		} else {
			if (escapes(c, quote, windows))
				c->pos++;
			*out++ = *c->pos;
		}
	}
	if (quote)
		return err_set(err, "a %c is not closed on its line", quote);
	*out = '\0';
	return 1;
}

/* Can the word be written without quotes? */
static bool is_plain(const char *word)
{
	if (!*word || *word == '#')
		return false;
	for (; *word; word++)
		if (isspace((unsigned char)*word) || *word == '"' ||
		    *word == '\'')
			return false;
	return true;
}

/**
 * conf_write_word() - write a word or a value so that conf_next() reads the same
 * @out:	the output
 * @word:	the word, without newlines
 */
void conf_write_word(FILE *out, const char *word)
{
	bool windows = windows_path_at(word, word + strlen(word));

	if (is_plain(word)) {
		fputs(word, out);
		return;
	}
	fputc('"', out);
	for (; *word; word++) {
		if (!windows && (*word == '"' || *word == '\\'))
			fputc('\\', out);
		fputc(*word, out);
	}
	fputc('"', out);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of a program, and text that a program prints. Without memory the
 * process ends; it has no state that a cleanup could save by then.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "say.h"
#include "words.h"

static void *or_end(void *memory)
{
	if (memory)
		return memory;
	complain("out of memory");
	abort();
}

static void add_owned(struct words *w, char *word)
{
	or_end(word);
	if (w->nr == WORDS_MAX) {
		complain("%s: more than %d arguments", w->list[0], WORDS_MAX);
		abort();
	}
	w->list[w->nr++] = word;
	w->list[w->nr] = NULL;
}

/**
 * words_add() - add arguments
 * @w:		the arguments
 * @...:	strings, which are copied, and NULL
 */
void words_add(struct words *w, ...)
{
	const char *word;
	va_list ap;

	va_start(ap, w);
	while ((word = va_arg(ap, const char *)))
		add_owned(w, strdup(word));
	va_end(ap);
}

/**
 * words_format() - add one argument
 * @w:		the arguments
 * @fmt:	a format for printf()
 */
void words_format(struct words *w, const char *fmt, ...)
{
	char *word = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&word, fmt, ap) < 0)
		word = NULL;
	va_end(ap);
	add_owned(w, word);
}

/**
 * words_free() - free the arguments
 * @w:		the arguments; then empty
 */
void words_free(struct words *w)
{
	for (size_t i = 0; i < w->nr; i++)
		free(w->list[i]);
	w->nr = 0;
	w->list[0] = NULL;
}

/**
 * text_add() - add to a text
 * @t:		the text
 * @data:	bytes to add; NULs are left out, and what is beyond the limit
 * @len:	number of @data
 */
void text_add(struct text *t, const void *data, size_t len)
{
	const char *from = data;

	t->text = or_end(realloc(t->text, t->len + len + 1));
	for (size_t i = 0; i < len && t->len < t->max; i++)
		if (from[i])
			t->text[t->len++] = from[i];
	t->text[t->len] = '\0';
}

/**
 * text_format() - add formatted text
 * @t:		the text
 * @fmt:	a format for printf()
 */
void text_format(struct text *t, const char *fmt, ...)
{
	char *add = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&add, fmt, ap);
	va_end(ap);
	or_end(len < 0 ? NULL : add);
	text_add(t, add, len);
	free(add);
}

/**
 * text_of() - get the text as a string
 * @t:		the text
 *
 * Return: the string, which belongs to @t.
 */
const char *text_of(const struct text *t)
{
	return t->text ? t->text : "";
}

/**
 * text_printable() - remove all bytes that are not printable ASCII
 * @t:		the text
 */
void text_printable(struct text *t)
{
	size_t len = 0;

	for (size_t i = 0; i < t->len; i++)
		if (t->text[i] >= ' ' && t->text[i] < 0x7f)
			t->text[len++] = t->text[i];
	t->len = len;
	if (t->text)
		t->text[len] = '\0';
}

/**
 * text_free() - free a text
 * @t:		the text; then empty
 */
void text_free(struct text *t)
{
	free(t->text);
	t->text = NULL;
	t->len = 0;
}

/**
 * text_line() - take the next line
 * @rest:	the remainder of the text, which is changed; NULL at its end
 *
 * Return: the line without its newline, or NULL at the end.
 */
char *text_line(char **rest)
{
	char *line = *rest, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	*rest = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return line;
}

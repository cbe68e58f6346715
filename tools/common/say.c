// SPDX-License-Identifier: GPL-2.0
/*
 * What the tools say to their users: errors and notes on standard error, JSON on
 * standard output.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "progress.h"
#include "say.h"

static void say_line(const char *before, const char *fmt, va_list ap)
{
	char text[2 * PATH_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	/* A name may have newlines and control sequences for the terminal. */
	for (char *s = text; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
	progress_end();
	fprintf(stderr, "%s%s%s\n", before, *before == ' ' ? "" : ": ", text);
}

/**
 * complain() - print an error to standard error
 * @fmt:	one line without the newline, a format for printf()
 */
void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line(this_program.name, fmt, ap);
	va_end(ap);
}

/**
 * say_note() - print what the program does, or has found
 * @fmt:	one line without the newline, a format for printf()
 *
 * To standard error, as standard output is for results.
 */
void say_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_line("  ", fmt, ap);
	va_end(ap);
}

/**
 * usage() - print an error in the command line
 * @a:		the command line
 * @fmt:	the error, a format for printf()
 *
 * Return: the status to end with.
 */
enum status usage(const struct args *a, const char *fmt, ...)
{
	const char *name = a->command ? a->command->name :
			   a->group ? a->words[0] : "";
	struct err err;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, ap);
	va_end(ap);
	if (a->command)
		err_prefix(&err, "%s: ", name);
	complain("%s: see %s %s%s--help", err.text, this_program.name, name,
		 *name ? " " : "");
	return this_program.wrong;
}

/**
 * print_json() - print an object as JSON
 * @object:	the object
 */
void print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY));
}

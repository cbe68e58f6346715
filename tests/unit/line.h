/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines as text, for tests of the tools' arguments.
 */
#ifndef TESTS_LINE_H
#define TESTS_LINE_H

#include <string.h>

#include "args.h"

/* Parses a line of words separated by spaces. */
static inline int line_parse(struct args *a, const char *line, struct err *err)
{
	static char copy[256];
	static char *argv[32];
	int argc = 0;

	strcpy(copy, line);
	for (char *s = strtok(copy, " "); s; s = strtok(NULL, " "))
		argv[argc++] = s;
	argv[argc] = NULL;
	err->text[0] = '\0';
	return args_parse(a, argc, argv, err);
}

#endif /* TESTS_LINE_H */

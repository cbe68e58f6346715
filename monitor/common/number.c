// SPDX-License-Identifier: GPL-2.0
/*
 * Parsing of decimal numbers. Only digits are accepted, without the spaces and signs
 * that strtoul() accepts.
 */
#include <ctype.h>

#include "number.h"

/**
 * number_parse() - parse a number at the beginning of a text
 * @text:	the text; on success it then points behind the number
 * @max:	the largest valid number
 * @n:		filled in: the number
 *
 * Return: 0 or -1.
 */
int number_parse(const char **text, unsigned long max, unsigned long *n)
{
	const char *s = *text;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (*n = 0; isdigit((unsigned char)*s); s++) {
		unsigned long digit = *s - '0';

		if (digit > max || *n > (max - digit) / 10)
			return -1;
		*n = *n * 10 + digit;
	}
	*text = s;
	return 0;
}

/**
 * number_whole() - parse a text that is a number and nothing else
 * @text:	the text
 * @max:	the largest valid number
 * @n:		filled in: the number
 *
 * Return: 0 or -1.
 */
int number_whole(const char *text, unsigned int max, unsigned int *n)
{
	unsigned long value;

	if (number_parse(&text, max, &value) || *text)
		return -1;
	*n = value;
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Decimal numbers: digits alone. What strtoul() takes beyond that, spaces and signs,
 * is no number here.
 */
#include <ctype.h>

#include "number.h"

/**
 * number_parse() - read a number
 * @text:	its first digit; what is behind its last one on success
 * @max:	the largest there may be
 * @n:		the number
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
 * number_whole() - read a text that is a number and nothing else
 * @text:	all of it
 * @max:	the largest there may be
 * @n:		the number
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

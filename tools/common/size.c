// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes of disks, as users write and read them: "512M", "10G".
 */
#include <stdio.h>
#include <string.h>

#include "common/number.h"
#include "size.h"

static const char size_units[] = "KMGT";

/**
 * size_parse() - parse a size
 * @text:	a number of bytes, or of K, M, G or T
 * @bytes:	filled in: the size, at least 1
 *
 * Return: 0 or -1.
 */
int size_parse(const char *text, int64_t *bytes)
{
	const char *unit;
	unsigned long n;

	if (number_parse(&text, INT64_MAX, &n) || !n)
		return -1;
	if (*text) {
		unit = strchr(size_units, *text);
		if (!unit || text[1] ||
		    n > (unsigned long)INT64_MAX >> 10 * (unit - size_units + 1))
			return -1;
		n <<= 10 * (unit - size_units + 1);
	}
	*bytes = n;
	return 0;
}

/**
 * size_format() - format a size for people
 * @bytes:	the size in bytes
 * @buf:	buffer for the text
 * @size:	bytes of @buf
 *
 * Return: @buf.
 */
const char *size_format(int64_t bytes, char *buf, size_t size)
{
	double value = bytes / 1024.0;
	unsigned int unit = 0;

	while (value >= 1024 && size_units[unit + 1]) {
		value /= 1024;
		unit++;
	}
	snprintf(buf, size, value < 10 && value != (int)value ? "%.1f%c" : "%.0f%c",
		 value, size_units[unit]);
	return buf;
}

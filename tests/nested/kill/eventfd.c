// SPDX-License-Identifier: GPL-2.0
/*
 * eventfd: print the ID of a new eventfd. The kernel gives out the lowest ID that
 * is free: a greater one than before shows that an eventfd is left.
 */
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

int main(void)
{
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", eventfd(0, 0));
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "eventfd-id: ", 12))
			return fputs(line + 12, stdout) < 0;
	return 1;
}

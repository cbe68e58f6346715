// SPDX-License-Identifier: GPL-2.0
/*
 * keepfd PROCESS PATH: hold a file open that PROCESS has open under the name
 * PATH, as a child of it would. Prints "kept" when it does, and ends at the end
 * of its input.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Return: the file descriptor that @process has for @path, or -1. */
static int find(const char *process, const char *path)
{
	char name[320], target[256];
	struct dirent *entry;
	ssize_t len;
	int fd = -1;
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%s/fd", process);
	dir = opendir(name);
	while (dir && fd < 0 && (entry = readdir(dir))) {
		snprintf(name, sizeof(name), "/proc/%s/fd/%s", process,
			 entry->d_name);
		len = readlink(name, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		if (!strcmp(target, path))
			fd = atoi(entry->d_name);
	}
	if (dir)
		closedir(dir);
	return fd;
}

int main(int argc, char **argv)
{
	int process, fd;

	if (argc != 3)
		return 2;
	process = syscall(SYS_pidfd_open, atoi(argv[1]), 0);
	fd = find(argv[1], argv[2]);
	if (process < 0 || fd < 0 ||
	    syscall(SYS_pidfd_getfd, process, fd, 0) < 0) {
		perror("keepfd");
		return 1;
	}
	close(process);
	puts("kept");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}

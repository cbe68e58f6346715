// SPDX-License-Identifier: GPL-2.0
/*
 * Which guests there are: the sockets in the folder of running guests. One
 * that nobody answers at was left by a crash.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "rundir.h"

static int is_socket(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t n = sizeof(RUNDIR_SOCKET) - 1;

	return len > n && entry->d_name[0] != '.' &&
	       !strcmp(entry->d_name + len - n, RUNDIR_SOCKET);
}

/**
 * guests_free() - free a list
 * @names:	from guests_list()
 * @nr:		their number
 */
void guests_free(char **names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

/**
 * guests_list() - the names of all guests, in their order
 * @nr:		their number
 * @err:	why there is no list
 *
 * Return: the list, for guests_free(), or NULL.
 */
char **guests_list(size_t *nr, struct err *err)
{
	char folder[RUNDIR_PATH_MAX];
	struct dirent **entries = NULL;
	char **names;
	int n;

	*nr = 0;
	if (rundir_folder(folder, sizeof(folder), err))
		return NULL;
	n = scandir(folder, &entries, is_socket, alphasort);
	if (n < 0 && errno != ENOENT) {
		err_format(err, "%s: %s", folder, strerror(errno));
		return NULL;
	}
	names = calloc(n > 0 ? n : 1, sizeof(*names));
	for (int i = 0; i < n; i++) {
		char *name = entries[i]->d_name;

		name[strlen(name) + 1 - sizeof(RUNDIR_SOCKET)] = '\0';
		if (names)
			names[*nr] = strdup(name);
		if (names && names[*nr])
			(*nr)++;
		free(entries[i]);
	}
	free(entries);
	if (!names)
		err_format(err, "out of memory");
	return names;
}

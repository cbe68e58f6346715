// SPDX-License-Identifier: GPL-2.0
/*
 * Running guests: lists the sockets in their directory. A crash can leave a socket that
 * refuses connections.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/rundir.h"

/**
 * guests_free() - free a list of names
 * @names:	the list, from guests_list(), defs_list() or names_list()
 * @nr:		number of names
 */
void guests_free(char **names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

/* Returns the name in a directory entry, with its length in @len; or NULL. */
static const char *name_in(const struct dirent *entry, const char *suffix,
			   size_t *len)
{
	size_t all = strlen(entry->d_name), n = strlen(suffix);

	if (all <= n || entry->d_name[0] == '.' ||
	    strcmp(entry->d_name + all - n, suffix))
		return NULL;
	*len = all - n;
	return entry->d_name;
}

/**
 * names_list() - list the names of a directory's files, without their suffix
 * @dir:	the directory; the list is empty if it does not exist
 * @suffix:	the suffix; other files are not listed
 * @nr:		number of names
 * @err:	the error
 *
 * Return: the sorted list, for guests_free(), or NULL.
 */
char **names_list(const char *dir, const char *suffix, size_t *nr,
		  struct err *err)
{
	struct dirent **entries = NULL;
	char **names;
	int n;

	*nr = 0;
	n = scandir(dir, &entries, NULL, alphasort);
	if (n < 0 && errno != ENOENT) {
		err_format(err, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	names = calloc(n > 0 ? n : 1, sizeof(*names));
	for (int i = 0; i < n; i++) {
		size_t len;
		const char *name = name_in(entries[i], suffix, &len);

		if (names && name)
			names[*nr] = strndup(name, len);
		if (names && names[*nr])
			(*nr)++;
		free(entries[i]);
	}
	free(entries);
	if (!names)
		err_format(err, "out of memory");
	return names;
}

/**
 * guests_list() - list the names of all running guests, sorted
 * @nr:		number of names
 * @err:	the error
 *
 * Return: the list, for guests_free(), or NULL.
 */
char **guests_list(size_t *nr, struct err *err)
{
	char dir[RUNDIR_PATH_MAX];

	*nr = 0;
	return rundir_directory(dir, sizeof(dir), err) ? NULL :
	       names_list(dir, RUNDIR_SOCKET, nr, err);
}

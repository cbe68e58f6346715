// SPDX-License-Identifier: GPL-2.0
/*
 * Names in the directory of running guests. colinux-run makes the files there, and
 * colinux finds them. Apart from the protocol (docs/control.md), the two programs need
 * not agree on anything else.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "number.h"
#include "rundir.h"

/**
 * rundir_directory() - path of the directory of running guests
 * @buf:	filled in
 * @size:	its bytes
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int rundir_directory(char *buf, size_t size, struct err *err)
{
	const char *dir = getenv(RUNDIR_ENV), *suffix = "";
	int len;

	if (!dir || !*dir) {
		suffix = "/colinux";
		dir = geteuid() ? getenv("XDG_RUNTIME_DIR") : "/run";
	}
	if (!dir || *dir != '/')
		return err_set(err, "no directory for running guests: set XDG_RUNTIME_DIR or " RUNDIR_ENV " to one");
	len = snprintf(buf, size, "%s%s", dir, suffix);
	if (len < 0 || (size_t)len >= size)
		return err_set(err, "%s: too long for the directory of running guests: set " RUNDIR_ENV " to a shorter one",
			       dir);
	return 0;
}

/**
 * rundir_name_ok() - can a guest have this name?
 * @name:	the name
 *
 * Return: true if it can; it is then also safe as a file name.
 */
bool rundir_name_ok(const char *name)
{
	return *name && *name != '.' && *name != '-' &&
	       !name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")];
}

/**
 * rundir_path() - path of a file of a guest
 * @buf:	filled in
 * @size:	its bytes
 * @name:	the guest's name
 * @suffix:	RUNDIR_SOCKET, RUNDIR_LOCK or RUNDIR_JAIL
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int rundir_path(char *buf, size_t size, const char *name, const char *suffix,
		struct err *err)
{
	char dir[RUNDIR_PATH_MAX];
	int len;

	if (!rundir_name_ok(name))
		return err_set(err, "%s: not a guest's name: see 'colinux ls'",
			       name);
	if (rundir_directory(dir, sizeof(dir), err))
		return -1;
	len = snprintf(buf, size, "%s/%s%s", dir, name, suffix);
	if (len < 0 || (size_t)len >= size)
		return err_set(err, "%s/%s%s: longer than %zu bytes: give a shorter --name",
			       dir, name, suffix, size - 1);
	return 0;
}

/**
 * rundir_lock() - lock a guest's name
 * @path:	path of the lock file
 *
 * The owner removes the file before it closes the descriptor.
 *
 * Return: the descriptor of the lock file, or -1 with errno; EWOULDBLOCK if another
 * process has the lock.
 */
int rundir_lock(const char *path)
{
	return file_lock(path, O_RDWR | O_NOFOLLOW, 0600);
}

/**
 * rundir_pid() - the process that has locked a guest's name
 * @path:	path of the lock
 *
 * Return: its PID, 0 if the lock does not say.
 */
pid_t rundir_pid(const char *path)
{
	char text[16];
	const char *s = text;
	unsigned long pid;

	file_read_text(AT_FDCWD, path, text, sizeof(text));
	return number_parse(&s, INT_MAX, &pid) ? 0 : (pid_t)pid;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The host's loop devices, for image.c. An image behind a loop device may be mounted,
 * without any lock on it.
 *
 * This reads sysfs, because ordinary users cannot open the devices. sysfs has the path
 * of a device's file. If the file was removed, or is visible in another mount namespace
 * only, the path leads nowhere and the device is not noticed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "hostloop.h"

static const char *sys_block = "/sys/block";

/* Read the first line of an attribute, "" if there is no such attribute. */
static void read_attribute(int dir, const char *name, char *text, size_t size)
{
	file_read_text(dir, name, text, size);
	text[strcspn(text, "\n")] = '\0';
}

static bool is_set(int dir, const char *name)
{
	char text[8];

	read_attribute(dir, name, text, sizeof(text));
	return !strcmp(text, "1");
}

static bool shows(int dir, const struct stat *st)
{
	char path[PATH_MAX];

	read_attribute(dir, "loop/backing_file", path, sizeof(path));
	return *path && file_is_at(path, st);
}

static int check_device(const char *path, const struct stat *st, bool ro,
			int dir, const char *name, struct err *err)
{
	if (!shows(dir, st) || (ro && is_set(dir, "ro")))
		return 0;
	if (is_set(dir, "loop/autoclear"))
		return err_set(err, "%s: in use by the host as /dev/%s: unmount it first: umount /dev/%s",
			       path, name, name);
	return err_set(err, "%s: in use by the host as /dev/%s: unmount what is on it, then: losetup -d /dev/%s",
		       path, name, name);
}

/**
 * hostloop_check() - refuse a file that a loop device of the host uses
 * @path:	its name, for messages
 * @st:		its stat()
 * @ro:		true if the guest only reads: then read-only devices do not matter
 * @err:	the device that uses it
 *
 * Return: 0 or -1.
 */
int hostloop_check(const char *path, const struct stat *st, bool ro,
		   struct err *err)
{
	DIR *block = opendir(sys_block);
	struct dirent *entry;
	int ret = 0;

	/* Without sysfs, nothing is known and nothing refused. */
	if (!block)
		return 0;
	while (!ret && (entry = readdir(block))) {
		int dir;

		if (strncmp(entry->d_name, "loop", 4))
			continue;
		dir = openat(dirfd(block), entry->d_name,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		ret = check_device(path, st, ro, dir, entry->d_name, err);
		close(dir);
	}
	closedir(block);
	return ret;
}

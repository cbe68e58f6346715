// SPDX-License-Identifier: GPL-2.0
/*
 * Checks, for ppram.c, that the monitor's control group has room for the guest's
 * memory.
 *
 * Without room, the kernel's OOM killer ends the largest process of the group when the
 * memory is touched, perhaps another guest's monitor. So an obvious lack is reported
 * before that. The check knows version 2 of control groups only: with version 1, or if the
 * files cannot be read, nothing is refused.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup.h"

#define MIB	(1ULL << 20)

/* Beginning of the line of version 2, which has one hierarchy only. */
#define PREFIX	"0::"

/* Read the path of the monitor's group, which begins with "/". Return: 0 or -1. */
static int own_group(const char *self, char *path, size_t size)
{
	size_t prefix = strlen(PREFIX);
	int ret = -1, len;
	char line[PATH_MAX];
	FILE *f;

	f = fopen(self, "re");
	if (!f)
		return -1;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, PREFIX "/", prefix + 1))
			continue;
		line[strcspn(line, "\n")] = '\0';
		len = snprintf(path, size, "%s", line + prefix);
		if (len > 0 && (size_t)len < size)
			ret = 0;
	}
	fclose(f);
	return ret;
}

/*
 * Read a number from a file of a group, from the line that begins with @key.
 * Return: 0 or -1, also if it is not a number, such as "max".
 */
static int read_number(const char *dir, const char *file, const char *key,
		       uint64_t *value)
{
	char path[3 * PATH_MAX], line[128], *end;
	size_t len = strlen(key);
	int ret = -1;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len))
			continue;
		*value = strtoull(line + len, &end, 10);
		if (end > line + len && *end == '\n')
			ret = 0;
	}
	fclose(f);
	return ret;
}

/* Compare with anonymous memory only: the kernel can reclaim the page cache. */
static int check_group(const char *dir, uint64_t size, struct err *err)
{
	uint64_t max, used;

	if (read_number(dir, "memory.max", "", &max))
		return 0;
	if (read_number(dir, "memory.stat", "anon ", &used))
		used = 0;
	if (used <= max && size <= max - used)
		return 0;
	return err_set(err, "mem=%llu: the control group may have %llu MiB, of which %llu are in use (%s/memory.max): give less mem=, or the group more (MemoryMax=)",
		       (unsigned long long)(size / MIB),
		       (unsigned long long)(max / MIB),
		       (unsigned long long)(used / MIB), dir);
}

/**
 * cgroup_check() - may the monitor's control group have that much more memory?
 * @self:	CGROUP_SELF, or a file in this format
 * @mount:	CGROUP_MOUNT, or a directory in this format
 * @size:	bytes
 * @err:	the group without room: the monitor's, or one of its ancestors
 *
 * Return: 0, or -1 if not.
 */
int cgroup_check(const char *self, const char *mount, uint64_t size,
		 struct err *err)
{
	char path[PATH_MAX], dir[2 * PATH_MAX], *end;

	if (own_group(self, path, sizeof(path)))
		return 0;
	/* From the group itself to the root. */
	for (;;) {
		snprintf(dir, sizeof(dir), "%s%s", mount, path);
		if (check_group(dir, size, err))
			return -1;
		end = strrchr(path, '/');
		if (!end)
			return 0;
		*end = '\0';
	}
}

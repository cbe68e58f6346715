// SPDX-License-Identifier: GPL-2.0
/*
 * Archives: a tar with a root file system, and an OVA, which is a tar with disks. Both
 * are untrusted: tar lists them in the jail.
 */
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "image.h"
#include "jail.h"

/* Bytes of an archive from which it is recognized. */
#define BEGIN		"1048576"

/* Bytes of a list of names that are read. */
#define LIST_MAX	(4 << 20)

/* Lists the archive, or only what begins in its first MiB. */
static int list_archive(const struct work *work, const char *file, bool begin,
			struct text *names, struct err *err)
{
	struct run r;
	int ret = -1, i;

	run_begin(&r);
	r.text = names;
	i = packer_words(&r, work, file, err);
	if (i < 0)
		goto out;
	if (begin)
		words_add(&r.stages[i++], "head", "-c", BEGIN, NULL);
	if (jail_words(&r.stages[i], work, NULL, NULL, "tar", err))
		goto out;
	words_add(&r.stages[i], "-tf", "-", NULL);
	ret = run(&r, err);

out:
	if (r.in >= 0)
		close(r.in);
	run_end(&r);
	return ret;
}

/**
 * archive_ends_with() - does a name have this end?
 * @name:	the name
 * @suffix:	the end, in any case
 */
bool archive_ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), n = strlen(suffix);

	return len >= n && !strcasecmp(name + len - n, suffix);
}

/**
 * archive_is_part() - is this name in an archive that of an OVA's disk?
 * @name:	the name, which is untrusted: odd ones are none
 */
bool archive_is_part(const char *name)
{
	static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._ /+()-";

	return archive_ends_with(name, ".vmdk") && strlen(name) > 5 &&
	       !name[strspn(name, usual)];
}

/**
 * archive_is_tar() - is a file a tar, compressed or not?
 * @work:	the temporary directory
 * @file:	the file
 * @is:		filled in
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int archive_is_tar(const struct work *work, const char *file, bool *is,
		   struct err *err)
{
	struct text names = { .max = 1 };
	int ret = list_archive(work, file, true, &names, err);

	*is = names.len;
	text_free(&names);
	return ret;
}

/**
 * archive_is_ova() - is a file an OVA, compressed or not?
 * @work:	the temporary directory
 * @file:	the file
 * @is:		filled in
 * @err:	filled in
 *
 * The description is the first file of an OVA.
 *
 * Return: 0 or -1.
 */
int archive_is_ova(const struct work *work, const char *file, bool *is,
		   struct err *err)
{
	struct text names = { .max = 4096 };
	int ret = list_archive(work, file, true, &names, err);
	char *rest = names.text, *first = text_line(&rest);

	*is = first && archive_ends_with(first, ".ovf");
	text_free(&names);
	return ret;
}

/**
 * archive_disk() - find the only disk in an OVA
 * @work:	the temporary directory
 * @ova:	the OVA
 * @disk:	gets the name of the disk
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int archive_disk(const struct work *work, const char *ova, struct text *disk,
		 struct err *err)
{
	struct text names = { .max = LIST_MAX };
	unsigned int nr = 0;
	char *rest, *name;
	int ret = list_archive(work, ova, false, &names, err);

	rest = names.text;
	while ((name = text_line(&rest)))
		if (archive_is_part(name) && !nr++)
			text_format(disk, "%s", name);
	text_free(&names);
	if (ret)
		return -1;
	if (!nr)
		return err_set(err, "%s: an OVA without a disk (vmdk) in it", ova);
	if (nr > 1)
		return err_set(err, "%s: an OVA with %u disks: unpack it with tar, and import one: --format vmdk %s",
			       ova, nr, text_of(disk));
	return 0;
}

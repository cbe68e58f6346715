// SPDX-License-Identifier: GPL-2.0
/*
 * The partition of a disk that has the root file system.
 */
#include <stdio.h>
#include <string.h>

#include "common/number.h"
#include "image.h"
#include "jail.h"

#define SECTOR		512

/* More partitions than a disk of a system has. */
#define PARTITIONS_MAX	128

/**
 * struct partition - a partition
 * @range:	its place
 * @number:	its number
 * @kind:	the file system in it, as blkid names it
 * @root:	true if it may be the root
 */
struct partition {
	struct range range;
	unsigned int number;
	char kind[64];
	bool root;
};

static bool is_ext(const char *kind)
{
	return !strncmp(kind, "ext", 3) && strchr("234", kind[3]) && kind[3] && !kind[4];
}

/* File systems that a root may be in, but that cannot be imported. */
static bool is_other(const char *kind)
{
	static const char *const others[] = {
		"xfs", "btrfs", "LVM2_member", "crypto_LUKS", "linux_raid_member",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(kind, others[i]))
			return true;
	return false;
}

/**
 * partition_taken() - check that a file system can be imported as the root
 * @kind:	the file system, as blkid names it
 * @what:	where it is
 * @err:	the reason, and the remedy
 *
 * Return: 0 or -1.
 */
int partition_taken(const char *kind, const char *what, struct err *err)
{
	if (is_ext(kind))
		return 0;
	if (!*kind)
		return err_set(err, "%s: no known file system", what);
	if (!strcmp(kind, "LVM2_member"))
		return err_set(err, "%s: a volume of LVM: activate it on a host (vgchange -ay), and import the root's logical volume, /dev/VG/LV",
			       what);
	if (!strcmp(kind, "crypto_LUKS"))
		return err_set(err, "%s: encrypted (LUKS): open it on a host (cryptsetup open), and import /dev/mapper/NAME",
			       what);
	if (!strcmp(kind, "linux_raid_member"))
		return err_set(err, "%s: a part of a RAID: assemble it on a host (mdadm --assemble), and import /dev/mdN",
			       what);
	return err_set(err, "%s: holds %s: only ext2, ext3 and ext4 can be imported: mount it on a host that supports it, and import the directory",
		       what, kind);
}

/* Parses the number of a partition, its first sector and its sectors. */
static int parse_partition(const char *line, struct partition *p)
{
	static const unsigned long max[3] = {
		UINT_MAX, INT64_MAX / SECTOR, INT64_MAX / SECTOR,
	};
	unsigned long n[3];

	for (int i = 0; i < 3; i++) {
		line += strspn(line, " ");
		if (number_parse(&line, max[i], &n[i]))
			return -1;
	}
	*p = (struct partition) {
		.number = n[0], .range = { n[1] * SECTOR, n[2] * SECTOR },
	};
	return 0;
}

static int list_partitions(const struct work *work, const char *disk,
			   struct partition *list, size_t *nr, struct err *err)
{
	struct text text = { .max = 65536 };
	char *line, *rest;
	struct run r;
	int ret;

	*nr = 0;
	run_begin(&r);
	r.text = &text;
	ret = jail_words(&r.stages[0], work, disk, NULL, "partx", err);
	if (!ret) {
		words_add(&r.stages[0], "-g", "-b", "-o", "NR,START,SECTORS", "/source",
			  NULL);
		ret = run(&r, err);
	}
	run_end(&r);
	rest = text.text;
	while (!ret && *nr < PARTITIONS_MAX && (line = text_line(&rest))) {
		struct partition *p = &list[*nr];

		if (!parse_partition(line, p))
			(*nr)++;
	}
	text_free(&text);
	return ret;
}

static int look_at(const struct work *work, const char *disk, const char *name,
		   const char *wanted, struct partition *p, struct err *err)
{
	struct text kind = { .max = 0 };
	char size[32], number[16], what[PATH_MAX + 32];
	int ret = jail_look(work, disk, "TYPE", p->range.start, &kind, err);

	snprintf(p->kind, sizeof(p->kind), "%s", text_of(&kind));
	text_free(&kind);
	if (ret)
		return -1;
	say_note("partition %u: %s, %s", p->number,
		 *p->kind ? p->kind : "nothing known",
		 size_format((int64_t)p->range.length, size, sizeof(size)));
	if (!wanted)
		return is_ext(p->kind) ? root_is(work, disk, p->range.start, &p->root, err) :
					 0;
	snprintf(number, sizeof(number), "%u", p->number);
	if (strcmp(number, wanted))
		return 0;
	p->root = true;
	snprintf(what, sizeof(what), "%s: partition %u", name, p->number);
	return partition_taken(p->kind, what, err);
}

/* No partition has a root: says why, if only one may have. */
static int no_root(const struct partition *list, size_t nr, const char *name,
		   const char *wanted, struct err *err)
{
	const struct partition *other = NULL;
	char what[PATH_MAX + 32];
	unsigned int others = 0;

	for (size_t i = 0; i < nr; i++)
		if (!wanted && is_other(list[i].kind)) {
			other = &list[i];
			others++;
		}
	if (others == 1) {
		snprintf(what, sizeof(what), "%s: partition %u", name, other->number);
		return partition_taken(other->kind, what, err);
	}
	return err_set(err, "%s: no%s%s%s root file system of Linux in its partitions; say --partition N",
		       name, wanted ? " partition " : "", wanted ? wanted : "",
		       wanted ? "," : "");
}

static int ask_which(const struct work *work, const char *disk, const char *name,
		     const struct partition *list, size_t nr, struct err *err)
{
	struct text found = { .max = 400 };
	unsigned int roots = 0;

	for (size_t i = 0; i < nr; i++) {
		struct text system = { .max = 60 };

		if (!list[i].root)
			continue;
		if (root_name(work, disk, list[i].range.start, &system, err))
			return -1;
		text_format(&found, "%s%u (%s)", roots++ ? ", " : "", list[i].number,
			    text_of(&system));
		text_free(&system);
	}
	err_set(err, "%s: %u root file systems, in partitions %s; say --partition N", name,
		roots, text_of(&found));
	text_free(&found);
	return -1;
}

/**
 * partition_root() - find the root partition of a disk
 * @work:	the temporary directory
 * @disk:	the disk, from jail_probe()
 * @name:	its name for the user
 * @wanted:	number of the partition that the user wants, or NULL
 * @range:	filled in: the partition
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int partition_root(const struct work *work, const char *disk, const char *name,
		   const char *wanted, struct range *range, struct err *err)
{
	static struct partition list[PARTITIONS_MAX];
	unsigned int roots = 0;
	size_t nr;

	if (list_partitions(work, disk, list, &nr, err))
		return -1;
	for (size_t i = 0; i < nr; i++) {
		if (look_at(work, disk, name, wanted, &list[i], err))
			return -1;
		if (!list[i].root)
			continue;
		*range = list[i].range;
		roots++;
	}
	if (!roots)
		return no_root(list, nr, name, wanted, err);
	return roots == 1 ? 0 : ask_which(work, disk, name, list, nr, err);
}

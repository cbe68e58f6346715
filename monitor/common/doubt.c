// SPDX-License-Identifier: GPL-2.0
/*
 * Doubts: warnings about parameters that are valid, but perhaps a mistake. Words that
 * colinux-run does not know go to the guest's command line, so a misspelt word goes
 * there without an error. --check warns of it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "doubt.h"

/* vda1, xvdb, nvme0n1, mmcblk0: names of disks on other systems. */
static bool is_other_disk(const char *name)
{
	const char *vd = name + (*name == 'x');
	size_t len = 0;

	if (!strncmp(vd, "vd", 2) && islower((unsigned char)vd[2])) {
		len = 3 + strspn(vd + 3, "0123456789");
		return !vd[len] || vd[len] == '=';
	}
	return (!strncmp(name, "nvme", 4) && isdigit((unsigned char)name[4])) ||
	       (!strncmp(name, "mmcblk", 6) && isdigit((unsigned char)name[6]));
}

/* Is it a name without its value, like mem in "mem = 256"? */
static bool is_name(const char *word)
{
	return word && params_is_name(word, strlen(word), true);
}

/* Is it a name with an empty value, like cobd0= in "cobd0= /srv/root.img"? */
static bool is_emptied(const char *word)
{
	size_t len = word ? strlen(word) : 0;

	return len && word[len - 1] == '=' &&
	       params_is_name(word, len - 1, true);
}

/**
 * doubt_word() - is a word for the guest perhaps a mistake?
 * @before:	the word before it, NULL if there is none
 * @word:	a word that colinux-run does not know
 *
 * Return: the text of a warning, or NULL.
 */
const char *doubt_word(const char *before, const char *word)
{
	size_t name = strcspn(word, "=");

	if (*word == '=' && is_name(before))
		return "goes to the guest: no spaces around =";
	if (is_emptied(before))
		return "goes to the guest: no space behind =";
	if (*word == ';' || !strncmp(word, "//", 2) || !strcasecmp(word, "rem"))
		return "goes to the guest, and what follows is read: # is what begins a comment";
	if (!word[name])
		return NULL;
	if (params_is_name(word, name, false) &&
	    !params_is_name(word, name, true))
		return "goes to the guest: write the name in small letters";
	if (is_other_disk(word))
		return "goes to the guest: disks are cobd0=, or hda= and sda= with what names follow";
	return NULL;
}

/*
 * Doubts about all parameters together.
 */

static const char *doubt_find_word(const struct params *p, const char *name)
{
	size_t len = strlen(name);
	const char *value = NULL;

	for (size_t i = 0; i < p->nr_words; i++)
		if (!strncmp(p->words[i], name, len))
			value = p->words[i] + len;
	return value;
}

/* Find the disk with this name, which may also name one of its partitions. */
static const struct disk_param *doubt_find_disk(const struct params *p,
						const char *name)
{
	unsigned long n;
	char *end;

	for (size_t i = 0; i < CO_MAX_COBD; i++)
		if (p->disks[i].alias[0] && !strcmp(p->disks[i].alias, name))
			return &p->disks[i];
	if (strncmp(name, "cobd", 4) || !isdigit((unsigned char)name[4]))
		return NULL;
	n = strtoul(name + 4, &end, 10);
	if (*end == 'p')
		end += 1 + strspn(end + 1, "0123456789");
	return *end || n >= CO_MAX_COBD ? NULL : &p->disks[n];
}

static bool is_disk_name(const char *name)
{
	return is_other_disk(name) || !strncmp(name, "cobd", 4) ||
	       ((!strncmp(name, "hd", 2) || !strncmp(name, "sd", 2)) &&
		islower((unsigned char)name[2]));
}

static const char *doubt_root(const struct params *p, const char *root)
{
	const struct disk_param *disk;

	if (!root)
		return p->initrd ? NULL :
		       "none given: say root=/dev/cobd0, or the guest finds nothing to start from";
	if (strncmp(root, "/dev/", 5)) {
		if (is_disk_name(root))
			return "not a device's path: say /dev/ before it";
		return p->initrd || (strncmp(root, "UUID=", 5) &&
				     strncmp(root, "LABEL=", 6)) ? NULL :
		       "only an initrd can look for that: say root=/dev/cobd0";
	}
	root += 5;
	disk = doubt_find_disk(p, root);
	if (disk)
		return disk->path ? NULL : "no such disk is given: add it, or name another";
	return is_disk_name(root) ? "no disk is called so: say root=/dev/cobd0" : NULL;
}

static bool is_no_console(const char *console)
{
	return !strncmp(console, "ttyS", 4) ||
	       (!strncmp(console, "tty", 3) && isdigit((unsigned char)console[3]));
}

/**
 * doubt_show() - print all warnings
 * @p:		parameters, after params_parse()
 *
 * Return: number of warnings.
 */
unsigned int doubt_show(const struct params *p)
{
	const char *root = doubt_find_word(p, "root="), *why = doubt_root(p, root);
	const char *console = doubt_find_word(p, "console=");
	unsigned int nr = p->nr_doubts;

	for (size_t i = 0; i < p->nr_doubts; i++)
		msg_warn("%s", p->doubts[i]);
	if (why) {
		msg_warn("root=%s: %s", root ? root : "", why);
		nr++;
	}
	if (console && is_no_console(console)) {
		msg_warn("console=%s: a guest has none of these: say console=hvc0, or leave it out",
			 console);
		nr++;
	}
	return nr;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The text files of a root file system that the import changes.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "image.h"

/* Most fields of a line of fstab. */
#define FIELDS		8

/* Cuts the line into its fields. */
static size_t cut_fields(char *line, char *fields[FIELDS])
{
	size_t nr = 0;
	char *save;

	for (char *s = strtok_r(line, " \t\r", &save); s && nr < FIELDS;
	     s = strtok_r(NULL, " \t\r", &save))
		fields[nr++] = s;
	return nr;
}

static bool is_device(const char *field)
{
	static const char *const begins[] = {
		"UUID", "LABEL", "PARTUUID", "PARTLABEL", "/dev",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (!strncmp(field, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static void add_root(struct text *new, char *fields[FIELDS], size_t nr)
{
	fields[0] = "/dev/cobd0";
	if (nr > 2 && (!strcmp(fields[2], "xfs") || !strcmp(fields[2], "btrfs"))) {
		fields[2] = "ext4";
		if (nr > 3)
			fields[3] = "defaults";
	}
	for (size_t i = 0; i < nr; i++)
		text_format(new, "%s%s", i ? " " : "", fields[i]);
	text_format(new, "\n");
}

/**
 * fstab_mend() - adapt an fstab to a guest
 * @old:	its content
 * @new:	gets the new content: the root is /dev/cobd0, and other devices are
 *		comments, as a guest would wait for them. A root is added if there is
 *		none: without it, systemd leaves the root read-only
 * @removed:	gets the lines that became comments
 *
 * Return: true if there is a change.
 */
bool fstab_mend(const char *old, struct text *new, struct text *removed)
{
	struct text copy = { .max = SIZE_MAX };
	bool has_root = false;
	char *rest, *line;

	text_format(&copy, "%s", old);
	rest = copy.text;
	while ((line = text_line(&rest))) {
		char *fields[FIELDS] = { NULL };
		struct text cut = { .max = SIZE_MAX };
		bool is_entry, is_root;
		size_t nr;

		text_format(&cut, "%s", line);
		nr = cut_fields(cut.text, fields);
		is_entry = nr && *fields[0] != '#';
		is_root = is_entry && nr > 1 && !strcmp(fields[1], "/");
		has_root = has_root || is_root;

		if (!is_entry || !is_device(fields[0])) {
			text_format(new, "%s\n", line);
		} else if (is_root) {
			add_root(new, fields, nr);
		} else {
			text_format(new, "#colinux-image# %s\n", line);
			text_format(removed, "%s\n", line);
		}
		text_free(&cut);
	}
	text_free(&copy);
	if (!has_root)
		text_format(new, "/dev/cobd0 / ext4 defaults 0 1\n");
	return strcmp(old, text_of(new));
}

static bool is_part_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/**
 * has_word() - does a line have a word, before a comment?
 * @text:	the lines
 * @word:	the word
 */
bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *s = text; *s; s++) {
		if (*s == '#') {
			s += strcspn(s, "\n");
			if (!*s)
				return false;
		}
		if (!strncmp(s, word, len) && !is_part_of_word(s[len]) &&
		    (s == text || !is_part_of_word(s[-1])))
			return true;
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * PATH[,ro][,direct][,raw][,snapshot][,cow=FILE]: how a disk is named, by
 * colinux-run and by colinux.
 */
#include <string.h>

#include "diskword.h"

/* Commas may stand in a path, so only the known words behind one are cut. */
static bool cut_suffix(char *word, const char *suffix)
{
	size_t len = strlen(word), n = strlen(suffix);

	if (len < n || strcmp(word + len - n, suffix))
		return false;
	word[len - n] = '\0';
	return true;
}

/* ,cow=FILE: all of what is behind it, but for the known words. */
static char *cut_cow(char *word)
{
	static const char name[] = ",cow=";
	char *found = NULL, *s = word;

	while ((s = strstr(s, name)))
		found = s++;
	if (!found)
		return NULL;
	*found = '\0';
	return found + sizeof(name) - 1;
}

static void cut_flags(char *word, struct diskword *disk)
{
	for (;;) {
		if (cut_suffix(word, ",ro"))
			disk->ro = true;
		else if (cut_suffix(word, ",direct"))
			disk->direct = true;
		else if (cut_suffix(word, ",raw"))
			disk->raw = true;
		else if (cut_suffix(word, ",snapshot"))
			disk->snapshot = true;
		else if (!cut_suffix(word, ",rw"))
			return;
	}
}

/**
 * diskword_cut() - take the options off a disk's word
 * @word:	the word; the path alone afterwards
 *
 * They are in any order; rw is what is meant without ro.
 *
 * Return: the options.
 */
struct diskword diskword_cut(char *word)
{
	struct diskword disk = { .cow = NULL };

	cut_flags(word, &disk);
	disk.cow = cut_cow(word);
	cut_flags(word, &disk);
	return disk;
}

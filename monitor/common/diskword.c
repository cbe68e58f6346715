// SPDX-License-Identifier: GPL-2.0
/*
 * PATH[,ro][,direct][,raw][,snapshot][,cow=FILE]: the word that names a disk, for
 * colinux-run and for colinux.
 */
#include <string.h>

#include "diskword.h"

/* A path may have commas, so only known options are cut off its end. */
static bool cut_suffix(char *word, const char *suffix)
{
	size_t len = strlen(word), n = strlen(suffix);

	if (len < n || strcmp(word + len - n, suffix))
		return false;
	word[len - n] = '\0';
	return true;
}

/* ,cow=FILE: FILE is the rest of the word, without the options already cut off. */
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
 * diskword_cut() - cut the options off a disk's word
 * @word:	the word; only the path remains in it
 *
 * Options can have any order; ",rw" is accepted and has no effect.
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

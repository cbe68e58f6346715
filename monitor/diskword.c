// SPDX-License-Identifier: GPL-2.0
/*
 * PATH[,ro][,direct][,raw]: how a disk is named, by colinux-run and by colinux.
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

/**
 * diskword_cut() - take the options off a disk's word
 * @word:	the word; the path alone afterwards
 * @ro:		filled in: read-only
 * @direct:	filled in: past the host's page cache
 * @raw:	filled in: a disk, whatever its first bytes look like
 *
 * They are in any order; rw is what is meant without ro.
 */
void diskword_cut(char *word, bool *ro, bool *direct, bool *raw)
{
	*ro = false;
	*direct = false;
	*raw = false;
	for (;;) {
		if (cut_suffix(word, ",ro"))
			*ro = true;
		else if (cut_suffix(word, ",direct"))
			*direct = true;
		else if (cut_suffix(word, ",raw"))
			*raw = true;
		else if (!cut_suffix(word, ",rw"))
			return;
	}
}

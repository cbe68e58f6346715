/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The word that names a disk: a path and options.
 */
#ifndef MONITOR_DISKWORD_H
#define MONITOR_DISKWORD_H

#include <stdbool.h>

/**
 * struct diskword - options behind a disk's path
 * @ro:		true for read-only
 * @direct:	true for O_DIRECT, past the host's page cache
 * @raw:	true to accept any first bytes as those of a disk
 * @snapshot:	true to discard the guest's writes at its end
 * @cow:	path of the overlay for the guest's writes, which points into the word;
 *		NULL if none
 */
struct diskword {
	bool ro;
	bool direct;
	bool raw;
	bool snapshot;
	char *cow;
};

struct diskword diskword_cut(char *word);

#endif /* MONITOR_DISKWORD_H */

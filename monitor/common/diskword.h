/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a disk is named.
 */
#ifndef MONITOR_DISKWORD_H
#define MONITOR_DISKWORD_H

#include <stdbool.h>

/**
 * struct diskword - what stands behind a disk's path
 * @ro:		read-only
 * @direct:	past the host's page cache
 * @raw:	a disk, whatever its first bytes look like
 * @snapshot:	what the guest writes is thrown away at its end
 * @cow:	the overlay that what it writes goes to, in the word; NULL if none
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

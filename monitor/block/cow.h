/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Overlays: files for the guest's writes to a disk whose image stays unchanged. An
 * overlay is kept, or temporary.
 */
#ifndef MONITOR_COW_H
#define MONITOR_COW_H

#include <stdbool.h>
#include <stdint.h>

#include "aio.h"
#include "common/msg.h"

/**
 * struct cow_base - the image under an overlay
 * @path:	its name, for messages
 * @sectors:	its size in sectors of 512 bytes
 * @mtime_ns:	time of its last modification, 0 for a device
 */
struct cow_base {
	const char *path;
	uint64_t sectors;
	uint64_t mtime_ns;
};

/**
 * struct cow_sync - a wait for a flush of the overlay
 * @done:	callback from the event loop, with 0 or a negated errno
 * @next:	the overlay's list
 */
struct cow_sync {
	void (*done)(struct cow_sync *sync, int res);
	struct cow_sync *next;
};

struct cow;

struct cow *cow_open(const char *path, const struct cow_base *base,
		     struct err *err);
int cow_check(const char *path, const struct cow_base *base, struct err *err);
struct cow *cow_temporary(const struct cow_base *base, struct err *err);
int cow_fd(const struct cow *cow);
uint64_t cow_offset(const struct cow *cow, uint64_t sector);
bool cow_run(const struct cow *cow, uint64_t sector, uint64_t count,
	     uint64_t *run);
void cow_written(struct cow *cow, uint64_t sector, uint64_t count);
bool cow_keeps(const struct cow *cow);
void cow_sync(struct cow *cow, struct aio *aio, struct cow_sync *sync);
void cow_close(struct cow *cow);

#endif /* MONITOR_COW_H */

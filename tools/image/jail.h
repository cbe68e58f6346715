/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs programs that read untrusted data: partition tables, file systems, disks,
 * archives. They run without privileges, and see no other file of the host.
 */
#ifndef IMAGE_JAIL_H
#define IMAGE_JAIL_H

#include "work.h"

/* The user that the programs run as. */
#define JAIL_USER	65534

int jail_need(struct err *err);
int jail_words(struct words *w, const struct work *work, const char *in,
	       const char *out, const char *program, struct err *err);
int jail_give_back(const char *path, struct err *err);
int jail_probe(const struct work *work, const char *path, char probed[PATH_MAX],
	       struct err *err);
int jail_look(const struct work *work, const char *file, const char *tag,
	      uint64_t offset, struct text *value, struct err *err);

const char *packer_of(const char *path);
int packer_need(const char *path, struct err *err);
int packer_words(struct run *r, const struct work *work, const char *path,
		 struct err *err);

#endif /* IMAGE_JAIL_H */

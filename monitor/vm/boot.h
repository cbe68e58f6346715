/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data that the guest finds in its memory when it starts.
 */
#ifndef MONITOR_BOOT_H
#define MONITOR_BOOT_H

#include "layout.h"
#include "ppram.h"

unsigned int boot_virq(unsigned int slot);
unsigned int boot_kick(unsigned int slot);

int boot_write(const struct ppram *ram, const struct layout *l,
	       const char *name, const char *cmdline, struct err *err);

#endif /* MONITOR_BOOT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What belongs to an ABI lies in a directory of its own, CO_LIBDIR/HOST.GUEST, and
 * so those of two ABIs can be installed side by side: see handover.c.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include <colinux/guest.h>
#include <colinux/ioctl.h>

/* The macro's value between quotes. */
#define QUOTE(x)	#x
#define STRING(x)	QUOTE(x)

/* The guest kernel of this monitor's ABI. */
#define CO_KERNEL \
	CO_LIBDIR "/" STRING(CO_HOST_ABI) "." STRING(CO_GUEST_ABI) "/vmlinux"

void handover(char **argv);
void handover_to(const char *libdir, const struct co_info *info, char **argv);

#endif /* HANDOVER_H */

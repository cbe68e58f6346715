/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handover to the monitor of another ABI. Each ABI's monitor and kernel are in a
 * directory of their own, CO_LIBDIR/HOST.GUEST (see CO_KERNEL in params.h), so two ABIs
 * can be installed side by side.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include <colinux/guest.h>
#include <colinux/ioctl.h>

void handover(char **argv);
void handover_to(const char *libdir, const struct co_info *info, char **argv);

#endif /* HANDOVER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What belongs to an ABI lies in a directory of its own, CO_LIBDIR/HOST.GUEST
 * (CO_KERNEL of params.h), so that those of two ABIs can be installed side by side.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

#include <colinux/guest.h>
#include <colinux/ioctl.h>

void handover(char **argv);
void handover_to(const char *libdir, const struct co_info *info, char **argv);

#endif /* HANDOVER_H */

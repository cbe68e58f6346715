/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes to the devices of a running guest.
 */
#ifndef MONITOR_HOTPLUG_H
#define MONITOR_HOTPLUG_H

#include "machine.h"

/* Any free unit. */
#define HOTPLUG_ANY	UINT32_MAX

int hotplug_add_disk(struct machine *m, unsigned int *unit, const char *path,
		     int fd, unsigned int how, struct err *err);
int hotplug_remove_disk(struct machine *m, unsigned int unit, struct err *err);
int hotplug_resize_disk(struct machine *m, unsigned int unit, uint64_t bytes,
			struct err *err);
int hotplug_plug_net(struct machine *m, unsigned int unit, bool in,
		     struct err *err);

#endif /* MONITOR_HOTPLUG_H */

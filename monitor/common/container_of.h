/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a pointer to a member to the structure around it.
 */
#ifndef MONITOR_CONTAINER_OF_H
#define MONITOR_CONTAINER_OF_H

#include <stddef.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif /* MONITOR_CONTAINER_OF_H */

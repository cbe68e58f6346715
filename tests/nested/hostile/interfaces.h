/* SPDX-License-Identifier: GPL-2.0 */
/* The number of network interfaces that a confined program sees: for escape.c, spy.c. */
#ifndef TESTS_INTERFACES_H
#define TESTS_INTERFACES_H

#include <net/if.h>

static inline int interfaces(void)
{
	struct if_nameindex *all = if_nameindex();
	int n = 0;

	while (all && all[n].if_index)
		n++;
	return n;
}

#endif /* TESTS_INTERFACES_H */

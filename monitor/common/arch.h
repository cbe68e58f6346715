/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of the architectures of guests.
 */
#ifndef MONITOR_ARCH_H
#define MONITOR_ARCH_H

const char *arch_name(unsigned int arch);
unsigned int arch_find(const char *name);

#endif /* MONITOR_ARCH_H */

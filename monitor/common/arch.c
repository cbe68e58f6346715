// SPDX-License-Identifier: GPL-2.0
/*
 * The architectures of guests, CO_ARCH_*, as users name them in options, messages and
 * files: with the names of Linux.
 */
#include <stddef.h>

#include <colinux/guest.h>

#include "arch.h"

static const char * const arch_names[] = {
	[CO_ARCH_I386] = "i386",
	[CO_ARCH_X86_64] = "x86_64",
};

#define NR_ARCHS	(sizeof(arch_names) / sizeof(arch_names[0]))

/**
 * arch_name() - name of an architecture
 * @arch:	CO_ARCH_*
 *
 * Return: the name, or NULL if there is no such architecture.
 */
const char *arch_name(unsigned int arch)
{
	return arch < NR_ARCHS ? arch_names[arch] : NULL;
}

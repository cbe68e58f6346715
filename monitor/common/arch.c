// SPDX-License-Identifier: GPL-2.0
/*
 * The architectures of guests, CO_ARCH_*, as users name them in options, messages and
 * files: with the names of Linux.
 */
#include <stddef.h>
#include <string.h>

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

/**
 * arch_find() - find an architecture by its name
 * @name:	its name; amd64, Debian's name of x86_64, is accepted, too
 *
 * Return: CO_ARCH_*, or 0 if there is no such architecture.
 */
unsigned int arch_find(const char *name)
{
	for (unsigned int i = 0; i < NR_ARCHS; i++)
		if (arch_names[i] && !strcmp(name, arch_names[i]))
			return i;
	return strcmp(name, "amd64") ? 0 : CO_ARCH_X86_64;
}

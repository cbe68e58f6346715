/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cpu.c does differently on 32 bits: nothing.
 */
#ifndef _X86_COLINUX_CPU_32_H
#define _X86_COLINUX_CPU_32_H

#include <linux/types.h>

#define COLINUX_ARCH_FEATURES
#define COLINUX_ARCH_FORCED

static inline void colinux_init_vendor(bool amd)
{
}

#endif /* _X86_COLINUX_CPU_32_H */

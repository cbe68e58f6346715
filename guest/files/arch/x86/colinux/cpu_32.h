/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cpu.c does differently on 32 bits: nothing.
 */
#ifndef _X86_COLINUX_CPU_32_H
#define _X86_COLINUX_CPU_32_H

#include <linux/init.h>
#include <linux/types.h>

static const u16 colinux_arch_features[] __initconst = {};
static const u16 colinux_arch_forced[] __initconst = {};

static inline void colinux_init_vendor(bool amd)
{
}

#endif /* _X86_COLINUX_CPU_32_H */

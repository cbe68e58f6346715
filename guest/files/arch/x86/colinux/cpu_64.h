/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cpu.c does differently on 64 bits.
 *
 * Features that are left out: RDTSCP and RDPID need IA32_TSC_AUX. PKU, CET, LAM and
 * XSAVES need registers that are not switched. 1 GiB pages are larger than a chunk.
 */
#ifndef _X86_COLINUX_CPU_64_H
#define _X86_COLINUX_CPU_64_H

#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/types.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>

static const u16 colinux_arch_features[] __initconst = {
	X86_FEATURE_SYSCALL, X86_FEATURE_LM, X86_FEATURE_PCID,
	X86_FEATURE_FSGSBASE, X86_FEATURE_INVPCID, X86_FEATURE_LA57,
};

/* String instructions are fast on all 64-bit CPUs of the last 15 years. */
static const u16 colinux_arch_forced[] __initconst = {
	X86_FEATURE_REP_GOOD,
};

/*
 * What the vendors' code would find. 32-bit processes enter the kernel by SYSCALL on
 * AMD's CPUs, by SYSENTER on others. On AMD's, SYSRET leaves SS with other attributes
 * than other CPUs. And on some a null selector leaves the base as it was; to assume
 * that of all is slower, and safe.
 */
static void __init colinux_init_vendor(bool amd)
{
	unsigned long *set = (unsigned long *)cpu_caps_set;

	if (!amd) {
		set_bit(X86_FEATURE_SYSENTER32, set);
		return;
	}
	set_bit(X86_FEATURE_SYSCALL32, set);
	set_bit(X86_BUG_SYSRET_SS_ATTRS, set);
	set_bit(X86_BUG_NULL_SEG, set);
}

#endif /* _X86_COLINUX_CPU_64_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access of msrs.c to MSRs and CPU features. The unit test replaces this file
 * by a simulated bank of MSRs, so msrs.c includes no other header of the
 * kernel.
 */
#ifndef CO_MSR_ACCESS_H
#define CO_MSR_ACCESS_H

#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/types.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>

#include "compat.h"

/* CPUID leaf 23h, EAX: subleaves 4 and 5 exist (SDM vol. 2). */
#define CO_LEAF_PERFMON		0x23
#define CO_PERFMON_ARCH_PEBS	(BIT(4) | BIT(5))

/* Does the CPU have architectural PEBS? The kernel may not know it. */
static inline bool co_cpu_arch_pebs(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_INTEL &&
	       boot_cpu_data.cpuid_level >= CO_LEAF_PERFMON &&
	       (cpuid_eax(CO_LEAF_PERFMON) & CO_PERFMON_ARCH_PEBS) ==
	       CO_PERFMON_ARCH_PEBS;
}

/* Can the MSR be read on this CPU? */
static inline bool co_msr_readable(u32 msr)
{
	u32 low, high;

	return !rdmsr_safe(msr, &low, &high);
}

/*
 * Accessors without the tracepoints and exception table entries of the kernel's:
 * they run where an exception is a triple fault.
 */
static __always_inline u64 co_msr_read(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a" (low), "=d" (high) : "c" (msr));
	return (u64)high << 32 | low;
}

static __always_inline void co_msr_write(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c" (msr), "a" ((u32)value),
		     "d" ((u32)(value >> 32)) : "memory");
}

#endif /* CO_MSR_ACCESS_H */

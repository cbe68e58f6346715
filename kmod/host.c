// SPDX-License-Identifier: GPL-2.0
/*
 * Hosts that the module refuses, and the reason for each. docs/hardware.md has
 * the details.
 */
#include <linux/cc_platform.h>
#include <asm/cpufeature.h>
#include <asm/kvm_para.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <asm/tsc.h>

#include "compat.h"
#include "vm.h"

/*
 * When this machine's memory lacks a page, KVM injects an asynchronous page
 * fault into code in user mode. That may be a user of a guest, whose kernel
 * does not know such faults. The reason that KVM has left for this machine's
 * kernel then stays unread, and the kernel takes its next page fault for KVM's.
 */
static bool kvm_async_faults(void)
{
	u32 base = hypervisor_cpuid_base(KVM_SIGNATURE, 1);
	u64 enabled;

	if (!base || !(cpuid_eax(base | KVM_CPUID_FEATURES) &
		       BIT(KVM_FEATURE_ASYNC_PF_INT)))
		return false;
	return !rdmsrl_safe(MSR_KVM_ASYNC_PF_EN, &enabled) &&
	       enabled & KVM_ASYNC_PF_ENABLED;
}

/**
 * co_host_tsc_good() - is the TSC a reliable clock?
 *
 * The TSC is the guests' only clock, on any CPU, and their deadlines are TSC
 * values. The host may find the TSC unstable later than at load.
 */
bool co_host_tsc_good(void)
{
	return boot_cpu_has(X86_FEATURE_TSC) && tsc_khz &&
	       !check_tsc_unstable();
}

/**
 * co_host_unfit() - why this host cannot be used
 *
 * VMX operation is not among the reasons: it comes and goes, and every passage
 * checks for it.
 *
 * Return: the reason, NULL if the host can be used.
 */
const char *co_host_unfit(void)
{
	if (boot_cpu_has(X86_FEATURE_XENPV))
		return "a Xen PV domain does not own its descriptor tables";
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		return "memory encryption (SME, SEV, TDX) is on";
	if (!boot_cpu_has(X86_FEATURE_APIC))
		return "there is no local APIC";
	if (!co_host_tsc_good())
		return "the TSC is unstable, or of unknown frequency, and guests have no other clock";
	if (kvm_async_faults())
		return "KVM's asynchronous page faults are on; boot with no-kvmapf";
	if (native_read_cr4() & X86_CR4_LASS)
		return "LASS is on, with which the passage was never tried; boot with clearcpuid=lass";
#ifdef X86_FEATURE_FRED
	if (cpu_feature_enabled(X86_FEATURE_FRED))
		return "FRED event delivery is on; boot with fred=off";
#endif
	return NULL;
}

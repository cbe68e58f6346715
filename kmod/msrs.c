// SPDX-License-Identifier: GPL-2.0
/*
 * Host MSRs that would act on a guest.
 *
 * - Debug store: PEBS and BTS write their records to linear addresses of the
 *   current address space (SDM vol. 3, "BTS and DS Save Area"). "perf record"
 *   uses PEBS by default. While the guest's page tables are loaded or paging is
 *   off, the records would overwrite unrelated memory. So both are off while the
 *   host's IDT is not loaded.
 * - Architectural PEBS (CPUID leaf 23h) replaces the debug store's PEBS on newer
 *   CPUs. It writes to linear addresses as well. Each counter has an enable bit
 *   of its own, so all counters are stopped.
 * - Split-lock detection: a locked access across two cache lines raises #AC at
 *   any privilege level (SDM vol. 3, "Features to Disable Bus Locks"). The host
 *   only warns about its processes, but a guest would kill its own. So detection
 *   is off while a vCPU is loaded.
 *
 * Other tracing features need nothing. Processor Trace writes to physical
 * addresses. LBR, and AMD's LBR, BRS and IBS, keep their records in registers.
 */
#include "msr_access.h"
#include "msrs.h"

/* Features that the CPUs have and the host may use. */
#define HAS_PEBS	BIT(0)
#define HAS_COUNTERS	BIT(1)
#define HAS_BTS		BIT(2)
#define HAS_SPLIT_LOCK	BIT(3)
#define HAS_ARCH_PEBS	BIT(4)

/* Branch records and their interrupt, which need the debug store. */
#define DEBUGCTL_TRACE \
	(DEBUGCTLMSR_TR | DEBUGCTLMSR_BTS | DEBUGCTLMSR_BTINT)

/* General-purpose counters in IA32_PEBS_ENABLE. */
#define PEBS_GENERAL	0xffULL

static unsigned int co_msrs_has __ro_after_init;
/* Bits of IA32_PEBS_ENABLE that stand for a counter. */
static u64 co_msrs_pebs_counters __ro_after_init;

/* Do the CPUs have the feature, and may its MSR be read? */
static __always_inline bool has_msr(unsigned int feature, u32 msr)
{
	return boot_cpu_has(feature) && co_msr_readable(msr);
}

static unsigned int probe_pebs(void)
{
	if (!has_msr(X86_FEATURE_PEBS, MSR_IA32_PEBS_ENABLE))
		return 0;

	/*
	 * In the baseline format, bits 32 and up stand for fixed counters. In
	 * earlier formats they are options of the general-purpose counters.
	 */
	co_msrs_pebs_counters = PEBS_GENERAL;
	if (co_msr_readable(MSR_IA32_PERF_CAPABILITIES) &&
	    co_msr_read(MSR_IA32_PERF_CAPABILITIES) & PERF_CAP_PEBS_BASELINE)
		co_msrs_pebs_counters = ~0ULL;
	if (!co_msr_readable(MSR_CORE_PERF_GLOBAL_CTRL))
		return HAS_PEBS;
	return HAS_PEBS | HAS_COUNTERS;
}

/* Only with the MSR that stops the counters: see arch_pebs_off(). */
static unsigned int probe_arch_pebs(void)
{
	return co_cpu_arch_pebs() && co_msr_readable(MSR_CORE_PERF_GLOBAL_CTRL) ?
	       HAS_ARCH_PEBS | HAS_COUNTERS : 0;
}

static unsigned int probe_bts(void)
{
	return has_msr(X86_FEATURE_BTS, MSR_IA32_DEBUGCTLMSR) ? HAS_BTS : 0;
}

static unsigned int probe_split_lock(void)
{
	return has_msr(X86_FEATURE_SPLIT_LOCK_DETECT, MSR_TEST_CTRL) ?
	       HAS_SPLIT_LOCK : 0;
}

/**
 * co_msrs_probe() - find out which features the CPUs have
 *
 * Context: process, at module load.
 */
void __init co_msrs_probe(void)
{
	/* Linux uses the debug store in its 64-bit format only. */
	co_msrs_has = probe_split_lock() | probe_arch_pebs();
	if (boot_cpu_has(X86_FEATURE_DTES64))
		co_msrs_has |= probe_bts();
	/* Architectural PEBS stops all counters, those of PEBS_ENABLE too. */
	if (boot_cpu_has(X86_FEATURE_DTES64) && !(co_msrs_has & HAS_ARCH_PEBS))
		co_msrs_has |= probe_pebs();
}

/**
 * co_msrs_trace() - must each passage call co_msrs_trace_off() and _on()?
 *
 * Return: true if the CPUs have a feature that writes records.
 */
bool co_msrs_trace(void)
{
	return co_msrs_has & (HAS_PEBS | HAS_ARCH_PEBS | HAS_BTS);
}

static __always_inline void pebs_off(struct co_msrs *m)
{
	m->pebs = co_msr_read(MSR_IA32_PEBS_ENABLE);
	if (likely(!m->pebs))
		return;
	/*
	 * Stop the counters first, as perf does. A counter that overflows while
	 * its PEBS bit is clear raises an interrupt. The host's handler would
	 * find no record and not arm the counter again. Counters without a PEBS
	 * event count on; the host's NMI watchdog has such a counter.
	 */
	if (co_msrs_has & HAS_COUNTERS) {
		m->counters = co_msr_read(MSR_CORE_PERF_GLOBAL_CTRL);
		co_msr_write(MSR_CORE_PERF_GLOBAL_CTRL, m->counters &
			     ~(m->pebs & co_msrs_pebs_counters));
	}
	co_msr_write(MSR_IA32_PEBS_ENABLE, 0);
}

static __always_inline void arch_pebs_off(struct co_msrs *m)
{
	m->counters = co_msr_read(MSR_CORE_PERF_GLOBAL_CTRL);
	m->pebs = m->counters;
	if (m->pebs)
		co_msr_write(MSR_CORE_PERF_GLOBAL_CTRL, 0);
}

static __always_inline void bts_off(struct co_msrs *m)
{
	m->debugctl = co_msr_read(MSR_IA32_DEBUGCTLMSR);
	if (likely(!(m->debugctl & DEBUGCTL_TRACE))) {
		m->debugctl = 0;
		return;
	}
	co_msr_write(MSR_IA32_DEBUGCTLMSR, m->debugctl & ~DEBUGCTL_TRACE);
}

/**
 * co_msrs_trace_off() - stop PEBS and BTS
 * @m:		out: the values before
 *
 * Called by passage_64.S if co_msrs_trace(), after the change to the
 * trampoline's IDT. Any earlier, the handler of a performance interrupt, which
 * is an NMI, could turn them on again. Serializing instructions follow before
 * CR0.PG is cleared, so a record that has begun is complete by then.
 *
 * Context: any exception is a triple fault, so no code here may be traced,
 * probed or patched.
 */
noinstr void co_msrs_trace_off(struct co_msrs *m)
{
	if (co_msrs_has & HAS_PEBS)
		pebs_off(m);
	else if (co_msrs_has & HAS_ARCH_PEBS)
		arch_pebs_off(m);
	if (co_msrs_has & HAS_BTS)
		bts_off(m);
}

/**
 * co_msrs_trace_on() - restore the values that co_msrs_trace_off() has saved
 * @m:		the saved values
 *
 * Called by passage_64.S before the host's IDT is loaded. So no handler of the
 * host has seen the features off, or has changed the restored MSRs.
 *
 * Context: as for co_msrs_trace_off().
 */
noinstr void co_msrs_trace_on(const struct co_msrs *m)
{
	if (unlikely(m->debugctl))
		co_msr_write(MSR_IA32_DEBUGCTLMSR, m->debugctl);
	if (likely(!m->pebs))
		return;
	if (co_msrs_has & HAS_PEBS)
		co_msr_write(MSR_IA32_PEBS_ENABLE, m->pebs);
	if (co_msrs_has & HAS_COUNTERS)
		co_msr_write(MSR_CORE_PERF_GLOBAL_CTRL, m->counters);
}

/**
 * co_msrs_load() - turn split-lock detection off, at the load of a vCPU
 * @m:		out: the value before
 *
 * The two threads of a core may share TEST_CTRL (SDM vol. 4). If a guest runs on
 * each, the first vCPU that leaves turns detection on for both, until the other
 * vCPU is loaded again.
 *
 * Context: preemption disabled until co_msrs_put().
 */
void co_msrs_load(struct co_msrs *m)
{
	if (likely(!(co_msrs_has & HAS_SPLIT_LOCK)))
		return;
	m->test_ctrl = co_msr_read(MSR_TEST_CTRL);
	if (m->test_ctrl & MSR_TEST_CTRL_SPLIT_LOCK_DETECT)
		co_msr_write(MSR_TEST_CTRL, m->test_ctrl &
			     ~(u64)MSR_TEST_CTRL_SPLIT_LOCK_DETECT);
	else
		m->test_ctrl = 0;
}

/**
 * co_msrs_put() - restore split-lock detection, when the vCPU leaves its CPU
 * @m:		the saved value
 */
void co_msrs_put(struct co_msrs *m)
{
	if (likely(!m->test_ctrl))
		return;
	co_msr_write(MSR_TEST_CTRL, m->test_ctrl);
	m->test_ctrl = 0;
}

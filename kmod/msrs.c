// SPDX-License-Identifier: GPL-2.0
/*
 * Host MSRs that would reach into a guest.
 *
 * - The debug store: PEBS and BTS write their records to linear addresses, in
 *   whatever address space is current (SDM vol. 3, "BTS and DS Save Area").
 *   "perf record" asks for PEBS by default. While the guest's tables are
 *   loaded, and while paging is off, the records would go to somebody else's
 *   memory. Both are off while the host's IDT is not loaded.
 * - Architectural PEBS, which CPUs have in place of the debug store's (CPUID leaf
 *   23h), writes to linear addresses as well. Each counter has an enable bit of its
 *   own there, so all counters stop.
 * - Split-lock detection: a locked access across two cache lines raises #AC at
 *   any privilege level (SDM vol. 3, "Features to Disable Bus Locks"). The
 *   host warns about its processes; a guest would kill its own. It is off
 *   while a vCPU is loaded.
 *
 * Others were looked at and need nothing. Processor Trace writes to physical
 * addresses. LBR, and AMD's LBR, BRS and IBS, keep their records in registers.
 */
#include "msr_access.h"
#include "msrs.h"

/* What the CPUs have, and the host may use. */
#define HAS_PEBS	BIT(0)
#define HAS_COUNTERS	BIT(1)
#define HAS_BTS		BIT(2)
#define HAS_SPLIT_LOCK	BIT(3)
#define HAS_ARCH_PEBS	BIT(4)

/* Branch records and their interrupt: both need the debug store. */
#define DEBUGCTL_TRACE \
	(DEBUGCTLMSR_TR | DEBUGCTLMSR_BTS | DEBUGCTLMSR_BTINT)

/* General-purpose counters in IA32_PEBS_ENABLE. */
#define PEBS_GENERAL	0xffULL

static unsigned int co_msrs_has __ro_after_init;
/* Bits of IA32_PEBS_ENABLE that stand for a counter. */
static u64 co_msrs_pebs_counters __ro_after_init;

static unsigned int probe_pebs(void)
{
	if (!boot_cpu_has(X86_FEATURE_PEBS) ||
	    !co_msr_readable(MSR_IA32_PEBS_ENABLE))
		return 0;

	/*
	 * Bits 32 and up are fixed counters with the baseline format, and
	 * options of the general-purpose counters before it.
	 */
	co_msrs_pebs_counters = PEBS_GENERAL;
	if (co_msr_readable(MSR_IA32_PERF_CAPABILITIES) &&
	    co_msr_read(MSR_IA32_PERF_CAPABILITIES) & PERF_CAP_PEBS_BASELINE)
		co_msrs_pebs_counters = ~0ULL;
	if (!co_msr_readable(MSR_CORE_PERF_GLOBAL_CTRL))
		return HAS_PEBS;
	return HAS_PEBS | HAS_COUNTERS;
}

/* It has no meaning without what stops the counters. */
static unsigned int probe_arch_pebs(void)
{
	return co_cpu_arch_pebs() && co_msr_readable(MSR_CORE_PERF_GLOBAL_CTRL) ?
	       HAS_ARCH_PEBS | HAS_COUNTERS : 0;
}

static unsigned int probe_bts(void)
{
	if (!boot_cpu_has(X86_FEATURE_BTS) ||
	    !co_msr_readable(MSR_IA32_DEBUGCTLMSR))
		return 0;
	return HAS_BTS;
}

static unsigned int probe_split_lock(void)
{
	if (!boot_cpu_has(X86_FEATURE_SPLIT_LOCK_DETECT) ||
	    !co_msr_readable(MSR_TEST_CTRL))
		return 0;
	return HAS_SPLIT_LOCK;
}

/**
 * co_msrs_probe() - find out what the CPUs have
 *
 * Context: process, when the module is loaded.
 */
void __init co_msrs_probe(void)
{
	/* Linux uses the debug store in its 64-bit format alone. */
	co_msrs_has = probe_split_lock() | probe_arch_pebs();
	if (boot_cpu_has(X86_FEATURE_DTES64))
		co_msrs_has |= probe_bts();
	/* With all counters stopped, there is nothing left of it to stop. */
	if (boot_cpu_has(X86_FEATURE_DTES64) && !(co_msrs_has & HAS_ARCH_PEBS))
		co_msrs_has |= probe_pebs();
}

/**
 * co_msrs_trace() - is there anything to do at each passage?
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
	 * Counters first, as perf does it: one that overflows while it counts
	 * without PEBS would interrupt, and the host's handler would neither
	 * find a record nor arm it again. Those of no PEBS event count on; the
	 * host's NMI watchdog is one.
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
 * co_msrs_trace_off() - no more records of the debug store
 * @m:		out: what was on
 *
 * Called by passage_64.S if co_msrs_trace(), behind the change to the
 * trampoline's IDT: before it a performance interrupt, which is an NMI, could
 * have its handler turn everything on again. A record that is under way when
 * PEBS goes off has the serializing instructions up to CR0.PG to be written.
 *
 * Context: any exception is a triple fault, so nothing that is traced, probed
 * or patched.
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
 * co_msrs_trace_on() - on again what co_msrs_trace_off() found
 * @m:		what was on
 *
 * Called by passage_64.S before the host's IDT is back; no handler of the
 * host's has seen anything off, and none has changed what is restored.
 *
 * Context: as co_msrs_trace_off().
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
 * co_msrs_load() - the vCPU comes to this CPU
 * @m:		out: what was on
 *
 * TEST_CTRL may be shared by the two threads of a core (SDM vol. 4): where a
 * guest runs on each, the first that leaves turns detection on for the other,
 * until that one is loaded again.
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
 * co_msrs_put() - the vCPU leaves its CPU
 * @m:		what was on
 */
void co_msrs_put(struct co_msrs *m)
{
	if (likely(!m->test_ctrl))
		return;
	co_msr_write(MSR_TEST_CTRL, m->test_ctrl);
	m->test_ctrl = 0;
}

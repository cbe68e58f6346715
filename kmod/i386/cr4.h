/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CR4 at each station of the passage, whatever features the host has.
 *
 * The rule: while the host's IDT is loaded, only the bits of CO_CR4_QUIET_OFF
 * may be off. They are always off while the trampoline's IDT is loaded.
 *
 *   station	CR3				IDT		CR4
 *   host	host's				host's		host
 *   quiet	host's, 64-bit transition	host's		quiet
 *   trampoline	64-bit transition		trampoline's	quiet, tramp
 *   (32-bit code and the guest)
 *   trampoline	no paging, 64-bit transition	trampoline's	tramp, quiet
 *   quiet	64-bit transition, host's	host's		quiet
 *   host	host's				host's		host
 *
 * Where there are two values, the second replaces the first at this station.
 *
 * Plain C without the kernel's internal headers, so that tests/unit/test_cr4.c
 * can check the rule.
 */
#ifndef CO_CR4_H
#define CO_CR4_H

#include <linux/types.h>
#include <asm/processor-flags.h>

#ifndef X86_CR4_LASS		/* kernels before 6.19 */
#define X86_CR4_LASS	(1UL << 27)
#endif

/*
 * Off before the trampoline's IDT is loaded, on again after the host's is:
 *
 * CET: with kernel IBT an event handler must begin with ENDBR, and far transfers
 * are tracked (SDM vol. 1, 17.3). The trampoline's handlers begin with ENDBR.
 * But the passage should not depend on anything else that a shadow stack or the
 * tracker checks.
 *
 * LASS: in 64-bit mode every supervisor access and fetch at an address with bit
 * 63 clear faults (SDM vol. 3, 4.6, "Linear-Address-Space Separation"). The
 * trampoline has such an address.
 */
#define CO_CR4_QUIET_OFF	(X86_CR4_CET | X86_CR4_LASS)

/*
 * Bits that mean something in long mode only, or that depend on another bit of
 * long mode: PCIDE, and all from PKE (22) up. LA57 is not among them. It can
 * change only while paging is off, so it must be set again before long mode is
 * entered.
 */
#define CO_CR4_LONG_ONLY	(X86_CR4_PCIDE | ~(X86_CR4_PKE - 1))

/*
 * Bits that do not matter to the trampoline. It runs with the guest's values, so
 * that CR4 need not be written when the guest is entered and left: under a
 * hypervisor each write is an exit. The bits do not matter because the trampoline
 * maps no user page and no global page, executes no RDTSC or RDPMC, and writes
 * the GS base by WRMSR only.
 */
#define CO_CR4_FREE	(X86_CR4_TSD | X86_CR4_DE | X86_CR4_PGE | \
			 X86_CR4_PCE | X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT | \
			 X86_CR4_UMIP | X86_CR4_FSGSBASE | X86_CR4_OSXSAVE | \
			 X86_CR4_SMEP | X86_CR4_SMAP)

/**
 * struct co_cr4 - CR4 at the stations of the passage
 * @host:	value of the host
 * @quiet:	value in the passage while the host's IDT is loaded
 * @tramp:	value while the trampoline's IDT is loaded, in both modes; below
 *		2^32. PCIDE must be clear before long mode is left (SDM vol. 3,
 *		4.10.1)
 * @guest:	value of the guest at its next entry, with the host's LA57, which
 *		means nothing without long mode (SDM vol. 3, 4.1.1)
 */
struct co_cr4 {
	__u64 host;
	__u64 quiet;
	__u64 tramp;
	__u64 guest;
};

/**
 * co_cr4_plan() - compute CR4 for each station
 * @plan:	out
 * @host:	CR4 of the host, not in VMX operation
 * @guest:	CR4 of the guest
 */
static inline void co_cr4_plan(struct co_cr4 *plan, __u64 host, __u32 guest)
{
	__u64 tramp;

	plan->host = host;
	plan->quiet = host & ~(__u64)CO_CR4_QUIET_OFF;
	tramp = plan->quiet & ~(__u64)(CO_CR4_LONG_ONLY | CO_CR4_FREE);
	plan->tramp = tramp | (guest & CO_CR4_FREE);
	plan->guest = guest | (host & X86_CR4_LA57);
}

#endif /* CO_CR4_H */

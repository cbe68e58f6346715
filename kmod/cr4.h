/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CR4 on the way through the passage, for whatever features the host has.
 *
 * The rule: with the host's IDT nothing is off but what is quiet, and that is
 * off whenever the trampoline's is loaded.
 *
 *   station	CR3			IDT		CR4
 *   host	host's			host's		host
 *   quiet	host's, transition	host's		quiet
 *   trampoline	transition, 64-bit	trampoline's	quiet, tramp
 *   (the guest, with its own)
 *   trampoline	-, transition, 64-bit	trampoline's	tramp, quiet
 *   quiet	transition, host's	host's		quiet
 *   host	host's			host's		host
 *
 * Plain C without the kernel's headers: tests/unit/test_cr4.c walks it.
 */
#ifndef CO_CR4_H
#define CO_CR4_H

#include <linux/types.h>
#include <asm/processor-flags.h>

#ifndef X86_CR4_LASS		/* of kernels from 6.19 on */
#define X86_CR4_LASS	(1UL << 27)
#endif

/*
 * Off before the trampoline's IDT is loaded, on again after the host's is:
 *
 * CET: with kernel IBT an event handler must begin with ENDBR, and a far
 * transfer is tracked (SDM vol. 1, 17.3). The trampoline's begin so, but the
 * passage should not depend on what else a shadow stack or a tracker sees.
 * LASS: faults every supervisor access and fetch at an address with bit 63
 * clear in 64-bit mode (SDM vol. 3, 4.6, "Linear-Address-Space Separation"),
 * and the trampoline lies there.
 */
#define CO_CR4_QUIET_OFF	(X86_CR4_CET | X86_CR4_LASS)

/*
 * Bits that mean something in long mode only, or that need another bit of long
 * mode: PCIDE, and all from PKE (22) up. LA57 is not among them: it can change
 * only while paging is off, so it must be back before long mode is.
 */
#define CO_CR4_LONG_ONLY	(X86_CR4_PCIDE | ~(X86_CR4_PKE - 1))

/*
 * Bits the trampoline does not care about. It has the guest's, so that CR4 need
 * not be written when the guest is entered and left: a hypervisor below has an
 * exit for each write. No user's page is mapped, no RDTSC or RDPMC is executed,
 * nothing is global, no GS base is written but by WRMSR.
 */
#define CO_CR4_FREE	(X86_CR4_TSD | X86_CR4_DE | X86_CR4_PGE | \
			 X86_CR4_PCE | X86_CR4_OSFXSR | X86_CR4_OSXMMEXCPT | \
			 X86_CR4_UMIP | X86_CR4_FSGSBASE | X86_CR4_OSXSAVE | \
			 X86_CR4_SMEP | X86_CR4_SMAP)

/**
 * struct co_cr4 - CR4 at the stations of the passage
 * @host:	the host's own
 * @quiet:	with the host's IDT, once the passage has begun
 * @tramp:	with the trampoline's IDT, in both modes: PCIDE must be clear
 *		before long mode is left (SDM vol. 3, 4.10.1); below 2^32
 * @guest:	the guest's, as it is entered next. LA57 is as in the host: it
 *		means nothing without long mode (SDM vol. 3, 4.1.1)
 */
struct co_cr4 {
	__u64 host;
	__u64 quiet;
	__u64 tramp;
	__u64 guest;
};

/**
 * co_cr4_plan() - CR4 at each station
 * @plan:	out
 * @host:	CR4 of the host, outside of VMX operation
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

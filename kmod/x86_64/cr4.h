/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CR4 at each station of the passage to an x86-64 guest, whatever features the host
 * has.
 *
 *   station	CR3				IDT		CR4
 *   host	host's				host's		host
 *   quiet	host's, transition		host's		quiet
 *   trampoline	transition			trampoline's	quiet, guest
 *   trampoline	guest's				trampoline's	guest
 *   guest	guest's				guest's		guest
 *   trampoline	guest's, transition		trampoline's	guest, quiet
 *   quiet	transition, host's		host's		quiet
 *   host	host's				host's		host
 *
 * Where there are two values, the second replaces the first at this station. CR4 is
 * written only where two values differ. A guest that has the host's bits never writes
 * it. That matters under a hypervisor, where most of these writes are exits.
 *
 * Plain C without the kernel's internal headers, so that tests/unit/test_cr4.c can
 * check the rule.
 */
#ifndef CO_X86_64_CR4_H
#define CO_X86_64_CR4_H

#include <linux/types.h>
#include <asm/processor-flags.h>

#ifndef X86_CR4_LASS		/* kernels before 6.19 */
#define X86_CR4_LASS	(1UL << 27)
#endif

/*
 * Off before the trampoline's IDT is loaded, on again after the host's is.
 *
 * CET: the guest's kernel and its users were built without it. Off before the IDT
 * changes, because the passage should not depend on what a shadow stack or the tracker
 * checks (SDM vol. 1, 17.3).
 *
 * LASS: a guest that does not know it touches user memory without EFLAGS.AC (SDM
 * vol. 3, 4.6, "Linear-Address-Space Separation").
 */
#define CO_CR4_QUIET64_OFF	(X86_CR4_CET | X86_CR4_LASS)

/*
 * Bits that are always the host's: LA57 cannot change in long mode (SDM vol. 3, 2.5),
 * VMXE cannot be cleared in VMX operation (SDM vol. 3, 23.8).
 */
#define CO_CR4_HOSTS		(X86_CR4_LA57 | X86_CR4_VMXE)

/*
 * Bits that a guest may have. Each of the others needs something that the passage does
 * not switch. PKE needs PKRU, CET needs its MSRs, UINTR and FRED as well.
 */
#define CO_CR4_ALLOWED		(X86_CR4_TSD | X86_CR4_DE | X86_CR4_PSE | \
				 X86_CR4_PAE | X86_CR4_MCE | X86_CR4_PGE | \
				 X86_CR4_PCE | X86_CR4_OSFXSR | \
				 X86_CR4_OSXMMEXCPT | X86_CR4_UMIP | \
				 X86_CR4_FSGSBASE | X86_CR4_PCIDE | \
				 X86_CR4_OSXSAVE | X86_CR4_SMEP | X86_CR4_SMAP)

/* Bits of the host that a guest has when it starts. */
#define CO_CR4_BOOT		(X86_CR4_DE | X86_CR4_PSE | X86_CR4_PAE | \
				 X86_CR4_MCE | X86_CR4_PGE)

/**
 * struct co_cr4_64 - CR4 at the stations of the passage
 * @host:	value of the host
 * @quiet:	value in the passage while the host's IDT is loaded
 * @guest:	value of the guest at its next entry
 */
struct co_cr4_64 {
	__u64 host;
	__u64 quiet;
	__u64 guest;
};

/**
 * co_cr4_plan64() - compute CR4 for each station
 * @plan:	out
 * @host:	CR4 of the host
 * @guest:	CR4 of the guest
 * @invpcid:	does the passage flush the TLB with INVPCID? If not, it does so by a
 *		change of PGE, and the guest cannot have that bit
 */
static inline void co_cr4_plan64(struct co_cr4_64 *plan, __u64 host, __u64 guest,
				 bool invpcid)
{
	__u64 allowed = CO_CR4_ALLOWED;

	if (!invpcid)
		allowed &= ~(__u64)X86_CR4_PGE;
	plan->host = host;
	plan->quiet = host & ~(__u64)CO_CR4_QUIET64_OFF;
	plan->guest = (guest & allowed) | (host & CO_CR4_HOSTS);
}

#endif /* CO_X86_64_CR4_H */

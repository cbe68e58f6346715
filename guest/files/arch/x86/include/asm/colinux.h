/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A Linux kernel as a coLinux guest: what the port offers to the rest of the
 * kernel, drivers/colinux above all.
 *
 * The contract with the host is <colinux/guest.h>. The port itself is in
 * arch/x86/colinux; its reading order:
 *
 *   head.S		the ELF note and the entry point
 *   start.c		from the entry to i386_start_kernel()
 *   mmu.c		page tables: p2m, CR3, the passage area
 *   cpu.c		which features of the CPU a guest may use
 *   irq.c		the IDT, virtual interrupts
 *   stack.c		stacks that cannot overflow into other memory
 *   selector.c		segments that the passage cannot load again
 *   hypercall.c	calling the host; idle
 *   kick.c		kicks that wait for company
 *   time.c		clocks and the timer
 *   console.c		the first messages, until cocon is there
 *   reboot.c		power-off, reboot, panic
 *   sysfs.c		/sys/kernel/colinux
 */
#ifndef _ASM_X86_COLINUX_H
#define _ASM_X86_COLINUX_H

/*
 * The passage area is mapped by the first two slots of the fixmap after the
 * hole at its top, where nothing can move it: fixmap indices grow downwards.
 */
#define COLINUX_PASSAGE_VA	0xffffd000

#include <colinux/guest.h>

#ifndef __ASSEMBLY__

#include <linux/types.h>

struct pt_regs;

/* The page shared with the host. Of one vCPU, as long as a guest has one. */
#define colinux_vcpu	((struct co_vcpu_page *)COLINUX_PASSAGE_VA)

/* What the monitor says; read-only. Set before any initcall runs. */
extern const struct co_boot_info *colinux_boot_info;

s32 colinux_hypercall(u32 nr, u64 arg0, u64 arg1, u64 arg2);
void colinux_notify(u32 nr, u64 arg0);
int colinux_virq_to_irq(u32 virq);
bool colinux_fixup_selector(struct pt_regs *regs);
void colinux_kick_later(u32 kick);
bool colinux_kick_cancel(u32 kick);

/**
 * colinux_kick() - tell the monitor to look at a ring
 * @kick:	kick number of the queue
 *
 * From any context.
 */
static inline void colinux_kick(u32 kick)
{
	colinux_notify(CO_HC_KICK, kick);
}

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_H */

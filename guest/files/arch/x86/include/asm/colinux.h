/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The coLinux port's interface to the rest of the kernel, mainly to
 * drivers/colinux.
 *
 * <colinux/guest.h> is the interface to the host. The port itself is in
 * arch/x86/colinux. Its reading order:
 *
 *   head_*.S		the ELF note and the entry point
 *   start_*.c		from the entry to the kernel's first function in C
 *   start.c		boot information, hooks in place of a PC's hardware
 *   mmu_*.c		page tables: CR3, the passage area
 *   p2m.c		the tables behind <asm/colinux_p2m.h>, which translates entries
 *   cpu.c		the features of the CPU that a guest may use
 *   cpu_*.h		the same, by architecture
 *   irq.c		the IDT, virtual interrupts
 *   irq_*.h		the same, by architecture
 *   stack_32.c		stacks with guard pages
 *   selector_32.c	selectors that the passage cannot load again
 *   selector_64.S	the same
 *   hypercall.c	hypercalls, HLT
 *   enter_*.h		the calling sequence of a hypercall
 *   kick.c		delayed kicks
 *   time.c		clocks and the timer
 *   timesync.c		synchronises the wall clock with the host's
 *   console.c		the boot console, until cocon takes over
 *   reboot.c		power-off, reboot, panic
 *   params.c		defaults of built-in drivers
 *   exec.c		memory for code that the kernel generates
 *   sysfs.c		/sys/kernel/colinux
 *
 * A * above is 32 or 64. Files with such a number in their names are for that number
 * of bits only.
 */
#ifndef _ASM_X86_COLINUX_H
#define _ASM_X86_COLINUX_H

#ifdef CONFIG_X86_32
#include <asm/colinux_32.h>
#else
#include <asm/colinux_64.h>
#endif
#include <colinux/guest.h>

#ifndef __ASSEMBLY__

#include <linux/types.h>

/* Boot information from the monitor, read-only. Set before any initcall. */
extern const struct co_boot_info *colinux_boot_info;

s32 colinux_hypercall(u32 nr, u64 arg0, u64 arg1, u64 arg2);
void colinux_notify(u32 nr, u64 arg0);
int colinux_virq_to_irq(u32 virq);
void colinux_kick_later(u32 kick);
bool colinux_kick_cancel(u32 kick);

/**
 * colinux_kick() - notify the monitor of new entries in a ring
 * @kick:	kick number of the queue
 *
 * Context: any.
 */
static inline void colinux_kick(u32 kick)
{
	colinux_notify(CO_HC_KICK, kick);
}

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_H */

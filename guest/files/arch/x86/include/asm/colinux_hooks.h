/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instructions that a coLinux guest replaces.
 *
 * Included by <asm/irqflags.h> and <asm/special_insns.h>, both of which nearly
 * everything else includes: so nothing is included here, and only what these
 * two would define themselves is defined.
 */
#ifndef _ASM_X86_COLINUX_HOOKS_H
#define _ASM_X86_COLINUX_HOOKS_H

#ifndef __ASSEMBLY__

unsigned long colinux_read_cr3(void);
void colinux_write_cr3(unsigned long cr3);
void colinux_safe_halt(void);
void colinux_halt(void);

/*
 * CR3 holds the machine address of the PDPT in the vCPU page at all times, so
 * that a TLB flush stays the plain reload it is. The kernel reads and writes
 * the pseudo-physical address of a pgd here.
 */
static inline unsigned long __read_cr3(void)
{
	return colinux_read_cr3();
}

static inline void write_cr3(unsigned long cr3)
{
	colinux_write_cr3(cr3);
}

/*
 * HLT would stop the CPU for the host as well. With interrupts off, for good:
 * they are the host's.
 */
static inline void native_safe_halt(void)
{
	colinux_safe_halt();
}

static inline void native_halt(void)
{
	colinux_halt();
}

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_HOOKS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replacements of instructions in a coLinux guest.
 *
 * <asm/irqflags.h> and <asm/special_insns.h> include this file in place of their
 * own definitions. Nearly all other headers include these two, so this file
 * includes none.
 */
#ifndef _ASM_X86_COLINUX_HOOKS_H
#define _ASM_X86_COLINUX_HOOKS_H

#ifndef __ASSEMBLY__

unsigned long colinux_read_cr3(void);
void colinux_write_cr3(unsigned long cr3);
void colinux_safe_halt(void);
void colinux_halt(void);

/*
 * With these functions the kernel reads and writes the pseudo-physical address of a
 * pgd. They are not called for a TLB flush, which reloads CR3 with its own value.
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
 * HLT would stop the host's CPU: with interrupts off for ever, since all
 * interrupts are the host's.
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

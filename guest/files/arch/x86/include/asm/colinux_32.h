/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a 32-bit guest adds to <asm/colinux.h>.
 */
#ifndef _ASM_X86_COLINUX_32_H
#define _ASM_X86_COLINUX_32_H

/*
 * The passage area is in the first two slots of the fixmap below the hole at its
 * top. Fixmap indices grow downwards, so this address does not depend on the
 * configuration.
 */
#define COLINUX_PASSAGE_VA	0xffffd000

#ifndef __ASSEMBLY__

#include <linux/compiler.h>
#include <linux/types.h>

struct pt_regs;

/* The page that is shared with the host. One, as a guest has one vCPU. */
#define colinux_vcpu	((struct co_vcpu_page *)COLINUX_PASSAGE_VA)

/* The name of a register in messages. */
#define COLINUX_REG(name)	"E" name

bool colinux_fixup_selector(struct pt_regs *regs);

/* The passage switches CR4 and DR7 of a 32-bit guest in any case. */
static __always_inline unsigned long colinux_cr4(unsigned long cr4)
{
	return cr4;
}

static __always_inline void colinux_before_dr7(unsigned long dr7)
{
}

static __always_inline void colinux_after_dr7(unsigned long dr7)
{
}

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_32_H */

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

#include <linux/types.h>

struct pt_regs;

bool colinux_fixup_selector(struct pt_regs *regs);

#endif /* __ASSEMBLY__ */
#endif /* _ASM_X86_COLINUX_32_H */

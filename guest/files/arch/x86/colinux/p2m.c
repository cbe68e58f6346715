// SPDX-License-Identifier: GPL-2.0
/*
 * The translation tables behind <asm/colinux_p2m.h>.
 */
#include <linux/mm.h>
#include <asm/colinux.h>

#include "colinux.h"

u32 colinux_p2m_count __ro_after_init;
struct colinux_m2p colinux_m2p __ro_after_init;

/**
 * colinux_init_p2m() - take the tables over from the module
 *
 * Called before the first page-table entry is made.
 */
void __init colinux_init_p2m(void)
{
	const struct co_vcpu_page *vcpu = colinux_vcpu;

	colinux_take_p2m();
	colinux_p2m_count = vcpu->p2m_count;
	colinux_m2p.table = __va(vcpu->m2p_gpa);
	colinux_m2p.first = vcpu->m2p_first;
	colinux_m2p.count = vcpu->m2p_count;
}

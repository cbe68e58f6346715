// SPDX-License-Identifier: GPL-2.0
/*
 * From head_32.S to i386_start_kernel().
 *
 * start.c has the steps that do not depend on the architecture.
 */
#include <linux/init.h>
#include <asm/colinux.h>
#include <asm/cpu_entry_area.h>
#include <asm/proto.h>
#include <asm/segment.h>
#include <asm/x86_init.h>

#include "colinux.h"

/*
 * Stores the values that enable_sep_cpu() will write to the SYSENTER MSRs. The
 * module loads these MSRs from the vCPU page, so the values must be there first.
 */
static void __init colinux_init_sysenter(void)
{
	struct co_sysenter *sysenter = &colinux_vcpu->arch_i386.sysenter;

	sysenter->cs = __KERNEL_CS;
	sysenter->esp = (unsigned long)(cpu_entry_stack(0) + 1);
	sysenter->eip = (unsigned long)entry_SYSENTER_32;
}

static void __init colinux_init_interrupts(void)
{
	colinux_init_stacks();
	colinux_init_irqs();
}

/*
 * Called by startup_colinux on the initial stack, with the host's page tables and
 * IDT. On return the kernel's first page tables are loaded.
 *
 * Without a valid vCPU page there is no hypercall to report an error. So raise an
 * exception, which the host reports.
 */
void __init colinux_start_kernel(const struct co_boot_info *info,
				 struct co_vcpu_page *vcpu)
{
	if (vcpu != colinux_vcpu || vcpu->magic != CO_VCPU_MAGIC ||
	    vcpu->abi != CO_GUEST_ABI || vcpu->arch != CO_ARCH_I386)
		__builtin_trap();

	colinux_init_boot_info(info);
	colinux_init_memory();
	colinux_init_cpu();
	colinux_init_sysenter();
	colinux_init_hooks();
	x86_init.irqs.pre_vector_init = colinux_init_interrupts;
	colinux_init_time();
	colinux_init_boot_params();
}

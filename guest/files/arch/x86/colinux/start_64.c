// SPDX-License-Identifier: GPL-2.0
/*
 * From head_64.S to x86_64_start_reservations().
 *
 * start.c has the steps that do not depend on the architecture.
 */
#include <linux/init.h>
#include <asm/apic.h>
#include <asm/colinux.h>
#include <asm/cpu_entry_area.h>
#include <asm/desc.h>
#include <asm/iommu.h>
#include <asm/irq_vectors.h>
#include <asm/proto.h>
#include <asm/segment.h>
#include <asm/setup.h>
#include <asm/tlbflush.h>
#include <asm/trapnr.h>
#include <asm/x86_init.h>

#include "colinux.h"
#include "irq_64.h"

/* Any but 0, which would mean that there are no boot_params (boot.rst, version). */
#define BOOT_PROTOCOL	0x020f

/* selector_64.S */
void colinux_general_protection(void);
void colinux_segment_not_present(void);

/*
 * The frames of the host's vectors go where the passage wants them. The host's first
 * TSS has such an entry, too, so this is needed only once the kernel loads its own.
 */
static void __init colinux_init_frames(void)
{
	struct co_x86_64_page *page = &colinux_vcpu->arch_x86_64;

	this_cpu_ptr(&cpu_tss_rw)->x86_tss.ist[COLINUX_IST_INDEX] = page->frame_va;
	page->sp0 = (unsigned long)(cpu_entry_stack(0) + 1);
}

static void __init colinux_set_gate(unsigned int vector, void (*entry)(void))
{
	struct desc_ptr idt;
	gate_desc gate;

	store_idt(&idt);
	pack_gate(&gate, GATE_INTERRUPT, (unsigned long)entry, 0, 0, __KERNEL_CS);
	write_idt_entry((gate_desc *)idt.address, vector, &gate);
}

/*
 * The kernel's first IDT, for exceptions. The passage wants the gates of all host's
 * vectors in it. write_idt_entry() puts the passage's stubs there, whatever it is given.
 */
static void __init colinux_init_idt(void)
{
	unsigned int vector;

	idt_setup_early_handler();
	for (vector = FIRST_EXTERNAL_VECTOR; vector < NR_VECTORS; vector++)
		if (vector != IA32_SYSCALL_VECTOR)
			colinux_set_gate(vector, NULL);
}

/* Called after trap_init(), and before the IDT becomes read-only. */
static void __init colinux_init_interrupts(void)
{
	colinux_set_gate(X86_TRAP_GP, colinux_general_protection);
	colinux_set_gate(X86_TRAP_NP, colinux_segment_not_present);
	colinux_init_irqs();
}

/* 64-bit kernels have the code for this hardware, whatever their configuration. */
static void __init colinux_disable_hardware(void)
{
	/* The local APIC is the host's; cpu.c clears its feature. */
	disable_apic = 1;
	apic = &apic_noop;
	/* No bounce buffers for DMA, which would take 64 MiB above 4 GiB of memory. */
	no_iommu = 1;
}

/*
 * Called by startup_colinux on the initial stack, with the host's page tables, GDT and
 * IDT.
 *
 * Without a valid vCPU page there is no hypercall to report an error. So raise an
 * exception, which the host reports.
 */
void __init __noreturn colinux_start_kernel(const struct co_boot_info *info,
					    struct co_vcpu_page *vcpu)
{
	colinux_init_levels();
	if (vcpu != colinux_area() || vcpu->magic != CO_VCPU_MAGIC ||
	    vcpu->abi != CO_GUEST_ABI || vcpu->arch != CO_ARCH_X86_64)
		__builtin_trap();
	colinux_vcpu = vcpu;

	colinux_init_boot_info(info);
	colinux_init_memory();

	cr4_init_shadow();
	load_direct_gdt(0);
	colinux_init_idt();

	colinux_init_cpu();
	colinux_init_frames();
	colinux_disable_hardware();
	colinux_init_hooks();
	x86_init.irqs.pre_vector_init = colinux_init_interrupts;
	colinux_init_time();
	colinux_init_boot_params();
	boot_params.hdr.version = BOOT_PROTOCOL;

	x86_64_start_reservations(NULL);
	unreachable();
}

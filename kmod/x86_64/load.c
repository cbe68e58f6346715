// SPDX-License-Identifier: GPL-2.0
/*
 * Registers of an x86-64 guest that are switched when the vCPU is loaded on a CPU and
 * when it is put. No passage in between switches them, as the host's kernel does not use
 * them.
 *
 * The code page loads the guest's segment registers at the next way in, because their
 * descriptors are in the guest's tables.
 */
#include <linux/mm.h>
#include <asm/msr.h>
#include <asm/segment.h>

#include "../efer.h"
#include "x86_64.h"

/* STAR, LSTAR, CSTAR, SFMASK and the SYSENTER MSRs: entry points of the kernel. */
static const u32 syscall_msr[CO_NR_SYSCALL_MSRS] = {
	MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SYSCALL_MASK,
	MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_ESP, MSR_IA32_SYSENTER_EIP,
};

/* Reads the MSRs to @old and writes those that differ in @new. */
static void exchange_msrs(u64 *old, const u64 *new)
{
	int i;

	for (i = 0; i < CO_NR_SYSCALL_MSRS; i++) {
		rdmsrl(syscall_msr[i], old[i]);
		if (old[i] != new[i])
			wrmsrl(syscall_msr[i], new[i]);
	}
}

/**
 * co_x86_64_load() - co_arch.load
 * @v:		the vCPU
 */
void co_x86_64_load(struct co_vcpu_ctx *v)
{
	struct co_switch64 *sw = co_switch64_of(&v->passage);
	struct co_x86_64 *x = &v->x86_64;

	exchange_msrs(x->host_msr, x->guest_msr);
	rdmsrl(MSR_EFER, x->host_efer);
	if (unlikely(co_guest64_efer(x->host_efer) != x->host_efer))
		wrmsrl(MSR_EFER, co_guest64_efer(x->host_efer));
	wrmsrl(MSR_KERNEL_GS_BASE, x->kernel_gs_base);
	sw->exit.marks |= CO_MARK_SEGMENTS;
	sw->gs_base = x->host->guest_gs;
	sw->host_cr0 = read_cr0();
	if (unlikely(x->high_memory != high_memory)) {
		x->high_memory = high_memory;
		co_host_copy_kernel_half(x->pgd);
		x->pgd[CO_AREA_SLOT] = v->passage.page->arch_x86_64.area_entry;
	}
	co_host_cpu_store(&x->host->cpu);
	x->host->msrs = co_msrs_trace() ? (u64)&v->msrs : 0;
	co_host64_find_rare(x->host);
}

/**
 * co_x86_64_put() - co_arch.put
 * @v:		the vCPU
 */
void co_x86_64_put(struct co_vcpu_ctx *v)
{
	struct co_switch64 *sw = co_switch64_of(&v->passage);
	struct co_x86_64 *x = &v->x86_64;

	/* An exit from user mode leaves it null: then AMD's SYSRET would as well. */
	loadsegment(ss, __KERNEL_DS);
	exchange_msrs(x->guest_msr, x->host_msr);
	if (unlikely(co_guest64_efer(x->host_efer) != x->host_efer))
		wrmsrl(MSR_EFER, x->host_efer);
	rdmsrl(MSR_KERNEL_GS_BASE, x->kernel_gs_base);
	/* If the guest has not been entered, its selectors are not loaded. */
	if (sw->exit.marks & CO_MARK_SEGMENTS)
		return;
	savesegment(ds, sw->selector[0]);
	savesegment(es, sw->selector[1]);
	savesegment(fs, sw->selector[2]);
	savesegment(gs, sw->selector[3]);
	rdmsrl(MSR_FS_BASE, sw->fs_base);
}

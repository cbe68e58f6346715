// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the time of a passage on this host. If the host is a virtual machine,
 * about a dozen instructions of a passage may exit to the hypervisor. The
 * warning here is then the only sign of why a guest is slow.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/processor.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/processor-flags.h>
#include <asm/tsc.h>

#include "enter.h"
#include "vm.h"

#define ROUNDS			4

/*
 * A dozen exits to a hypervisor take some 20 us. If the hypervisor frees all its
 * page tables at each, they take milliseconds. Emulators without a just-in-time
 * compiler are in between.
 */
#define SLOW_PASSAGE_US		50

/* SIDT takes some ten cycles on a CPU, thousands if a hypervisor emulates it. */
#define SLOW_TABLES_CYCLES	1000

static bool slow_tables(u64 cr4)
{
	u64 best = ~0ULL, start;
	struct desc_ptr dt;
	int i;

	if (!(cr4 & X86_CR4_UMIP) || !boot_cpu_has(X86_FEATURE_HYPERVISOR))
		return false;
	for (i = 0; i < ROUNDS; i++) {
		start = rdtsc_ordered();
		store_idt(&dt);
		best = min(best, rdtsc_ordered() - start);
	}
	return best > SLOW_TABLES_CYCLES;
}

/*
 * Pretends that an NMI was noted: the way in then turns back just before the
 * guest. So the time is that of a round trip through the whole passage.
 */
static u64 passage_cycles(struct co_vcpu_ctx *v)
{
	struct co_exit *exit = co_exit_of(&v->passage);
	u64 best = ~0ULL, start;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		exit->nmi++;
		start = rdtsc_ordered();
		co_passage(v, v->vm->arch->id);
		best = min(best, rdtsc_ordered() - start);
		/* Keep the count of real NMIs: they are raised later. */
		exit->nmi--;
	}
	return best;
}

/**
 * co_speed_check() - measure the passage on this host
 * @v:		a vCPU that has not run yet
 *
 * Sets slow_tables of its passage. Warns once if passages are slow.
 *
 * Context: between vcpu_load() and vcpu_put().
 */
void co_speed_check(struct co_vcpu_ctx *v)
{
	struct co_passage *p = &v->passage;
	unsigned long flags;
	u64 cycles, cr4;

	local_irq_save(flags);
	cr4 = native_read_cr4();
	/* VMX operation forbids a passage; a breakpoint could fire in it. */
	if (co_vmx_forbids(v->vm->arch->id, cr4) || hw_breakpoint_active()) {
		local_irq_restore(flags);
		return;
	}
	p->timed = true;
	p->slow_tables = slow_tables(cr4);
	v->vm->arch->plan_cr4(v, cr4);
	cycles = passage_cycles(v);
	local_irq_restore(flags);

	cycles = div_u64(cycles * 1000, tsc_khz);
	if (cycles > SLOW_PASSAGE_US && boot_cpu_has(X86_FEATURE_HYPERVISOR))
		pr_warn_once("a passage takes %llu us on this machine, which has a hypervisor below: guests will be slow\n",
			     cycles);
}

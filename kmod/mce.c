// SPDX-License-Identifier: GPL-2.0
/*
 * Machine checks that hit a guest, given back to the host.
 *
 * The host's handler asks who consumed the error. For its own kernel there is
 * no way on; a process is killed. Of a guest it must know that this is the
 * monitor's process, so it is called as KVM does, with the registers of user
 * mode. What it wants to do to the process it queues as work for its return to
 * user space, and counts in current->mce_count.
 */
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <asm/mce.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>

#include "vm.h"

/**
 * co_mce_forward() - have the host handle a machine check that hit the guest
 *
 * Context: interrupts and preemption off, on the vCPU's thread.
 * Return: whether the guest may go on. If not, the memory it used is lost.
 */
bool co_mce_forward(void)
{
	struct pt_regs regs = {
		.cs	= 3,			/* privilege level 3 */
		.flags	= X86_EFLAGS_IF,
	};

	do_machine_check(&regs);
	return !current->mce_count;
}

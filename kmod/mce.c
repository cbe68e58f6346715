// SPDX-License-Identifier: GPL-2.0
/*
 * Machine checks that hit a guest, handed to the host's handler.
 *
 * The host's handler panics if its own kernel has consumed the error, and kills
 * the process if user space has. A guest counts as the monitor's process, so the
 * handler gets registers of user mode, as from KVM. The handler queues its work
 * on the process for the return to user space, and counts it in
 * current->mce_count.
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
 * Return: true if the guest may go on, false if memory that it used is lost.
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

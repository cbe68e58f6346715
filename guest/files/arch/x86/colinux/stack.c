// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks with an unmapped page below each.
 *
 * A stack that overflows must not reach what lies below it: among a guest's
 * memory are its page tables, and rubbish in those takes the host down. With
 * CONFIG_VMAP_STACK the overflow is a page fault that finds no stack to be
 * reported on, hence a double fault, which has a task gate and a stack of its
 * own on 32 bits.
 *
 * Other kernels for 32 bits are without it, because their page tables need not
 * share the kernel's part, and a stack that is missing in the one that is
 * loaded cannot be added by a fault. Here all do: PAE without page-table
 * isolation has one page of pmds for the kernel, and a stack in it.
 */
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/vmalloc.h>
#include <asm/colinux.h>
#include <asm/processor.h>
#include <asm/stacktrace.h>
#include <asm/thread_info.h>

#include "colinux.h"

/**
 * get_stack_info_noinstr() - which stack an address lies in
 * @stack:	the address
 * @task:	whose
 * @info:	out: the stack
 *
 * What the handler of double faults asks to tell an overflow from others; the
 * kernel has it for 64 bits alone.
 *
 * Return: whether it is a stack's.
 */
bool noinstr get_stack_info_noinstr(unsigned long *stack,
				    struct task_struct *task,
				    struct stack_info *info)
{
	return !get_stack_info(stack, task, info, NULL);
}

static void __init colinux_guard_stack(struct irq_stack **stack)
{
	void *guarded = __vmalloc_node(THREAD_SIZE, THREAD_ALIGN,
				       GFP_KERNEL | __GFP_ZERO, NUMA_NO_NODE,
				       __builtin_return_address(0));

	if (!guarded)
		panic("coLinux: no memory for the stacks of interrupts");
	free_pages((unsigned long)*stack, THREAD_SIZE_ORDER);
	*stack = guarded;
}

/**
 * colinux_init_stacks() - guard the stacks of interrupts, too
 *
 * Before the first interrupt: they are not in use.
 */
void __init colinux_init_stacks(void)
{
	colinux_guard_stack(this_cpu_ptr(&hardirq_stack_ptr));
	colinux_guard_stack(this_cpu_ptr(&softirq_stack_ptr));
}

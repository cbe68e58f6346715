// SPDX-License-Identifier: GPL-2.0
/*
 * Stacks with an unmapped page below each.
 *
 * A stack that overflows must not overwrite the memory below it: page tables may
 * lie there, and bad page tables can take the host down. With CONFIG_VMAP_STACK
 * the overflow is a page fault. Its frame cannot be pushed either, so it becomes a
 * double fault. On 32 bits that has a task gate, and so a stack of its own.
 *
 * Other 32-bit kernels do not have CONFIG_VMAP_STACK. Their page tables need not
 * share the part that maps the kernel. So the loaded one may lack the mapping of
 * the stack, and no fault could add it. Here all page tables share that part: PAE
 * without page-table isolation has one page of pmds for the kernel.
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
 * get_stack_info_noinstr() - find the stack that contains an address
 * @stack:	the address
 * @task:	task of the stack
 * @info:	out: the stack
 *
 * The handler of double faults uses it to detect an overflow. The kernel has it
 * for 64 bits only (dumpstack_64.c).
 *
 * Return: true if a stack contains the address.
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
 * colinux_init_stacks() - replace the stacks of interrupts by guarded ones
 *
 * Called before the first interrupt, so the old ones are not in use.
 */
void __init colinux_init_stacks(void)
{
	colinux_guard_stack(this_cpu_ptr(&hardirq_stack_ptr));
	colinux_guard_stack(this_cpu_ptr(&softirq_stack_ptr));
}

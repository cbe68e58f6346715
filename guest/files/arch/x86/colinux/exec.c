// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for code that the kernel generates, in a kernel without modules.
 *
 * The users, the BPF JIT and kprobes, call module_alloc(). They get pages that
 * are writable and not executable, and make them read-only before they make
 * them executable.
 */
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/moduleloader.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

/**
 * module_alloc() - allocate pages for code
 * @size:	in bytes
 *
 * Return: their address, or NULL.
 */
void *module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, PAGE_SIZE, VMALLOC_START, VMALLOC_END,
				    GFP_KERNEL, PAGE_KERNEL,
				    VM_FLUSH_RESET_PERMS, NUMA_NO_NODE,
				    __builtin_return_address(0));
}

/**
 * module_memfree() - free pages for code
 * @region:	what module_alloc() returned
 *
 * The pages become writable and not executable again.
 */
void module_memfree(void *region)
{
	/* vfree() cannot reset the permissions there. */
	WARN_ON(in_interrupt());
	vfree(region);
}

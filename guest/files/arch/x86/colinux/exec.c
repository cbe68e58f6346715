// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for code that the kernel generates, in a kernel without modules.
 *
 * The BPF JIT and kprobes call module_alloc(), which other kernels have only with
 * the module loader. They get writable pages that are not executable. They make
 * them read-only, then executable.
 */
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/moduleloader.h>
#include <linux/preempt.h>
#include <linux/vmalloc.h>

/**
 * module_alloc() - allocate pages for code
 * @size:	size in bytes
 *
 * Return: the address of the first page, or NULL.
 */
void *module_alloc(unsigned long size)
{
	return __vmalloc_node_range(size, PAGE_SIZE, MODULES_VADDR, MODULES_END,
				    GFP_KERNEL, PAGE_KERNEL,
				    VM_FLUSH_RESET_PERMS, NUMA_NO_NODE,
				    __builtin_return_address(0));
}

/**
 * module_memfree() - free pages for code
 * @region:	return value of module_alloc()
 *
 * The pages become not executable, then writable again.
 *
 * Context: process.
 */
void module_memfree(void *region)
{
	/* vfree() cannot reset permissions in an interrupt. */
	WARN_ON(in_interrupt());
	vfree(region);
}

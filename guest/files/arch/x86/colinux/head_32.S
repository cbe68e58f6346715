/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ELF note of a coLinux guest, and its entry point.
 *
 * <colinux/i386.h> has the state on entry. Paging is on and maps the kernel where
 * it was linked. So this code replaces the part of kernel/head_32.S before
 * paging is on, calls colinux_start_kernel() and joins that file after this part.
 */
#include <linux/elfnote.h>
#include <linux/init.h>
#include <linux/linkage.h>
#include <asm/colinux.h>
#include <asm/page_types.h>

ELFNOTE_START(coLinux, CO_NOTE_KERNEL, "a")
	.long	CO_GUEST_ABI
	.long	CO_ARCH_I386
	.long	startup_colinux, 0
	.long	__PAGE_OFFSET, 0
	.long	COLINUX_PASSAGE_VA, 0
	.long	0, 0		/* flags, reserved0 */
ELFNOTE_END

	__INIT
SYM_CODE_START(startup_colinux)
	movl	initial_stack, %esp

	/* Clear all flags, DF and IF included. */
	pushl	$0
	popfl

	/* Valid selectors until the kernel loads its own; unused without SMP. */
	movl	$CO_BOOT_DS, %eax
	movl	%eax, %fs
	xorl	%eax, %eax
	movl	%eax, %gs

	/*
	 * Clear the bss here and do not rely on the loader: a previous guest that
	 * asked for a reboot may have used this memory.
	 */
	movl	%edi, %edx
	movl	$__bss_start, %edi
	movl	$__bss_stop, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	rep ; stosl

	/* Arguments: the boot information in %eax, the vCPU page in %edx. */
	movl	%esi, %eax
	call	colinux_start_kernel

	jmp	startup_32_paged
SYM_CODE_END(startup_colinux)

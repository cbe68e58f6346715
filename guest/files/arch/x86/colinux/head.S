/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a coLinux guest announces itself, and where it starts.
 *
 * The state on entry is that of struct co_elf_note: paging is on and maps the
 * kernel where it was linked, so none of head_32.S's work below its entry
 * point is needed until paging is on there as well.
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
ELFNOTE_END

	__INIT
SYM_CODE_START(startup_colinux)
	movl	initial_stack, %esp

	/* Known flags, direction and interrupts among them. */
	pushl	$0
	popfl

	/*
	 * A per-CPU variable is reached through %fs, and its address is its
	 * linear one as long as there is but one CPU.
	 */
	movl	$CO_BOOT_DS, %eax
	movl	%eax, %fs
	xorl	%eax, %eax
	movl	%eax, %gs

	/*
	 * The memory may have served a guest before, one that asked for a
	 * reboot: do not rely on a loader for zeroes.
	 */
	movl	%edi, %edx
	movl	$__bss_start, %edi
	movl	$__bss_stop, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	rep ; stosl

	/* Arguments in %eax and %edx: boot information and vCPU page. */
	movl	%esi, %eax
	call	colinux_start_kernel

	jmp	startup_32_paged
SYM_CODE_END(startup_colinux)

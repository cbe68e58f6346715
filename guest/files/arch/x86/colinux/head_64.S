/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ELF note of a coLinux guest, and its entry point.
 *
 * <colinux/x86_64.h> has the state on entry. Paging is on and maps the kernel where it
 * was linked. So this code and colinux_start_kernel() replace kernel/head_64.S.
 */
#include <linux/elfnote.h>
#include <linux/init.h>
#include <linux/linkage.h>
#include <asm/colinux.h>
#include <asm/msr-index.h>
#include <asm/page_types.h>
#include <asm/unwind_hints.h>

ELFNOTE_START(coLinux, CO_NOTE_KERNEL, "a")
	.long	CO_GUEST_ABI
	.long	CO_ARCH_X86_64
	.quad	startup_colinux
	.quad	__START_KERNEL_map
	.quad	0			/* passage_va: <colinux/x86_64.h> has it */
	.long	CO_NOTE_F_5LEVEL
	.long	0			/* reserved0 */
ELFNOTE_END

	__INIT
SYM_CODE_START(startup_colinux)
	UNWIND_HINT_EMPTY
	ANNOTATE_NOENDBR
	movq	initial_stack(%rip), %rsp

	/* Clear all flags, DF and IF included. */
	pushq	$0
	popfq

	/* The stack protector's canary is relative to GS. */
	movl	$MSR_GS_BASE, %ecx
	movl	initial_gs(%rip), %eax
	movl	initial_gs+4(%rip), %edx
	wrmsr

	/*
	 * Clear the bss here and do not rely on the loader: a previous guest that
	 * asked for a reboot may have used this memory.
	 */
	movq	%rdi, %r12
	movq	%rsi, %r13
	call	clear_bss

	/* Arguments: the boot information, the vCPU page. */
	movq	%r13, %rdi
	movq	%r12, %rsi
	xorl	%ebp, %ebp		/* the end of the chain of frames */
	call	colinux_start_kernel
	int3
SYM_CODE_END(startup_colinux)

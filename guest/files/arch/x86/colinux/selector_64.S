/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selectors whose descriptor no longer exists.
 *
 * A loaded segment stays valid when its descriptor in memory changes. So the passage
 * may find a selector that it cannot load again: <colinux/x86_64.h>. Its MOV raises
 * #GP or #NP. The base of GS is then not the kernel's, so no C code may run. The gates
 * of the two exceptions lead here; start_64.c sets them. For a MOV of the passage this
 * code loads a null selector, as Linux does at a task switch, and skips the MOV.
 */
#include <linux/linkage.h>
#include <asm/asm-offsets.h>
#include <asm/page_types.h>
#include <asm/segment.h>
#include <asm/unwind_hints.h>

/* MOV to a segment register from EAX, as a word in memory (SDM vol. 2, MOV). */
#define MOV_DS		0xd88e
#define MOV_ES		0xc08e
#define MOV_FS		0xe08e
#define MOV_GS		0xe88e
#define MOV_BYTES	2

/* On the stack below: RCX, RAX, the error code, then RIP and CS of the exception. */
#define SAVED_BYTES	16
#define ERROR_BYTES	8
#define RIP_OFFSET	(SAVED_BYTES + ERROR_BYTES)
#define CS_OFFSET	(RIP_OFFSET + 8)

	.section .entry.text, "ax"

/* \name: the entry in the IDT. \handler: the kernel's entry for all other cases. */
.macro SELECTOR_ENTRY name handler
SYM_CODE_START(\name)
	UNWIND_HINT_IRET_REGS offset=8
	ENDBR
	cld
	pushq	%rax
	pushq	%rcx
	UNWIND_HINT_IRET_REGS offset=24

	testb	$SEGMENT_RPL_MASK, CS_OFFSET(%rsp)
	jnz	.Lother_\@
	movq	RIP_OFFSET(%rsp), %rax
	movq	%rax, %rcx
	/* The code page is behind the vCPU page. */
	subq	colinux_vcpu(%rip), %rcx
	subq	$PAGE_SIZE, %rcx
	cmpq	$(PAGE_SIZE - MOV_BYTES), %rcx
	ja	.Lother_\@

	movzwl	(%rax), %eax
	xorl	%ecx, %ecx
	cmpl	$MOV_DS, %eax
	je	.Lds_\@
	cmpl	$MOV_ES, %eax
	je	.Les_\@
	cmpl	$MOV_FS, %eax
	je	.Lfs_\@
	cmpl	$MOV_GS, %eax
	je	.Lgs_\@

.Lother_\@:
	popq	%rcx
	popq	%rax
	UNWIND_HINT_IRET_REGS offset=8
	jmp	\handler

.Lds_\@:
	UNWIND_HINT_IRET_REGS offset=24
	movl	%ecx, %ds
	jmp	.Lskip_\@
.Les_\@:
	movl	%ecx, %es
	jmp	.Lskip_\@
.Lfs_\@:
	movl	%ecx, %fs
	jmp	.Lskip_\@
.Lgs_\@:
	movl	%ecx, %gs
.Lskip_\@:
	addq	$MOV_BYTES, RIP_OFFSET(%rsp)
	popq	%rcx
	popq	%rax
	addq	$ERROR_BYTES, %rsp
	UNWIND_HINT_IRET_REGS
	iretq
SYM_CODE_END(\name)
.endm

SELECTOR_ENTRY colinux_general_protection asm_exc_general_protection
SELECTOR_ENTRY colinux_segment_not_present asm_exc_segment_not_present

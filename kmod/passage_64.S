/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's end of the passage: out of the host's kernel and back into it.
 *
 * Everything between the two jumps is in passage_page.S; docs/passage.md
 * draws the whole way. Called with interrupts off and preemption disabled, by
 * co_vcpu_enter() alone.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <linux/stringify.h>
#include <asm/alternative.h>
#include <asm/asm.h>
#include <asm/cpufeatures.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/unwind_hints.h>

#include "barriers.S"
#include "co-offsets.h"
#include "passage.h"

	.section .rodata, "a"
	.balign	2
/* For VERW; a writable segment under the trampoline's GDT too. */
SYM_DATA_LOCAL(co_verw_selector, .word __KERNEL_DS)

/*
 * Go to @where if there are MSRs to take care of, see msrs.c. A CPU without the
 * 64-bit debug store has none, and jumps here at once.
 */
.macro CO_IF_TRACE where:req
	ALTERNATIVE "jmp .Lno_trace_\@", __stringify(cmpq $0, HS_MSRS(%rdi)), \
		X86_FEATURE_DTES64
	jne	\where
.Lno_trace_\@:
.endm

	.text
/*
 * u32 co_passage_switch(struct co_host *host)
 *
 * Enters the guest; returns when it gives the CPU back, with the reason. CR4 is
 * the one that co_passage_set_cr4() was told.
 * Clobbers what a C function may, and DS, ES, FS and GS selectors, the FS
 * base and CR2, which vcpu.c restores when it needs them.
 */
SYM_FUNC_START(co_passage_switch)
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	UNWIND_HINT_SAVE
	movq	%rsp, HS_RSP(%rdi)
	movq	%cr3, %rax
	movq	%rax, HS_CR3(%rdi)
	movq	%cr0, %rax
	movq	%rax, HS_CR0(%rdi)
	movq	HS_SW(%rdi), %rcx
	movl	%eax, SWO_HOST_CR0(%rcx)

	/*
	 * Under the transition tables the host's IDT still works, since they
	 * have its kernel half. It would not without PCIDE: an NMI's exit under
	 * page-table isolation writes CR3 with bit 63, which faults then. So the
	 * IDT changes in between. What may be off with which IDT: see cr4.h.
	 */
	movq	HS_CR4_QUIET(%rdi), %rdx
	cmpq	HS_CR4(%rdi), %rdx
	je	1f
	movq	%rdx, %cr4
1:	movq	HS_CR3_64(%rdi), %rax
	movq	%rax, %cr3
	lidt	HS_TRAMP_IDT(%rdi)
	/* No handler of the host's can turn PEBS on again from here on. */
	CO_IF_TRACE .Ltrace_off
.Ltrace_is_off:
	movq	HS_CR4_TRAMP(%rdi), %rax
	cmpq	%rdx, %rax
	je	1f
	movq	%rax, %cr4
1:
	lgdt	HS_TRAMP_GDT(%rdi)
	movl	HS_AREA(%rdi), %ebx
	movq	HS_STACK(%rdi), %rsp	/* identity-mapped, below 4 GiB */
	pushq	$CO_SEL_CODE32
	pushq	HS_CODE(%rdi)
	CO_CLEAR_BUFFERS co_verw_selector
	lretq

/*
 * Back from passage_page.S: 64-bit mode, transition tables, trampoline GDT
 * and IDT, SS good under the host's GDT too. %rdi: host, %esi: reason.
 */
SYM_INNER_LABEL(co_passage_resume, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ANNOTATE_NOENDBR		/* CR4.CET is clear: see cr4.h */
	movq	HS_RSP(%rdi), %rsp

	/*
	 * The host's GDT is read-only where the kernel has it, and ltr writes
	 * the busy bit: load TR through the writable alias, then go back to
	 * the read-only one, as the kernel does after a suspend.
	 */
	lgdt	HS_GDT_RW(%rdi)
	movq	HS_TSS_DESC(%rdi), %rax
	andb	$~2, 5(%rax)
	ltr	HS_TR(%rdi)
	lgdt	HS_GDT(%rdi)
	lldt	HS_LDT(%rdi)

	/* Before the IDT: paranoid entries trust the GS base. */
	movl	$MSR_GS_BASE, %ecx
	movl	HS_GS_BASE(%rdi), %eax
	movl	(HS_GS_BASE + 4)(%rdi), %edx
	wrmsr

	/*
	 * PCIDE wants long mode and a CR3 with PCID 0 (SDM 4.10.1): the
	 * transition tables' is. Writes are skipped where CR4 has the value.
	 */
	movq	HS_CR4_QUIET(%rdi), %rdx
	cmpq	HS_CR4_TRAMP(%rdi), %rdx
	je	1f
	movq	%rdx, %cr4
1:	CO_IF_TRACE .Ltrace_on
.Ltrace_is_on:
	lidt	HS_IDT(%rdi)
	movq	HS_CR3(%rdi), %rax
	movq	%rax, %cr3
	movq	HS_CR4(%rdi), %rax
	cmpq	%rax, %rdx
	je	1f
	movq	%rax, %cr4
1:
	CO_LEAVE_GUEST
	movl	%esi, %eax
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	RET

/* The host's stack and all of its kernel are mapped at both places. */
.Ltrace_off:
	pushq	%rdi
	pushq	%rdx
	movq	HS_MSRS(%rdi), %rdi
	call	co_msrs_trace_off
	popq	%rdx
	popq	%rdi
	jmp	.Ltrace_is_off

.Ltrace_on:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	movq	HS_MSRS(%rdi), %rdi
	call	co_msrs_trace_on
	popq	%rdx
	popq	%rsi
	popq	%rdi
	jmp	.Ltrace_is_on
SYM_FUNC_END(co_passage_switch)

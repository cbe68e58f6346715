/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's end of the passage: out of the host's kernel and back into it.
 *
 * The part between the far return and co_passage_resume is in passage_page.S;
 * docs/passage.md draws the whole way. Called with interrupts off and preemption
 * disabled, by vcpu_enter() and co_speed_check().
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

#include "co-offsets.h"
#include "passage.h"

#include "../barriers.S"
#include "../host_state.S"

	.text
/*
 * u32 co_passage_switch(struct co_host *host)
 *
 * Enters the guest. Returns the reason when the guest exits. CR4 must be the one
 * that co_arch.plan_cr4() was called with.
 *
 * Clobbers the registers that a C function may clobber, also DS, ES, FS, GS, the
 * FS base and CR2. vcpu.c restores the latter when it needs them.
 */
SYM_FUNC_START(co_passage_switch)
	CO_SAVE_HOST
	movq	%cr0, %rax
	movq	%rax, HS_CR0(%rdi)
	movq	HS_SW(%rdi), %rcx
	movl	%eax, SWO_HOST_CR0(%rcx)

	/*
	 * The order is CR3, IDT, PCIDE. The host's IDT still works under the
	 * transition tables, since they have the host's kernel half. It does not
	 * work with PCIDE clear: with page-table isolation the exit of an NMI
	 * writes CR3 with bit 63 set, which then faults. cr4.h has the rule for
	 * the bits that may be off under each IDT.
	 */
	CO_LOAD_QUIET_CR4
	movq	HS_CR3_64(%rdi), %rax
	movq	%rax, %cr3
	lidt	HS_TRAMP_IDT(%rdi)
	/* From here on no handler of the host can turn PEBS on again. */
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
 * Back from passage_page.S, in 64-bit mode with the transition tables and the
 * trampoline's GDT and IDT. SS is valid under the host's GDT too. %rdi: host,
 * %esi: reason.
 */
SYM_INNER_LABEL(co_passage_resume, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ANNOTATE_NOENDBR		/* CR4.CET is clear: see cr4.h */
	movq	HS_RSP(%rdi), %rsp

	CO_LOAD_HOST_TABLES

	/* Before the IDT, because the kernel's paranoid entries use the GS base. */
	movl	$MSR_GS_BASE, %ecx
	movl	HS_GS_BASE(%rdi), %eax
	movl	(HS_GS_BASE + 4)(%rdi), %edx
	wrmsr

	/*
	 * Setting PCIDE needs long mode and PCID 0 in CR3 (SDM vol. 3, 4.10.1),
	 * and the transition tables have PCID 0. CR4 is written only if it
	 * changes.
	 */
	movq	HS_CR4_QUIET(%rdi), %rdx
	cmpq	HS_CR4_TRAMP(%rdi), %rdx
	je	1f
	movq	%rdx, %cr4
1:	CO_IF_TRACE .Ltrace_on
.Ltrace_is_on:
	CO_LOAD_HOST_IDT
	CO_LOAD_HOST_CR4
	CO_LEAVE_GUEST
	CO_RETURN_REASON

	CO_TRACE_CALL .Ltrace_off, co_msrs_trace_off, .Ltrace_is_off
	CO_TRACE_CALL .Ltrace_on, co_msrs_trace_on, .Ltrace_is_on
SYM_FUNC_END(co_passage_switch)

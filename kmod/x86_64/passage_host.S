/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's end of the passage to an x86-64 guest: out of the host's kernel and back
 * into it.
 *
 * The part between the jump and co_passage64_resume is in passage_page.S;
 * docs/passage.md draws the whole way. Called with interrupts off and preemption
 * disabled.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
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

/* Writes the GS base from RAX. Clobbers RCX, RDX. */
.macro CO_WRITE_GS_BASE
	ALTERNATIVE __stringify(movl $MSR_GS_BASE, %ecx; movq %rax, %rdx; \
				shrq $32, %rdx; wrmsr), \
		"wrgsbase %rax", X86_FEATURE_FSGSBASE
.endm

/* Loads the transition tables, then the trampoline's IDT. Clobbers RAX. */
.macro CO_LOAD_TRAMPOLINE
	movq	HS_TRAMP_CR3(%rdi), %rax
	movq	%rax, %cr3
	lidt	HS_TRAMP_IDT(%rdi)
.endm

/* Reads the GS base to RAX. Clobbers RCX, RDX. */
.macro CO_READ_GS_BASE
	ALTERNATIVE __stringify(movl $MSR_GS_BASE, %ecx; rdmsr; \
				shlq $32, %rdx; orq %rdx, %rax), \
		"rdgsbase %rax", X86_FEATURE_FSGSBASE
.endm

	.text
/*
 * u32 co_passage64_switch(struct co_host64 *host)
 *
 * Enters the guest. Returns the reason when the guest exits. CR4 must be the one
 * that co_arch.plan_cr4() was called with.
 *
 * Clobbers the registers that a C function may clobber, also DS, ES, FS, GS, the
 * FS base, KERNEL_GS_BASE and CR2. vcpu.c restores them when it needs them.
 */
SYM_FUNC_START(co_passage64_switch)
	CO_SAVE_HOST
	cmpl	$0, HS_RARE(%rdi)
	jne	.Lrare_in
	/*
	 * The order is CR4, CR3, IDT. The host's IDT works under the transition
	 * tables, since they have the host's kernel half. cr4.h has the rule for
	 * the bits that must be off before the IDT changes.
	 */
	CO_LOAD_TRAMPOLINE
.Ltrampoline:
	/* No handler that uses GS runs until the host's IDT is loaded again. */
	movq	HS_GUEST_GS(%rdi), %rax
	CO_WRITE_GS_BASE
	movq	HS_CODE(%rdi), %rax
	CO_CLEAR_BUFFERS co_verw_selector
	/* A call, as the guest's exit continues behind it; the stack pointer is set there. */
	CALL_NOSPEC rax

/*
 * Back from passage_page.S with the transition tables, the area's GDT, the
 * trampoline's IDT, and CR0 and CR4 of the quiet station. %rdi: host, %esi: reason.
 */
SYM_INNER_LABEL(co_passage64_resume, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ANNOTATE_NOENDBR		/* CR4.CET is clear: see cr4.h */
	CO_READ_GS_BASE
	movq	%rax, HS_GUEST_GS(%rdi)

/* The same for a passage that has turned back: the guest's GS base may not be loaded. */
SYM_INNER_LABEL(co_passage64_resume_noted, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ANNOTATE_NOENDBR
	movq	HS_RSP(%rdi), %rsp
	CO_LOAD_HOST_TABLES
	/* Before the IDT, because the kernel's paranoid entries use the GS base. */
	movq	HS_GS_BASE(%rdi), %rax
	CO_WRITE_GS_BASE
	cmpl	$0, HS_RARE(%rdi)
	jne	.Lrare_out
	CO_LOAD_HOST_IDT
.Lhost:
	CO_LEAVE_GUEST
	CO_RETURN_REASON

/* The same ways with a CR4 that differs, or with PEBS or the like to turn off and on. */
.Lrare_in:
	CO_LOAD_QUIET_CR4
	CO_LOAD_TRAMPOLINE
	/* From here on no handler of the host can turn PEBS on again. */
	CO_IF_TRACE .Ltrace_off
	jmp	.Ltrampoline

.Lrare_out:
	CO_IF_TRACE .Ltrace_on
.Ltrace_is_on:
	CO_LOAD_HOST_IDT
	CO_LOAD_HOST_CR4
	jmp	.Lhost

	CO_TRACE_CALL .Ltrace_off, co_msrs_trace_off, .Ltrampoline
	CO_TRACE_CALL .Ltrace_on, co_msrs_trace_on, .Ltrace_is_on
SYM_FUNC_END(co_passage64_switch)

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pieces of the passage on the host's side, for the files that include this one:
 * i386/passage_64.S and x86_64/passage_host.S. RDI is the structure with the host's
 * state. Its members have the HS_ constants of co-offsets.h, which must be included
 * before this file.
 */
#include <linux/stringify.h>
#include <asm/alternative.h>
#include <asm/cpufeatures.h>

/*
 * Saves RBX, where the exit loop has the vCPU, RSP and CR3; and RBP if the kernel has frame
 * pointers: the compiler cannot spare it there. Clobbers RAX.
 */
.macro CO_SAVE_HOST
	pushq	%rbx
#ifdef CONFIG_FRAME_POINTER
	pushq	%rbp
#endif
	UNWIND_HINT_SAVE
	movq	%rsp, HS_RSP(%rdi)
	movq	%cr3, %rax
	movq	%rax, HS_CR3(%rdi)
.endm

/* Returns to the caller, with the reason in ESI. RSP is as CO_SAVE_HOST has left it. */
.macro CO_RETURN_REASON
#ifdef CONFIG_FRAME_POINTER
	popq	%rbp
#endif
	popq	%rbx
	RET
.endm

/*
 * Jumps to @where if co_msrs_trace_off() is needed, see msrs.c. On a CPU without
 * the 64-bit debug store it never is, and the macro is one jump.
 */
.macro CO_IF_TRACE where:req
	ALTERNATIVE "jmp .Lno_trace_\@", __stringify(cmpq $0, HS_MSRS(%rdi)), \
		X86_FEATURE_DTES64
	jne	\where
.Lno_trace_\@:
.endm

/*
 * Loads the host's GDT, TR and LDT. ltr writes the busy bit, and the kernel's mapping
 * of the GDT is read-only. So load TR through the writable alias, then load the
 * read-only GDT, as the kernel does after a suspend. Clobbers RAX.
 */
.macro CO_LOAD_HOST_TABLES
	lgdt	HS_GDT_RW(%rdi)
	movq	HS_TSS_DESC(%rdi), %rax
	andb	$~2, 5(%rax)
	ltr	HS_TR(%rdi)
	lgdt	HS_GDT(%rdi)
	lldt	HS_LDT(%rdi)
.endm

/* Loads the host's IDT, then CR3. Clobbers RAX. */
.macro CO_LOAD_HOST_IDT
	lidt	HS_IDT(%rdi)
	movq	HS_CR3(%rdi), %rax
	movq	%rax, %cr3
.endm

/* CR4 of the quiet station (cr4.h), and RDX. */
.macro CO_LOAD_QUIET_CR4
	movq	HS_CR4_QUIET(%rdi), %rdx
	cmpq	HS_CR4(%rdi), %rdx
	je	.Lcr4_is_quiet_\@
	movq	%rdx, %cr4
.Lcr4_is_quiet_\@:
.endm

/* The bits of CR4 that are off at the quiet station. Clobbers RAX. */
.macro CO_LOAD_HOST_CR4
	movq	HS_CR4(%rdi), %rax
	cmpq	HS_CR4_QUIET(%rdi), %rax
	je	.Lcr4_is_host_\@
	movq	%rax, %cr4
.Lcr4_is_host_\@:
.endm

/*
 * The calls of CO_IF_TRACE .Ltrace_off, on the way in, and .Ltrace_on, on the way out. They
 * preserve RDI, RSI and RDX. The host's stack and its whole kernel are mapped there.
 */
.macro CO_TRACE_CALL label:req function:req back:req
\label:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	movq	HS_MSRS(%rdi), %rdi
	call	\function
	popq	%rdx
	popq	%rsi
	popq	%rdi
	jmp	\back
.endm

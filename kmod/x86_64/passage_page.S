/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The code page of the passage to an x86-64 guest: the part of the switch that runs
 * under the guest's page tables, and until they are loaded.
 *
 * This is data to the module: passage.c copies it to the page behind each vCPU page.
 * The copy runs at X (passage.h), where both the guest's page tables and the transition
 * tables map the two pages. It addresses itself and the vCPU page relative to RIP.
 *
 * Way in:   co_page64_enter, from passage_host.S: transition tables, trampoline's IDT
 *           guest's page tables, guest's IDT
 *           .Lcheck, .Lresume or .Lupcall: IRETQ to the guest
 * Way out:  a stub, in the guest, or co_page64_hypercall
 *           .Lsave: registers to struct co_frame64
 *           .Lleave: trampoline's IDT, transition tables, back to passage_host.S
 *
 * An NMI that comes through the guest's IDT while this page runs must not save
 * registers a second time. The stub of NMIs (.Lrare) tells by the interrupted RIP:
 *
 * - Between .Lcheck and .Lcheck_end the guest's registers are partly loaded, but
 *   struct co_frame64 still has all of them, and nothing there changes it. The stub
 *   turns the passage back. The guest goes on from that frame at the next way in.
 * - Elsewhere the stub counts the NMI and returns. The way in looks at the count at
 *   .Lcheck. On the way out the host raises what was counted.
 *
 * Machine checks are treated in the same way.
 *
 * Stacks: while the trampoline's IDT is loaded, its handlers run on the current stack,
 * which is always writable there: the host's, or the space below struct co_frame64. While
 * the guest's IDT is loaded, all events that the host takes have an IST. A fault of the
 * guest's own, for example of IRETQ, finds its way to the guest's handler. The stack
 * pointer is then on a stack of the guest wherever such a fault may need more than a few
 * words (.Lreload, .Lupcall).
 *
 * DR7 is 0 whenever the trampoline's IDT is loaded: that has no handler for #DB.
 *
 * In comments, "SDM" is Intel's manual, volume 3.
 */
#include <linux/linkage.h>
#include <asm/msr-index.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>

#include "co-offsets.h"
#include "passage.h"

/* A field of the vCPU page, which lies below this page. */
#define PAGE(field)	(co_page64_start - PAGE_SIZE + (field))(%rip)

/* Bytes of the registers that a hypercall does not preserve, r11 to rdi. */
#define CALLER_SAVED	(9 * 8)

#define INVPCID_ALL	2	/* all PCIDs and global entries (SDM vol. 2, INVPCID) */
#define SELECTOR_TI	4	/* in the LDT */

	.section .rodata.co_passage64, "a", @progbits
	.balign	PAGE_SIZE
	.code64
	.globl	co_page64_start
co_page64_start:

/*
 * Stubs, one per vector; the guest's IDT leads here. A stub pushes the vector as a
 * signed byte, to fit the stride. The C side takes the low 8 bits.
 */
	.globl	co_page64_stubs
co_page64_stubs:
	vector = 0
	.rept	256
	.balign	CO_STUB_STRIDE
	.byte	0x6a, vector & 0xff		/* push $imm8 */
	.if	vector == 2 || vector == 18
	jmp	.Lrare
	.else
	jmp	.Lsave
	.endif
	vector = vector + 1
	.endr
	/* Fails to assemble if a stub is longer than the stride. */
	.org	co_page64_stubs + 256 * CO_STUB_STRIDE

/* Loads RCX with the stack on which the guest's kernel takes an interrupt now. */
.macro GUEST_STACK
	movq	PAGE(SW_FRAME_SP), %rcx
	testb	$SEGMENT_RPL_MASK, PAGE(SW_FRAME_CS)
	jz	.Lkernel_\@
	movq	PAGE(VP_SP0), %rcx
.Lkernel_\@:
	andq	$-16, %rcx
.endm

/* Pops the registers that a hypercall preserves, then the others. */
.macro POP_PRESERVED
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
.endm

.macro POP_OTHERS
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
.endm

/*
 * A hypercall. The guest calls this with interrupts off, and RFLAGS to return with in
 * RDI. Makes the frame of an interrupt.
 */
	.globl	co_page64_hypercall
co_page64_hypercall:
	popq	PAGE(SW_FRAME_IP)
	movq	$CO_KERNEL_CS, PAGE(SW_FRAME_CS)
	movq	%rdi, PAGE(SW_FRAME_FLAGS)
	movq	%rsp, PAGE(SW_FRAME_SP)
	movq	$CO_KERNEL_DS, PAGE(SW_FRAME_SS)
	movq	$CO_REASON_HYPERCALL, PAGE(SW_FRAME_VECTOR)
	leaq	PAGE(SW_FRAME_VECTOR - CALLER_SAVED), %rsp
	jmp	.Lsave_others

/* RSP is at the vector in struct co_frame64. */
.Lsave:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
.Lsave_others:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	/*
	 * Clear the guest's flags. C code on the host needs DF clear; AC disables
	 * SMAP; with NT set, IRETQ faults.
	 */
	pushq	$X86_EFLAGS_FIXED
	popfq
	movl	FR_VECTOR(%rsp), %esi
	movq	PAGE(SW_RESUME), %rbx
	cmpl	$0, PAGE(VP_DR7_USED)
	jne	.Lsave_dr7
.Ldr7_saved:
	sidt	PAGE(SW_GUEST_IDT)

/* ESI: the reason. RBX: where the host goes on. */
.Lleave:
	lidt	PAGE(SW_IDT)
	/* An NMI or machine check is noted from here on. */
	sgdt	PAGE(SW_GUEST_GDT)
	str	PAGE(SW_GUEST_TR)
	sldt	PAGE(SW_GUEST_LDT)
	movq	%cr3, %rax
	movq	%rax, PAGE(SW_GUEST_CR3)
	movq	%cr4, %rdx
	movq	%rdx, PAGE(SW_GUEST_CR4)
	movq	%cr0, %rcx
	cmpq	PAGE(SW_HOST_CR0), %rcx
	jne	.Lleave_cr0
.Lcr0_is_host:

	/*
	 * GDT before CR3: the transition tables do not map the guest's GDT, from
	 * which an NMI would load CS. They map the stack, which is below the registers.
	 * SS may be null, as in a kernel that was entered from user mode; load.c loads it
	 * when the vCPU is put.
	 */
	lgdt	PAGE(SW_GDT)
	movq	PAGE(SW_CR3), %rax
	movq	%rax, %cr3

	/*
	 * Flush the TLB: all PCIDs, and global entries, which both kernels have for the
	 * same addresses. INVPCID does so. So does a change of PGE (SDM 4.10.4.1), where
	 * CR4 must be written in any case, or there is no INVPCID. PCIDE can be set here:
	 * CR3 has PCID 0 (SDM 4.10.1).
	 */
	cmpq	PAGE(SW_SAME_CR4), %rdx
	je	.Lleave_invpcid
	movq	PAGE(SW_QUIET_CR4), %rax
	testb	$X86_CR4_PGE, %dl
	jnz	.Lleave_pge
.Lleave_cr4:
	movq	%rax, %cr4
.Lleave_flushed:
	movq	PAGE(SW_HOST), %rdi
	/*
	 * To the host, as a retpoline: a guest's user may have trained the
	 * prediction of an indirect jump here.
	 */
	call	2f
1:	pause
	lfence
	jmp	1b
2:	movq	%rbx, (%rsp)
	ret
	int3

.Lleave_invpcid:
	movl	$INVPCID_ALL, %eax
	invpcid	PAGE(SW_ZERO), %rax
	jmp	.Lleave_flushed

.Lleave_pge:
	andq	$~X86_CR4_PGE, %rdx
	movq	%rdx, %cr4
	jmp	.Lleave_cr4

.Lleave_cr0:
	movq	%rcx, PAGE(SW_GUEST_CR0)
	orl	$CO_MARK_CR0, PAGE(SW_MARKS)
	movq	PAGE(SW_HOST_CR0), %rcx
	movq	%rcx, %cr0
	jmp	.Lcr0_is_host

.Lsave_dr7:
	movq	%dr7, %rax
	movl	%eax, PAGE(SW_DR7)
	orl	$CO_MARK_DR7, PAGE(SW_MARKS)
	xorl	%eax, %eax
	movq	%rax, %dr7
	jmp	.Ldr7_saved

/*
 * The way in. Transition tables, trampoline's IDT, the host's GDT and stack.
 */
	.globl	co_page64_enter
co_page64_enter:
	/* The guest's tables map neither the host's GDT nor its stack. */
	lgdt	PAGE(SW_GDT)
	leaq	PAGE(SW_FRAME), %rsp
	/*
	 * The guest's TSS is busy since the guest loaded it, and LTR needs an
	 * available one. The guest's GDT may be read-only. So load TR from the
	 * area's GDT, which has a copy of the descriptor (guard.c), beside the one that
	 * the guest has at first.
	 */
	andb	$~2, PAGE(SW_GDT_ENTRIES + CO_KERNEL_TSS + 5)
	andb	$~2, PAGE(SW_GDT_ENTRIES + CO_SEL_BOOT_TSS + 5)
	ltr	PAGE(SW_GUEST_TR)
	/*
	 * CR4 before CR3, whose low bits depend on PCIDE. The same flush: the host's CR4
	 * has PGE, so a write without it is a change. Without INVPCID no guest has it here.
	 */
	movq	PAGE(SW_GUEST_CR4), %rcx
	movq	PAGE(SW_GUEST_CR3), %rax
	cmpq	PAGE(SW_SAME_CR4), %rcx
	je	.Lenter_invpcid
	movq	%rcx, %cr4
	testb	$X86_CR4_PGE, %cl
	jnz	.Lenter_invpcid
	movq	%rax, %cr3
.Lenter_flushed:

	/* The guest's tables are loaded, and map the guest's descriptors. */
	lgdt	PAGE(SW_GUEST_GDT)
	lldt	PAGE(SW_GUEST_LDT)
	/* Last: from here on an NMI comes through the guest's IDT, to its stub. */
	lidt	PAGE(SW_GUEST_IDT)

.Lcheck:
	cmpq	$0, PAGE(SW_UNUSUAL)
	jne	.Lunusual
.Lloaded:
	testl	$X86_EFLAGS_IF, FR_FLAGS(%rsp)
	jz	.Lresume
	movl	PAGE(VP_PENDING), %eax
	orl	PAGE(VP_PENDING + 4), %eax
	jnz	.Lupcall
	/* A user's stack in the LDT may have 16 bits: <colinux/x86_64.h>. */
	testb	$SELECTOR_TI, FR_SS(%rsp)
	jnz	.Lupcall

.Lresume:
	POP_PRESERVED
	cmpl	$CO_REASON_HYPERCALL, CALLER_SAVED(%rsp)
	je	.Lreturn
	POP_OTHERS
	addq	$8, %rsp
	iretq

/* The caller of a hypercall expects nothing in the other registers. */
.Lreturn:
	leaq	PAGE(SW_FRAME_IP), %rsp
	iretq

.Lenter_invpcid:
	movq	%rax, %cr3
	movl	$INVPCID_ALL, %eax
	invpcid	PAGE(SW_ZERO), %rax
	jmp	.Lenter_flushed

/*
 * A virtual interrupt, as the CPU would deliver it. The frame goes to the guest's
 * stack, with RSP there: if that stack is bad, the guest gets the double fault that
 * a CPU would raise. struct co_frame64 stays as it is until the IRETQ.
 */
.Lupcall:
	movq	PAGE(VP_UPCALL), %rax
	testq	%rax, %rax
	jz	.Lresume
	movq	%rsp, %rdx
	GUEST_STACK
	movq	%rcx, %rsp
	pushq	PAGE(SW_FRAME_SS)
	pushq	PAGE(SW_FRAME_SP)
	pushq	PAGE(SW_FRAME_FLAGS)
	pushq	PAGE(SW_FRAME_CS)
	pushq	PAGE(SW_FRAME_IP)
	/* IP, CS, flags, SP, SS; passage.c has set the others. */
	movq	%rax, PAGE(SW_UPCALL_FRAME)
	movq	%rsp, PAGE(SW_UPCALL_FRAME + 24)
	movq	%rdx, %rsp
	POP_PRESERVED
	POP_OTHERS
	leaq	PAGE(SW_UPCALL_FRAME), %rsp
	iretq

/*
 * An NMI or machine check that hit the trampoline is only noted. If there is one, turn
 * back and let the host raise it. Else load what is marked.
 *
 * A mark is cleared when the register is loaded: if an NMI turns the passage back before
 * that, the next way in starts again. .Lturn_back marks again what it takes away.
 */
.Lunusual:
	cmpl	$0, PAGE(SW_NOTED)
	jne	.Lturn_back
	testl	$CO_MARK_CR0, PAGE(SW_MARKS)
	jz	1f
	movq	PAGE(SW_GUEST_CR0), %rax
	movq	%rax, %cr0
	andl	$~CO_MARK_CR0, PAGE(SW_MARKS)
1:	testl	$CO_MARK_SEGMENTS, PAGE(SW_MARKS)
	jnz	.Lreload
.Lreloaded:
	testl	$CO_MARK_DR7, PAGE(SW_MARKS)
	jz	.Lloaded
	movl	PAGE(SW_DR7), %eax
	movq	%rax, %dr7
	andl	$~CO_MARK_DR7, PAGE(SW_MARKS)
	jmp	.Lloaded

/*
 * The guest's segment registers, after the host has run another task. A MOV may fault
 * in the guest, whose handler skips it (<colinux/x86_64.h>). A selector's load changes
 * the base, so the bases come last.
 */
.Lreload:
	GUEST_STACK
	movq	%rcx, %rsp
	movzwl	PAGE(SW_SELECTOR), %eax
	movl	%eax, %ds
	movzwl	PAGE(SW_SELECTOR + 2), %eax
	movl	%eax, %es
	movzwl	PAGE(SW_SELECTOR + 4), %eax
	movl	%eax, %fs
	movzwl	PAGE(SW_SELECTOR + 6), %eax
	movl	%eax, %gs
	movl	$MSR_FS_BASE, %ecx
	movl	PAGE(SW_FS_BASE), %eax
	movl	PAGE(SW_FS_BASE + 4), %edx
	wrmsr
	movl	$MSR_GS_BASE, %ecx
	movl	PAGE(SW_GS_BASE), %eax
	movl	PAGE(SW_GS_BASE + 4), %edx
	wrmsr
	andl	$~CO_MARK_SEGMENTS, PAGE(SW_MARKS)
	leaq	PAGE(SW_FRAME), %rsp
	jmp	.Lreloaded
.Lcheck_end:

/*
 * Back to the host, without the guest. Its registers are in struct co_frame64, its
 * DR7 in struct co_exit; GS base may be half loaded, so the host does not save it.
 */
.Lturn_back:
	leaq	PAGE(SW_FRAME), %rsp
	pushq	$X86_EFLAGS_FIXED
	popfq
	movl	$CO_REASON_NOTED, %esi
	movq	PAGE(SW_RESUME_NOTED), %rbx
	cmpl	$0, PAGE(VP_DR7_USED)
	je	.Lleave
	orl	$CO_MARK_DR7, PAGE(SW_MARKS)
	xorl	%eax, %eax
	movq	%rax, %dr7
	jmp	.Lleave

/*
 * NMI or machine check through the guest's IDT, on an IST stack of the guest:
 *
 *    0   rcx, rax
 *   16   the vector
 *   24   IP, CS, flags, SP, SS
 */
.Lrare:
	pushq	%rax
	pushq	%rcx
	/* A user may jump here, and is here until the fetch faults. */
	testb	$SEGMENT_RPL_MASK, 32(%rsp)
	jnz	1f
	movq	24(%rsp), %rax
	leaq	co_page64_start(%rip), %rcx
	subq	%rcx, %rax
	cmpq	$PAGE_SIZE, %rax
	jb	.Lrare_inside

	/* The guest was interrupted: move the frame to where an interrupt has it. */
1:	movq	24(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_IP)
	movq	32(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_CS)
	movq	40(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_FLAGS)
	movq	48(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_SP)
	movq	56(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_SS)
	movq	16(%rsp), %rax
	movq	%rax, PAGE(SW_FRAME_VECTOR)
	popq	%rcx
	popq	%rax
	leaq	PAGE(SW_FRAME_VECTOR), %rsp
	jmp	.Lsave

.Lrare_inside:
	cmpb	$2, 16(%rsp)
	jne	1f
	lock incw PAGE(SW_NMI)
	jmp	2f
1:	lock incw PAGE(SW_MCE)
2:	subq	$(.Lcheck - co_page64_start), %rax
	cmpq	$(.Lcheck_end - .Lcheck), %rax
	jae	1f
	/* The IRETQ below, which unblocks NMIs, goes to .Lturn_back. */
	leaq	.Lturn_back(%rip), %rax
	movq	%rax, 24(%rsp)
1:	popq	%rcx
	popq	%rax
	addq	$8, %rsp
	iretq

/*
 * Handlers of the trampoline's IDT. They count the event; the host raises it when its
 * state is complete. Each begins with ENDBR, as IBT requires (SDM vol. 1, 17.3),
 * although CR4.CET is clear while they may run.
 */
	.globl	co_page64_nmi
co_page64_nmi:
	endbr64
	lock incw PAGE(SW_NMI)
	iretq

	.globl	co_page64_mce
co_page64_mce:
	endbr64
	lock incw PAGE(SW_MCE)
	iretq

	/* Fails to assemble if the code is longer than its page. */
	.org	co_page64_start + PAGE_SIZE

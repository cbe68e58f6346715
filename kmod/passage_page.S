/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The code page of the passage: the part of the switch that runs while
 * neither kernel's page tables can be relied on.
 *
 * This is data to the module: passage.c copies it behind each vCPU page. It
 * runs there, at two addresses: at the area's machine address P while paging
 * is off or the transition tables are loaded, and at X (passage_va) while the
 * guest's are. So it refers to itself and to the vCPU page, which lies just
 * below it, relative to where it finds itself, and has no relocations.
 *
 * Stations of the way in:   enter32 (P, 32-bit compatibility mode)
 *                           .Lenter_x (X), then the guest
 * Stations of the way out:  a stub (X, in the guest), .Lexit
 *                           .Lexit_p (P), .Lexit64 (P, 64-bit), and back to
 *                           passage_64.S
 *
 * Register use throughout: %ebx is the vCPU page, at P or at X. On the way
 * out %esi carries the reason: a static slot would be overwritten by an NMI
 * that comes through the guest's IDT a few instructions later. %edi carries
 * the guest's DR7, both ways, for the same reason.
 *
 * DR7 is 0 whenever one of the trampoline's IDTs is loaded. A breakpoint fires
 * by its linear address, whatever the privilege and the page tables (SDM
 * 17.2.4), and the guest's users may set one wherever this code runs at P.
 * The trampoline's IDT has no handler for the exception: the machine would be
 * reset.
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

/* Distance from the vCPU page to a label of this page. */
#define OFF(label)	((label) - co_page_start + PAGE_SIZE)

/* What .Lexit pushes, and the interrupt frame above it. */
#define FRAME_REASON	48
#define FRAME_FLAGS	60

	.section .rodata.co_passage, "a", @progbits
	.balign	PAGE_SIZE
	.globl	co_page_start
co_page_start:

/*
 * Interrupt stubs, one per vector; the guest's IDT leads here. The vector is
 * pushed as a signed byte to fit the stride; the C side takes its low 8 bits.
 */
	.code32
	.globl	co_page_stubs
co_page_stubs:
	vector = 0
	.rept	256
	.balign	CO_STUB_STRIDE
	.byte	0x6a, vector & 0xff		/* push $imm8 */
	jmp	.Lexit
	vector = vector + 1
	.endr
	/* Fails to assemble if a stub came out longer than the stride. */
	.org	co_page_stubs + 256 * CO_STUB_STRIDE

/*
 * Hypercalls come by a call with EFLAGS and CS pushed before it, which makes
 * the frame of an interrupt. The frame may have IF set; from here on it is
 * off in any case.
 */
	.globl	co_page_hypercall
co_page_hypercall:
	cli
	pushl	$CO_REASON_HYPERCALL

.Lexit:
	/* The guest's registers stay on its own stack. */
	pushl	%gs
	pushl	%fs
	pushl	%es
	pushl	%ds
	pusha
	/*
	 * Flags of the guest's that C code on the host cannot do with: DF; AC,
	 * which takes SMAP away; NT, with which IRET faults.
	 */
	pushl	$X86_EFLAGS_FIXED
	popfl

	/* %ds may be anything if user space was interrupted. */
	movl	$CO_SEL_DATA32, %eax
	movl	%eax, %ds

	call	1f
1:	popl	%ebx
	subl	$OFF(1b), %ebx

	movl	FRAME_REASON(%esp), %esi
	movl	FRAME_FLAGS(%esp), %edx
	movl	%esp, %ebp

	/* An NMI from here on finds DR7 as 0, and its round trip leaves it so. */
	movl	%dr7, %edi
	testl	$CO_DR7_ENABLED, %edi
	jz	.Lexit_reason
	xorl	%eax, %eax
	movl	%eax, %dr7

.Lexit_reason:
	/*
	 * Until the trampoline's IDT is live an NMI still comes through the
	 * guest's and makes a round trip of its own, through the same slots.
	 * So only what such a trip would store alike is stored before it: the
	 * IDT register itself.
	 */
	sidt	SW_GUEST_IDT(%ebx)
	lidt	SW_IDT_VA(%ebx)

	movl	%edi, SW_GUEST_DR7(%ebx)
	movl	%ebp, SW_GUEST_ESP(%ebx)
	movl	%edx, SW_GUEST_FLAGS(%ebx)
	/* A stack that the transition tables map too, for the handlers. */
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp

	sgdt	SW_GUEST_GDT(%ebx)
	str	SW_GUEST_TR(%ebx)
	sldt	SW_GUEST_LDT(%ebx)
	movl	%cr0, %eax
	movl	%eax, SW_GUEST_CR0(%ebx)
	movl	%cr4, %ecx
	movl	%ecx, SW_GUEST_CR4(%ebx)

	/*
	 * The transition tables map this page at X as well as at P, but not
	 * the guest's GDT, from which an NMI would load CS.
	 */
	lgdt	SW_GDT_VA(%ebx)
	movl	SW_PAE_CR3(%ebx), %ecx
	movl	%ecx, %cr3
	movl	SW_PHYS(%ebx), %ebx
	leal	OFF(.Lexit_p)(%ebx), %ecx
	jmp	*%ecx

.Lexit_p:
	/* Linear is about to become physical: all bases move to P. */
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp
	lidt	SW_IDT_PHYS(%ebx)
	lgdt	SW_GDT_PHYS(%ebx)

	/*
	 * SDM 9.8.5: long mode is entered from protected mode with paging off:
	 * CR4.PAE, CR3, EFER.LME, then CR0.PG. Clearing PG drops all TLB
	 * entries, global ones too (SDM 4.10.4.1): none of the guest's
	 * survives into a host process's low 4 GiB.
	 */
	andl	$~X86_CR0_PG, %eax
	movl	%eax, %cr0
	/* Mostly the guest's: see cr4.h. If it wrote CR4, five levels again. */
	movl	SW_TRAMP_CR4(%ebx), %eax
	cmpl	%eax, SW_GUEST_CR4(%ebx)
	je	1f
	movl	%eax, %cr4
1:	movl	SW_CR3_64(%ebx), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	movl	SW_HOST_EFER(%ebx), %eax
	xorl	%edx, %edx
	wrmsr
	movl	SW_HOST_CR0(%ebx), %eax
	movl	%eax, %cr0

	/* Compatibility mode now; a far return makes it 64-bit. */
	pushl	$CO_SEL_CODE64
	leal	OFF(.Lexit64)(%ebx), %eax
	pushl	%eax
	lret

	.code64
.Lexit64:
	/*
	 * SS before the host's GDT: 0x68 is a user's TLS slot there, and the
	 * iretq of an NMI handler would check it.
	 */
	movl	$CO_SEL_DATA64, %eax
	movl	%eax, %ss
	/* The high halves are undefined after 32-bit mode (SDM vol. 1, 3.4.1.1). */
	movl	%ebx, %ebx
	movl	%esi, %esi
	movq	(CO_AREA_HOST * PAGE_SIZE + HS_SELF)(%rbx), %rdi
	jmp	*HS_RESUME(%rdi)

/*
 * The way in. From passage_64.S by a far return, in compatibility mode, at P.
 * %ebx: the vCPU page.
 */
	.code32
	.globl	co_page_enter32
co_page_enter32:
	movl	$CO_SEL_DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %ss

	/*
	 * SDM 9.8.5.4: from long mode back: paging off (which clears LMA), then
	 * LME off, then whatever paging comes next. %eax has the host's CR0,
	 * saved by passage_64.S.
	 */
	movl	SW_HOST_CR0(%ebx), %eax
	andl	$~X86_CR0_PG, %eax
	movl	%eax, %cr0
	movl	$MSR_EFER, %ecx
	movl	SW_GUEST_EFER(%ebx), %eax
	xorl	%edx, %edx
	wrmsr
	movl	SW_PAE_CR3(%ebx), %eax
	movl	%eax, %cr3
	movl	SW_GUEST_CR4(%ebx), %eax
	cmpl	%eax, SW_TRAMP_CR4(%ebx)
	je	1f
	movl	%eax, %cr4
1:	movl	SW_GUEST_CR0(%ebx), %eax
	movl	%eax, %cr0

	/* Both addresses are mapped: go over to X. */
	movl	SW_VA(%ebx), %ebx
	leal	OFF(.Lenter_x)(%ebx), %eax
	jmp	*%eax

.Lenter_x:
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp
	/* An NMI reads the GDT too: neither may lie at P any more. */
	lidt	SW_IDT_VA(%ebx)
	lgdt	SW_GDT_VA(%ebx)
	movl	VP_ROOT(%ebx), %eax
	movl	%eax, %cr3

	/* The guest's page tables are loaded: take on its descriptors. */
	lgdt	SW_GUEST_GDT(%ebx)
	/*
	 * A guest that has not loaded TR yet still has the host's, which only a
	 * change of privilege would use, and no descriptor for it. Else: ltr
	 * wants an available TSS, and this one is busy, having been in use.
	 */
	movzwl	SW_GUEST_TR(%ebx), %eax
	cmpl	$(GDT_ENTRY_TSS * 8), %eax
	je	1f
	movl	(SW_GUEST_GDT + 2)(%ebx), %ecx
	andb	$~2, 5(%ecx,%eax)
	ltr	%ax
1:	lldt	SW_GUEST_LDT(%ebx)
	movl	SW_GUEST_ESP(%ebx), %esp
	/* Before the IDT: the round trip of an NMI would store 0 there. */
	movl	SW_GUEST_DR7(%ebx), %edi

	/* Last: from here on an NMI goes the guest's way, to the stub. */
	lidt	SW_GUEST_IDT(%ebx)

	/*
	 * What hit the trampoline before that is only noted; turn back and let
	 * the host have it.
	 */
	movl	SW_NMI(%ebx), %eax
	orl	SW_MCE(%ebx), %eax
	jnz	.Lturn_back

	/* No trampoline any more: the guest's breakpoints may fire. */
	testl	$CO_DR7_ENABLED, %edi
	jz	1f
	movl	%edi, %dr7
1:
	/*
	 * Virtual interrupts: if the interrupted code had IF set, enter the
	 * guest's handler instead, its address taking the reason's place so
	 * that a return finds the frame of an interrupt.
	 */
	testl	$X86_EFLAGS_IF, FRAME_FLAGS(%esp)
	jz	.Lresume
	movl	VP_PENDING(%ebx), %eax
	orl	(VP_PENDING + 4)(%ebx), %eax
	jz	.Lresume
	movl	VP_UPCALL(%ebx), %eax
	testl	%eax, %eax
	jz	.Lresume
	movl	%eax, FRAME_REASON(%esp)
	popa
	popl	%ds
	popl	%es
	popl	%fs
	popl	%gs
	ret

.Lresume:
	popa
	popl	%ds
	popl	%es
	popl	%fs
	popl	%gs
	addl	$4, %esp
	iret

.Lturn_back:
	movl	$CO_REASON_NOTED, %esi
	movl	FRAME_FLAGS(%esp), %edx
	movl	%esp, %ebp
	jmp	.Lexit_reason

/*
 * Handlers of the trampoline's IDT: note the event; the host raises it once
 * it is whole. They run on whatever flat stack there is; %ss is the one
 * segment sure to be loaded, and code segments cannot be written through. Each
 * begins as a kernel with IBT wants it (SDM vol. 1, 17.3); CR4.CET is clear
 * while they may run, see cr4.h.
 */
	.globl	co_page_nmi32
co_page_nmi32:
	endbr32
	pushl	%eax
	call	1f
1:	popl	%eax
	lock incl %ss:(SW_NMI - OFF(1b))(%eax)
	popl	%eax
	iret

	.globl	co_page_mce32
co_page_mce32:
	endbr32
	pushl	%eax
	call	1f
1:	popl	%eax
	lock incl %ss:(SW_MCE - OFF(1b))(%eax)
	popl	%eax
	iret

	.code64
	.globl	co_page_nmi64
co_page_nmi64:
	endbr64
	lock incl (co_page_start - PAGE_SIZE + SW_NMI)(%rip)
	iretq

	.globl	co_page_mce64
co_page_mce64:
	endbr64
	lock incl (co_page_start - PAGE_SIZE + SW_MCE)(%rip)
	iretq

	/* Fails to assemble if the code is longer than its page. */
	.org	co_page_start + PAGE_SIZE

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The code page of the passage: the part of the switch that runs while
 * neither kernel's page tables can be relied on.
 *
 * This is data to the module: passage.c copies it behind each vCPU page. The copy
 * runs at two addresses: P, the area's machine address, while paging is off or
 * the 64-bit transition tables are loaded; X (passage_va), while the guest's page
 * tables are. The PAE transition tables map both. So the code has no relocations.
 * It addresses itself and the vCPU page, which lies just below it, relative to
 * EIP.
 *
 * Stations of the way in:   co_page_enter32 (P, 32-bit compatibility mode)
 *                           .Lenter_x (X), then the guest
 * Stations of the way out:  a stub (X, in the guest), .Lexit
 *                           .Lexit_p (P), .Lexit64 (P, 64-bit), and back to
 *                           passage_64.S
 *
 * Register use throughout: %ebx is the vCPU page, at P or at X. On the way out
 * %esi carries the reason of the exit. A slot in memory will not do: an NMI that
 * comes through the guest's IDT a few instructions later would overwrite it. This is
 * also why %edi carries the guest's DR7, both ways.
 *
 * DR7 is 0 whenever one of the trampoline's IDTs is loaded. A breakpoint fires by
 * its linear address, whatever the privilege and the page tables (SDM 17.2.4). A
 * guest's user may set one at an address that this code has at P. The trampoline's
 * IDT has no handler for the exception: it would reset the machine.
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

/*
 * The frame of an exit on the guest's stack, from %esp up:
 *
 *    0   edi, esi, ebp, esp, ebx, edx, ecx, eax	pusha
 *   32   ds, es, fs, gs
 *   48   the reason				replaced by an upcall's address
 *   52   EIP, CS, EFLAGS			by the CPU, or a hypercall's caller
 *   64   ESP, SS				only if the guest was in user mode
 */
#define FRAME_REASON	48
#define FRAME_FLAGS	60

	.section .rodata.co_passage, "a", @progbits
	.balign	PAGE_SIZE
	.globl	co_page_start
co_page_start:

/*
 * Interrupt stubs, one per vector; the guest's IDT leads here. A stub pushes the
 * vector as a signed byte, to fit the stride. The C side takes the low 8 bits.
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
	/* Fails to assemble if a stub is longer than the stride. */
	.org	co_page_stubs + 256 * CO_STUB_STRIDE

/*
 * Hypercalls. The guest pushes EFLAGS and CS, then calls this: that makes the
 * frame of an interrupt. IF may be set in the frame, but from here on interrupts
 * are off.
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
	 * Clear the guest's flags. C code on the host needs DF clear; AC
	 * disables SMAP; with NT set, IRET faults.
	 */
	pushl	$X86_EFLAGS_FIXED
	popfl

	/* %ds may be any selector if user space was interrupted. */
	movl	$CO_SEL_DATA32, %eax
	movl	%eax, %ds

	call	1f
1:	popl	%ebx
	subl	$OFF(1b), %ebx

	movl	FRAME_REASON(%esp), %esi
	movl	FRAME_FLAGS(%esp), %edx
	movl	%esp, %ebp

	/* An NMI from here on finds DR7 0, and its round trip leaves it 0. */
	movl	%dr7, %edi
	testl	$CO_DR7_ENABLED, %edi
	jz	.Lexit_common
	xorl	%eax, %eax
	movl	%eax, %dr7

.Lexit_common:
	/*
	 * Until the trampoline's IDT is live, an NMI still comes through the
	 * guest's IDT and makes a round trip of its own, through the same slots
	 * of the vCPU page. So only IDTR is stored before that: a round trip
	 * would store the same value.
	 */
	sidt	SW_GUEST_IDT(%ebx)
	lidt	SW_IDT_VA(%ebx)

	movl	%edi, SW_GUEST_DR7(%ebx)
	movl	%ebp, SW_GUEST_ESP(%ebx)
	movl	%edx, SW_GUEST_FLAGS(%ebx)
	/* The handlers need a stack that the transition tables map too. */
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp

	sgdt	SW_GUEST_GDT(%ebx)
	str	SW_GUEST_TR(%ebx)
	sldt	SW_GUEST_LDT(%ebx)
	movl	%cr0, %eax
	movl	%eax, SW_GUEST_CR0(%ebx)
	movl	%cr4, %ecx
	movl	%ecx, SW_GUEST_CR4(%ebx)

	/*
	 * GDT before CR3: the transition tables do not map the guest's GDT, from
	 * which an NMI would load CS. They do map this page, at X and at P.
	 */
	lgdt	SW_GDT_VA(%ebx)
	movl	SW_PAE_CR3(%ebx), %ecx
	movl	%ecx, %cr3
	movl	SW_PHYS(%ebx), %ebx
	leal	OFF(.Lexit_p)(%ebx), %ecx
	jmp	*%ecx

.Lexit_p:
	/* Paging is about to go off: move all bases to P. */
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp
	lidt	SW_IDT_PHYS(%ebx)
	lgdt	SW_GDT_PHYS(%ebx)

	/*
	 * Long mode is entered from protected mode with paging off: CR4.PAE,
	 * CR3, EFER.LME, then CR0.PG (SDM 9.8.5). Clearing PG drops all TLB
	 * entries, global ones too (SDM 4.10.4.1). So no entry of the guest
	 * survives into the low 4 GiB of a host process.
	 */
	andl	$~X86_CR0_PG, %eax
	movl	%eax, %cr0
	/*
	 * CR4 is mostly the trampoline's already, see cr4.h. If the guest has
	 * written CR4, LA57 may have to be set again.
	 */
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
	 * Load SS before the host's GDT: 0x68 is a user's TLS slot there, and
	 * the iretq of an NMI handler would check SS against it.
	 */
	movl	$CO_SEL_DATA64, %eax
	movl	%eax, %ss
	/* The upper halves are undefined after 32-bit mode (SDM vol. 1, 3.4.1.1). */
	movl	%ebx, %ebx
	movl	%esi, %esi
	movq	(CO_AREA_HOST * PAGE_SIZE + HS_SELF)(%rbx), %rdi
	jmp	*HS_RESUME(%rdi)

/*
 * The way in. Reached from passage_64.S by a far return, in compatibility mode,
 * at P. %ebx: the vCPU page.
 */
	.code32
	.globl	co_page_enter32
co_page_enter32:
	movl	$CO_SEL_DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %ss

	/*
	 * Long mode is left by turning paging off, which clears LMA, then LME
	 * off, then the next kind of paging on (SDM 9.8.5.4). passage_64.S has
	 * saved the host's CR0.
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

	/* The PAE transition tables map both addresses: go to X. */
	movl	SW_VA(%ebx), %ebx
	leal	OFF(.Lenter_x)(%ebx), %eax
	jmp	*%eax

.Lenter_x:
	leal	(SW_STACK + CO_TRAMP_STACK_SIZE)(%ebx), %esp
	/* IDT and GDT must be at X before CR3: an NMI reads both. */
	lidt	SW_IDT_VA(%ebx)
	lgdt	SW_GDT_VA(%ebx)
	movl	VP_ROOT(%ebx), %eax
	movl	%eax, %cr3

	/* The guest's page tables are loaded, and map the guest's descriptors. */
	lgdt	SW_GUEST_GDT(%ebx)
	/*
	 * A guest that has not loaded TR yet keeps the host's, for which its GDT
	 * has no descriptor. Only a change of privilege would use it. Otherwise
	 * clear the busy bit: ltr needs an available TSS, and the guest's is
	 * busy since the guest loaded it.
	 */
	movzwl	SW_GUEST_TR(%ebx), %eax
	cmpl	$(GDT_ENTRY_TSS * 8), %eax
	je	1f
	movl	(SW_GUEST_GDT + 2)(%ebx), %ecx
	andb	$~2, 5(%ecx,%eax)
	ltr	%ax
1:	lldt	SW_GUEST_LDT(%ebx)
	movl	SW_GUEST_ESP(%ebx), %esp
	/* Read it before the IDT: an NMI's round trip would store 0 there. */
	movl	SW_GUEST_DR7(%ebx), %edi

	/* Last: from here on an NMI comes through the guest's IDT, to its stub. */
	lidt	SW_GUEST_IDT(%ebx)

	/*
	 * An NMI or machine check that hit the trampoline before that is only
	 * noted. If there is one, turn back and let the host raise it.
	 */
	cmpl	$0, SW_NOTED(%ebx)
	jnz	.Lturn_back

	/* The guest's IDT is live: the guest's breakpoints may fire. */
	testl	$CO_DR7_ENABLED, %edi
	jz	1f
	movl	%edi, %dr7
1:
	/*
	 * Virtual interrupts. If one is pending and the interrupted code had IF
	 * set, enter the guest's handler instead. Its address replaces the
	 * reason, the last word above the frame of the interrupt. So the ret
	 * below pops it, and the handler finds that frame on its stack.
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
	jmp	.Lexit_common

/*
 * Handlers of the trampoline's IDT. They count the event; the host raises it when
 * its state is complete. They run on any flat stack. They write through %ss: no
 * other data segment is sure to be loaded, and code segments are not writable.
 * Each begins with ENDBR, as IBT requires (SDM vol. 1, 17.3), although CR4.CET is
 * clear while they may run, see cr4.h.
 */
	.globl	co_page_nmi32
co_page_nmi32:
	endbr32
	pushl	%eax
	call	1f
1:	popl	%eax
	lock incw %ss:(SW_NMI - OFF(1b))(%eax)
	popl	%eax
	iret

	.globl	co_page_mce32
co_page_mce32:
	endbr32
	pushl	%eax
	call	1f
1:	popl	%eax
	lock incw %ss:(SW_MCE - OFF(1b))(%eax)
	popl	%eax
	iret

	.code64
	.globl	co_page_nmi64
co_page_nmi64:
	endbr64
	lock incw (co_page_start - PAGE_SIZE + SW_NMI)(%rip)
	iretq

	.globl	co_page_mce64
co_page_mce64:
	endbr64
	lock incw (co_page_start - PAGE_SIZE + SW_MCE)(%rip)
	iretq

	/* Fails to assemble if the code is longer than its page. */
	.org	co_page_start + PAGE_SIZE

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts that hit the guest, given back to the host.
 *
 * The local APIC has delivered the vector already, into the guest's IDT; its
 * in-service bit is set and waits for the EOI of the host's handler. A
 * software interrupt with the same number runs that handler as if it had been
 * entered directly (the idea is that of KVM's vmx_do_interrupt_irqoff()).
 *
 * As for a real one, the handler finds IF set in its frame: what the kernel does
 * on the way back from an interrupt, it does only where interrupts will be on.
 * In Linux 7.2, if not before, that is to program the CPU's timer anew.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>
#include <asm/segment.h>
#include <asm/trapnr.h>
#include <asm/unwind_hints.h>

#define STUB_SHIFT	4

	.text
	.balign	1 << STUB_SHIFT, 0xcc
SYM_CODE_START_LOCAL(co_forward_stubs)
	vector = 0
	.rept	256
	.balign	1 << STUB_SHIFT, 0xcc
	UNWIND_HINT_FUNC
	ENDBR
	sti			/* nothing comes before the next instruction */
	.byte	0xcd, vector			/* int $vector */
	cli
	RET
	vector = vector + 1
	.endr
	.org	co_forward_stubs + (256 << STUB_SHIFT), 0xcc
SYM_CODE_END(co_forward_stubs)

/*
 * void co_forward_vector(u32 vector)
 *
 * Interrupts off, and the host whole: the handler may run softirqs with
 * interrupts on, and when it returns, what waits comes before the CLI. The caller
 * has checked that the vector is one a device or an IPI can have.
 */
SYM_FUNC_START(co_forward_vector)
	movl	%edi, %edi
	shlq	$STUB_SHIFT, %rdi
	leaq	co_forward_stubs(%rip), %rax
	addq	%rdi, %rax
	JMP_NOSPEC rax
SYM_FUNC_END(co_forward_vector)

/*
 * void co_raise_mce(void)
 *
 * A machine check that hit the trampoline, for the host's handler. Interrupts
 * stay off.
 */
SYM_FUNC_START(co_raise_mce)
	.byte	0xcd, X86_TRAP_MC
	RET
SYM_FUNC_END(co_raise_mce)

/*
 * void co_unblock_nmi(void)
 *
 * An NMI blocks further ones until the next IRET (SDM vol. 3, 6.7.1), and the
 * guest's was never returned from. This returns from it, to itself.
 */
SYM_FUNC_START(co_unblock_nmi)
	movq	%rsp, %rax
	movl	%ss, %ecx
	pushq	%rcx
	pushq	%rax
	pushfq
	pushq	$__KERNEL_CS
	leaq	1f(%rip), %rcx
	pushq	%rcx
	iretq
1:	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	RET
SYM_FUNC_END(co_unblock_nmi)

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupts that hit the guest, raised again for the host.
 *
 * The local APIC has already delivered the vector, through the guest's IDT. Its
 * in-service bit is set until the host's handler sends the EOI. A software
 * interrupt with the same vector runs that handler as if the CPU had entered it
 * directly; KVM's vmx_do_interrupt_irqoff() has the same idea.
 *
 * IF is set in the handler's frame, as for a real interrupt. Some work on the
 * way back from an interrupt is done only if interrupts will be on: in Linux
 * 7.2, if not before, programming the CPU's timer is such work.
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
	sti			/* no interrupt before the next instruction ends */
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
 * Called with interrupts off and the host's state complete. The handler may run
 * softirqs with interrupts on. When it returns, pending interrupts are delivered
 * before the CLI. The caller has checked that a device or an IPI can have this
 * vector.
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
 * Raises a machine check that hit the trampoline. Interrupts stay off.
 */
SYM_FUNC_START(co_raise_mce)
	.byte	0xcd, X86_TRAP_MC
	RET
SYM_FUNC_END(co_raise_mce)

/*
 * void co_unblock_nmi(void)
 *
 * An NMI blocks further NMIs until the next IRET (SDM vol. 3, 6.7.1). No IRET
 * has followed the NMI that hit the guest. The IRETQ here, to the instruction
 * behind it, unblocks NMIs.
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel does about its CPU's buffers and predictors where it meets
 * user space. The passage meets the guest's: an interrupt of the host's that
 * hits a process of the guest's comes and goes without a kernel entry.
 *
 * Macros for passage_64.S, which includes this. Each costs one jump where the CPU does not need it. The
 * kernel's own macros are used where a module can: some of what they call is
 * exported to KVM alone from 6.19 on.
 */
#include <asm/alternative.h>
#include <asm/cpufeatures.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>

/* Kernels that do not say so have VERW wherever it may help. */
#ifdef X86_FEATURE_CLEAR_CPU_BUF
#define CO_CLEAR_USER	X86_FEATURE_CLEAR_CPU_BUF
#else
#define CO_CLEAR_USER	X86_FEATURE_MD_CLEAR
#endif
#ifdef X86_FEATURE_CLEAR_CPU_BUF_VM
#define CO_CLEAR_VM	X86_FEATURE_CLEAR_CPU_BUF_VM
#else
#define CO_CLEAR_VM	CO_CLEAR_USER
#endif

#ifdef X86_FEATURE_IBPB_ON_VMEXIT
#define CO_IBPB_VM	X86_FEATURE_IBPB_ON_VMEXIT
#else
#define CO_IBPB_VM	X86_FEATURE_ENTRY_IBPB
#endif

/*
 * Fill, store and load buffers hold data of the host's: MDS, TAA, RFDS, TSA.
 * Only VERW with a memory operand clears them. Clobbers ZF. Nothing of the
 * host's may be read behind it.
 */
.macro CO_CLEAR_BUFFERS selector:req
	ALTERNATIVE_2 "jmp .Lbuffers_\@", "", CO_CLEAR_USER, "", CO_CLEAR_VM
	verw	\selector(%rip)
.Lbuffers_\@:
.endm

/*
 * The guest's calls have left return predictions that the host's returns will
 * use, as behind a context switch. They all lead below 4 GiB, which SMEP keeps
 * the host's kernel from; without it they are overwritten. Clobbers RCX.
 */
.macro CO_FILL_RETURNS
	FILL_RETURN_BUFFER %rcx, RSB_CLEAR_LOOPS, ALT_NOT(X86_FEATURE_SMEP)
.endm

/*
 * IBRS that protects a kernel only from branches before the last write to it.
 * Clobbers RAX, RCX, RDX.
 */
.macro CO_WRITE_IBRS
	ALTERNATIVE "jmp .Librs_\@", "", X86_FEATURE_KERNEL_IBRS
	movl	$MSR_IA32_SPEC_CTRL, %ecx
	movq	PER_CPU_VAR(x86_spec_ctrl_current), %rdx
	movl	%edx, %eax
	shrq	$32, %rdx
	wrmsr
.Librs_\@:
.endm

/* All predictions dropped, where the host's kernel relies on that. As above. */
.macro CO_WRITE_IBPB
	ALTERNATIVE_2 "jmp .Libpb_\@", "", X86_FEATURE_ENTRY_IBPB, "", CO_IBPB_VM
	movl	$MSR_IA32_PRED_CMD, %ecx
	movl	$PRED_CMD_IBPB, %eax
	xorl	%edx, %edx
	wrmsr
	/* Some keep their return predictions. */
	FILL_RETURN_BUFFER %rcx, RSB_CLEAR_LOOPS, X86_FEATURE_ALWAYS
.Libpb_\@:
.endm

/* Count the depth of calls from zero, where returns are counted. RAX. */
.macro CO_RESET_DEPTH
#ifdef CONFIG_MITIGATION_CALL_DEPTH_TRACKING
	ALTERNATIVE "jmp .Ldepth_\@", "", X86_FEATURE_CALL_DEPTH
	RESET_CALL_DEPTH
.Ldepth_\@:
#endif
.endm

/*
 * The history of the guest's branches, by which it could choose the host's
 * predictions (BHI). The CPUs this is for keep some dozens of taken branches;
 * here are 512. Clobbers RCX.
 */
#define CO_HISTORY_LOOPS	256

.macro CO_CLEAR_HISTORY
#ifdef X86_FEATURE_CLEAR_BHB_LOOP
	ALTERNATIVE "jmp .Lhistory_\@", "", X86_FEATURE_CLEAR_BHB_LOOP
	movl	$CO_HISTORY_LOOPS, %ecx
.Lturn_\@:
	jmp	.Lon_\@
.Lon_\@:
	decl	%ecx
	jnz	.Lturn_\@
	lfence			/* none of the loop's end guessed */
.Lhistory_\@:
#endif
.endm

/*
 * All that stands between the guest's users and the host's first return.
 * The stack and the GS base are the host's. Clobbers RAX, RCX, RDX.
 */
.macro CO_LEAVE_GUEST
	CO_FILL_RETURNS
	CO_WRITE_IBRS
	CALL_UNTRAIN_RET
	CO_WRITE_IBPB
	CO_RESET_DEPTH
	CO_CLEAR_HISTORY
.endm

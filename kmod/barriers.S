/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Speculation barriers: a kernel clears CPU buffers and predictors where it
 * enters and leaves user space. The passage must do the same. If an interrupt
 * of the host hits a process of the guest, neither kernel's entry code runs.
 *
 * The macros are for the host's ends of the passages, which include this file. Each
 * costs at most one jump if the CPU does not need it, except CO_FILL_RETURN. They use the
 * kernel's own macros where a module can: from 6.19 on, some symbols that those macros
 * need are exported to KVM alone.
 */
#include <asm/alternative.h>
#include <asm/cpufeatures.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>

/* Older kernels have no feature bit for VERW: use it on all CPUs with MD_CLEAR. */
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
 * Clears the fill, store and load buffers, which hold data of the host: MDS, TAA,
 * RFDS, TSA. Only VERW with a memory operand does so. Clobbers ZF. No data of the
 * host may be read after it.
 */
.macro CO_CLEAR_BUFFERS selector:req
	ALTERNATIVE_2 "jmp .Lbuffers_\@", "", CO_CLEAR_USER, "", CO_CLEAR_VM
	verw	\selector(%rip)
.Lbuffers_\@:
.endm

/*
 * Overwrites the first return prediction, which a guest's calls have left, for the return
 * of the passage itself. In the exit loop every other return has its call behind the
 * passage. The predictions that older calls have made are overwritten when the thread
 * leaves the loop: co_returns_fill(). Clobbers flags.
 */
.macro CO_FILL_RETURN
	ANNOTATE_INTRA_FUNCTION_CALL
	call	.+6
	int3			/* no speculation past the call */
	addq	$8, %rsp
	lfence			/* no speculation past the fill */
.endm

/*
 * Writes IBRS, on CPUs where it protects a kernel only from branches before the
 * last write to it. Clobbers RAX, RCX, RDX.
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

/*
 * Drops all branch predictions (IBPB), where the host's kernel does. Clobbers
 * RAX, RCX, RDX.
 */
.macro CO_WRITE_IBPB
	ALTERNATIVE_2 "jmp .Libpb_\@", "", X86_FEATURE_ENTRY_IBPB, "", CO_IBPB_VM
	movl	$MSR_IA32_PRED_CMD, %ecx
	movl	$PRED_CMD_IBPB, %eax
	xorl	%edx, %edx
	wrmsr
	/* On some CPUs IBPB keeps the return predictions. */
	FILL_RETURN_BUFFER %rcx, RSB_CLEAR_LOOPS, X86_FEATURE_ALWAYS
.Libpb_\@:
.endm

/* Resets the call depth, where the host's kernel tracks it. Clobbers RAX. */
.macro CO_RESET_DEPTH
#ifdef CONFIG_MITIGATION_CALL_DEPTH_TRACKING
	ALTERNATIVE "jmp .Ldepth_\@", "", X86_FEATURE_CALL_DEPTH
	RESET_CALL_DEPTH
.Ldepth_\@:
#endif
.endm

/*
 * Overwrites the branch history, with which a guest could select the host's
 * predictions (BHI). The affected CPUs keep some dozens of taken branches; the
 * loop takes 512. Clobbers RCX.
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
	lfence			/* no speculation past the loop's end */
.Lhistory_\@:
#endif
.endm

/*
 * All barriers between the guest and the host's first RET. Needs the host's stack
 * and GS base. Clobbers RAX, RCX, RDX.
 */
.macro CO_LEAVE_GUEST
	CO_FILL_RETURN
	CO_WRITE_IBRS
	CALL_UNTRAIN_RET
	CO_WRITE_IBPB
	CO_RESET_DEPTH
	CO_CLEAR_HISTORY
.endm

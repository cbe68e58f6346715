/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Speculation barriers: a kernel clears CPU buffers and predictors where it
 * enters and leaves user space. The passage must do the same. If an interrupt
 * of the host hits a process of the guest, neither kernel's entry code runs.
 *
 * The macros are for the host's ends of the passages, which include this file. Each
 * costs one jump if the CPU does not need it, except CO_FILL_RETURNS64. They use the
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
 * Overwrites the return predictions that an i386 guest's calls have left. The host's
 * returns would use them, as after a context switch. All of them lead below
 * 4 GiB, where SMEP keeps the host's kernel from executing: CPUs with SMEP skip
 * this. Clobbers RCX.
 */
.macro CO_FILL_RETURNS
	FILL_RETURN_BUFFER %rcx, RSB_CLEAR_LOOPS, ALT_NOT(X86_FEATURE_SMEP)
.endm

/*
 * The same for an x86-64 guest. Its kernel's returns lead to addresses that the host's
 * kernel executes, so every CPU needs it. A loop would take twice as many instructions.
 */
.macro CO_FILL_RETURNS64
	.rept	RSB_CLEAR_LOOPS
	ANNOTATE_INTRA_FUNCTION_CALL
	call	.+6
	int3			/* no speculation past the call */
	.endr
	addq	$(RSB_CLEAR_LOOPS * 8), %rsp
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

/* The barriers that do not depend on the guest's architecture. */
.macro CO_LEAVE_ANY_GUEST
	CO_WRITE_IBRS
	CALL_UNTRAIN_RET
	CO_WRITE_IBPB
	CO_RESET_DEPTH
	CO_CLEAR_HISTORY
.endm

/*
 * All barriers between the guest and the host's first RET. Needs the host's stack
 * and GS base. Clobbers RAX, RCX, RDX.
 */
.macro CO_LEAVE_GUEST
	CO_FILL_RETURNS
	CO_LEAVE_ANY_GUEST
.endm

.macro CO_LEAVE_GUEST64
	CO_FILL_RETURNS64
	CO_LEAVE_ANY_GUEST
.endm

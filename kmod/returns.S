/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The return predictions that a guest has left on the CPU.
 *
 * A CPU predicts the target of a RET by a stack of the latest calls. After a passage that
 * has the guest's calls. The host's returns would use them, as after a context switch.
 *
 * The exit loop calls and returns in pairs. Its returns find the calls that it has made
 * since the passage, so they never reach the guest's. Only the passage's own return
 * would: CO_FILL_RETURN of barriers.S. When the thread leaves the loop it returns from more
 * functions than it has called, and co_returns_fill() must come first. Its LFENCE is before
 * any of these returns also on a path that is only predicted.
 */
#include <linux/linkage.h>
#include <linux/objtool.h>
#include <asm/asm.h>
#include <asm/nospec-branch.h>

	.text
/*
 * void co_returns_fill(void)
 *
 * Overwrites all return predictions. A loop would need fewer bytes, but trains the
 * predictor of conditional branches.
 */
SYM_FUNC_START(co_returns_fill)
	.rept	RSB_CLEAR_LOOPS
	ANNOTATE_INTRA_FUNCTION_CALL
	call	.+6
	int3			/* no speculation past the call */
	.endr
	addq	$(RSB_CLEAR_LOOPS * 8), %rsp
	lfence			/* no speculation past the fill */
	RET
SYM_FUNC_END(co_returns_fill)

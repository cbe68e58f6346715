// SPDX-License-Identifier: GPL-2.0
/*
 * Selectors that cannot be loaded again.
 *
 * A CPU goes on with a segment that it has loaded when the descriptor changes or
 * goes: a task that is switched to brings its own before GS follows, and any
 * process may take away what it has in GS with modify_ldt() or
 * set_thread_area(). Interrupts of this kernel's own leave GS alone. Those of
 * the host cannot: the passage loads what it found, and a selector whose
 * descriptor is gone faults at a POP in the code page, on the way back into the
 * guest. It becomes 0, as it would at the next switch to that task.
 *
 * Limit: GS of a task that has its LDT in it is lost, too, if an NMI comes
 * between the change of the LDT to another task's and that of GS.
 */
#include <linux/types.h>
#include <asm/colinux.h>
#include <asm/page_types.h>
#include <asm/ptrace.h>
#include <asm/segment.h>

/* The second page of the passage area. */
#define CODE_PAGE	(COLINUX_PASSAGE_VA + PAGE_SIZE)

/* What loads a segment register from the stack (SDM volume 2, POP). */
#define POP_DS		0x1f
#define POP_ES		0x07
#define TWO_BYTES	0x0f
#define POP_FS		0xa1
#define POP_GS		0xa9

/**
 * colinux_fixup_selector() - has the passage popped a bad selector?
 * @regs:	of an exception in the kernel; afterwards those behind the POP
 *
 * Return: whether it was that, and is mended.
 */
bool colinux_fixup_selector(struct pt_regs *regs)
{
	const u8 *insn = (const u8 *)regs->ip;

	if (regs->ip - CODE_PAGE >= PAGE_SIZE - 1)
		return false;

	if (*insn == POP_DS)
		regs->ds = 0;
	else if (*insn == POP_ES)
		regs->es = 0;
	else if (*insn++ != TWO_BYTES)
		return false;
	else if (*insn == POP_FS)
		regs->fs = 0;
	else if (*insn == POP_GS)
		loadsegment(gs, 0);
	else
		return false;

	regs->ip = (unsigned long)insn + 1;
	regs->sp += sizeof(u32);
	return true;
}

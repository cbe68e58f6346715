// SPDX-License-Identifier: GPL-2.0
/*
 * Selectors whose descriptor no longer exists.
 *
 * A loaded segment stays valid when its descriptor in memory changes. A task
 * switch replaces the TLS descriptors before it loads GS. And a process may remove
 * the descriptor of its own GS, with modify_ldt() or set_thread_area(). The
 * kernel's own interrupt entries do not load GS. The passage does, after each
 * interrupt of the host: on the way back into the guest it pops all selectors.
 * If the descriptor of one is gone, the POP in the code page faults. The register
 * then becomes 0, as at the next switch to that task.
 *
 * Limit: an NMI may come in a task switch, after the LDT has changed and before GS
 * is saved. If GS selects an entry of the old LDT, the old task loses its GS.
 */
#include <linux/types.h>
#include <asm/colinux.h>
#include <asm/page_types.h>
#include <asm/ptrace.h>
#include <asm/segment.h>

/* The second page of the passage area. */
#define CODE_PAGE	(COLINUX_PASSAGE_VA + PAGE_SIZE)

/* Opcodes of POP to a segment register (SDM vol. 2, POP). */
#define POP_DS		0x1f
#define POP_ES		0x07
#define TWO_BYTES	0x0f
#define POP_FS		0xa1
#define POP_GS		0xa9

/**
 * colinux_fixup_selector() - handle a fault at a POP of the passage
 * @regs:	registers of an exception in the kernel; advanced past the POP
 *		if it was such a fault
 *
 * Return: true if the exception was such a fault; the register is now 0.
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

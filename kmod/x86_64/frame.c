// SPDX-License-Identifier: GPL-2.0
/*
 * The registers of the interrupted guest, which the way out has put into the vCPU
 * page.
 */
#include <asm/segment.h>

#include "x86_64.h"

/**
 * co_x86_64_fill_regs() - co_arch.fill_regs
 * @v:		the vCPU, not in the guest
 * @error_code:	true if the frame has an error code
 * @regs:	out
 */
void co_x86_64_fill_regs(const struct co_vcpu_ctx *v, bool error_code,
			 struct co_regs *regs)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);
	const struct co_frame64 *f = &sw->frame;

	regs->cr0 = sw->exit.marks & CO_MARK_CR0 ? sw->guest_cr0 : sw->host_cr0;
	regs->cr3 = sw->guest_cr3;
	regs->cr4 = sw->guest_cr4;
	regs->sp = f->sp;
	regs->ip = f->ip;
	regs->cs = f->cs;
	regs->flags = f->flags;
	regs->ss = f->ss;
	if (error_code) {
		/* It is where the vector would be, and the rest is below that. */
		regs->error = f->vector;
		f = (const void *)f - sizeof(u64);
	}
	regs->gpr[0] = f->ax;
	regs->gpr[1] = f->cx;
	regs->gpr[2] = f->dx;
	regs->gpr[3] = f->bx;
	regs->gpr[4] = regs->sp;
	regs->gpr[5] = f->bp;
	regs->gpr[6] = f->si;
	regs->gpr[7] = f->di;
	regs->gpr[8] = f->r8;
	regs->gpr[9] = f->r9;
	regs->gpr[10] = f->r10;
	regs->gpr[11] = f->r11;
	regs->gpr[12] = f->r12;
	regs->gpr[13] = f->r13;
	regs->gpr[14] = f->r14;
	regs->gpr[15] = f->r15;
	regs->valid = 1;
}

/**
 * co_x86_64_maybe_int() - co_arch.maybe_int
 * @v:		the vCPU, not in the guest
 * @vector:	the vector
 *
 * A guest's users cannot: the gates have DPL 0. The bytes before RIP are no proof.
 * They may be the end of another instruction.
 */
bool co_x86_64_maybe_int(const struct co_vcpu_ctx *v, u32 vector)
{
	const struct co_frame64 *f = &co_switch64_of(&v->passage)->frame;
	const u8 *opcode, *operand;

	if (f->cs & SEGMENT_RPL_MASK)
		return false;
	opcode = co_x86_64_pointer(v, f->ip - 2, 1);
	operand = co_x86_64_pointer(v, f->ip - 1, 1);
	return opcode && operand && *opcode == 0xcd && *operand == vector;
}

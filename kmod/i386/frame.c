// SPDX-License-Identifier: GPL-2.0
/*
 * The frame that a guest leaves on its own stack: its registers, and where it was
 * interrupted.
 */
#include <asm/segment.h>

#include "i386.h"

/* The frame that .Lexit of passage_page.S leaves on the guest's stack. */
struct guest_frame {
	u32 edi, esi, ebp, esp, ebx, edx, ecx, eax;
	u32 ds, es, fs, gs;
	u32 reason;
	u32 iret[4];		/* error code if there is one, EIP, CS, EFLAGS */
};

/* Returns one word of the guest's stack, 0 if it cannot be read. */
static u32 stack_word(const struct co_vcpu_ctx *v, u32 offset)
{
	u32 word;

	return co_i386_read(v, co_switch_of(&v->passage)->guest_esp + offset, &word,
			    sizeof(word)) ? word : 0;
}

/* Reads the guest's frame, which may cross a page boundary. */
static bool read_frame(const struct co_vcpu_ctx *v, struct guest_frame *f)
{
	u32 i;

	if (!co_i386_pointer(v, co_switch_of(&v->passage)->guest_esp, sizeof(u32)))
		return false;
	for (i = 0; i < sizeof(*f) / sizeof(u32); i++)
		((u32 *)f)[i] = stack_word(v, i * sizeof(u32));
	return true;
}

/**
 * co_i386_fill_regs() - co_arch.fill_regs
 * @v:		the vCPU, not in the guest
 * @error_code:	true if the frame has an error code
 * @regs:	out
 */
void co_i386_fill_regs(const struct co_vcpu_ctx *v, bool error_code,
		       struct co_regs *regs)
{
	const struct co_switch *sw = co_switch_of(&v->passage);
	struct guest_frame frame, *f = &frame;
	const u32 *iret;

	regs->cr0 = sw->guest_cr0;
	regs->cr3 = v->passage.page->arch_i386.root_maddr;
	regs->cr4 = sw->guest_cr4;
	regs->sp = sw->guest_esp;

	if (!read_frame(v, f))
		return;
	iret = f->iret;
	if (error_code)
		regs->error = *iret++;
	regs->ip = iret[0];
	regs->cs = iret[1];
	regs->flags = iret[2];
	regs->ss = CO_SEL_DATA32;
	regs->gpr[0] = f->eax;
	regs->gpr[1] = f->ecx;
	regs->gpr[2] = f->edx;
	regs->gpr[3] = f->ebx;
	regs->gpr[4] = f->esp;
	regs->gpr[5] = f->ebp;
	regs->gpr[6] = f->esi;
	regs->gpr[7] = f->edi;
	regs->valid = 1;
}

/* Was the guest in user mode? For vectors without an error code. */
static bool from_user(const struct co_vcpu_ctx *v)
{
	return stack_word(v, offsetof(struct guest_frame, iret[1])) &
	       SEGMENT_RPL_MASK;
}

/**
 * co_i386_maybe_int() - co_arch.maybe_int
 * @v:		the vCPU, not in the guest
 * @vector:	the vector
 *
 * A guest's users cannot: the gates have DPL 0. The bytes before EIP are no proof.
 * They may be the end of another instruction, such as "or $2,%ch" or
 * "ror $2,%ebp".
 */
bool co_i386_maybe_int(const struct co_vcpu_ctx *v, u32 vector)
{
	u32 ip = stack_word(v, offsetof(struct guest_frame, iret));
	const u8 *opcode = co_i386_pointer(v, ip - 2, 1);
	const u8 *operand = co_i386_pointer(v, ip - 1, 1);

	return !from_user(v) && opcode && operand && *opcode == 0xcd &&
	       *operand == vector;
}

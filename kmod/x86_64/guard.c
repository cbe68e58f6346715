// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the guest's tables that the passage relies on, before each entry.
 *
 * The way in loads the guest's descriptor tables while the trampoline's IDT is live.
 * That IDT has handlers for NMI and #MC alone: any fault there is a triple fault and
 * resets the machine. So a guest with broken tables is not entered. It ends with the
 * fault that the CPU would have raised.
 *
 * The check runs after a register has changed. The guard is against accidents: a
 * hostile guest is in ring 0 and has easier ways.
 */
#include <asm/desc_defs.h>
#include <asm/irq_vectors.h>
#include <asm/processor.h>
#include <asm/segment.h>
#include <asm/trapnr.h>

#include "enter.h"
#include "x86_64.h"

#define ACCESSED	BIT_ULL(40)
#define FLAT_CODE64	0x00209b0000000000ULL
#define FLAT_DATA	0x0000930000000000ULL

/* P, DPL, S, type; L and D for code. Base and limit mean nothing in 64-bit mode. */
#define CODE_BITS	0x0060ff0000000000ULL
#define DATA_BITS	0x0000ff0000000000ULL

/* The access byte of a system descriptor: P, DPL, S and type. */
#define SYSTEM_BITS	0x0000ff0000000000ULL
#define LDT_BITS	0x0000820000000000ULL
#define TSS_BITS	0x0000890000000000ULL
#define TSS_BUSY	0x0000020000000000ULL

/* An IDT entry: P, DPL and type; the IST. */
#define GATE_BITS	0x0000ff0000000000ULL
#define GATE_INTERRUPT64 0x00008e0000000000ULL
#define GATE_IST(gate)	((u32)((gate) >> 32) & 7)

/* Returns a descriptor of @len bytes in the guest's GDT, NULL if there is none. */
static const u64 *guard_descriptor(const struct co_vcpu_ctx *v, u16 selector, u32 len)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);

	if (selector & (SEGMENT_TI_MASK | SEGMENT_RPL_MASK) ||
	    selector + len - 1 > sw->guest_gdt.limit)
		return NULL;
	return co_x86_64_pointer(v, sw->guest_gdt.base + selector, len);
}

static bool guard_flat(const struct co_vcpu_ctx *v, u16 selector, u64 bits, u64 wanted)
{
	const u64 *desc = guard_descriptor(v, selector, sizeof(u64));

	return desc && ((*desc | ACCESSED) & bits) == wanted;
}

/* The base address in a system descriptor of 16 bytes. */
static u64 guard_base(const u64 desc[2])
{
	return (desc[0] >> 16 & 0xffffff) | (desc[0] >> 32 & 0xff000000) |
	       desc[1] << 32;
}

/* Copies the descriptor of the guest's TSS to the area's GDT, where LTR reads it. */
static bool guard_tss(const struct co_vcpu_ctx *v)
{
	struct co_switch64 *sw = co_switch64_of(&v->passage);
	const u64 *desc;

	if (sw->guest_tr == CO_SEL_BOOT_TSS)
		return true;
	if (sw->guest_tr != CO_KERNEL_TSS)
		return false;
	desc = guard_descriptor(v, CO_KERNEL_TSS, 2 * sizeof(u64));
	if (!desc || (desc[0] & SYSTEM_BITS & ~TSS_BUSY) != TSS_BITS)
		return false;
	sw->gdt[CO_KERNEL_TSS / 8] = desc[0] & ~TSS_BUSY;
	sw->gdt[CO_KERNEL_TSS / 8 + 1] = desc[1];
	return true;
}

static bool guard_ldt(const struct co_vcpu_ctx *v)
{
	u16 ldt = co_switch64_of(&v->passage)->guest_ldt;
	const u64 *desc;

	if (!ldt)
		return true;
	desc = guard_descriptor(v, ldt, 2 * sizeof(u64));
	return desc && (desc[0] & SYSTEM_BITS) == LDT_BITS;
}

/* Returns the stack of an IST in the loaded TSS, 0 if it cannot be read. */
static u64 guard_stack(const struct co_vcpu_ctx *v, u32 ist)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);
	const u64 *stack;
	u64 tss;

	if (!ist)
		return 0;
	tss = guard_base(&sw->gdt[sw->guest_tr / 8]);
	stack = co_x86_64_pointer(v, tss + offsetof(struct co_tss64, ist[ist - 1]),
				  sizeof(*stack));
	return stack ? *stack : 0;
}

/* Does the gate of @vector lead to its stub, on a usable stack? */
static bool guard_gate(const struct co_vcpu_ctx *v, u32 vector)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);
	const struct co_vcpu_page *page = v->passage.page;
	u64 stub = v->passage_va + CO_PASSAGE_PAGE_CODE * PAGE_SIZE +
		   vector * CO_STUB_STRIDE;
	u32 offset = vector * 2 * sizeof(u64);
	const u64 *gate;
	u64 stack;

	if (offset + 2 * sizeof(u64) - 1 > sw->guest_idt.limit)
		return false;
	gate = co_x86_64_pointer(v, sw->guest_idt.base + offset, 2 * sizeof(u64));
	if (!gate || (gate[0] & GATE_BITS) != GATE_INTERRUPT64 ||
	    (u16)(gate[0] >> 16) != CO_KERNEL_CS)
		return false;
	if ((u16)gate[0] != (u16)stub || (u16)(gate[0] >> 48) != (u16)(stub >> 16) ||
	    (u32)gate[1] != (u32)(stub >> 32))
		return false;
	stack = guard_stack(v, GATE_IST(gate[0]));
	if (vector >= FIRST_EXTERNAL_VECTOR)
		return stack == page->arch_x86_64.frame_va;
	/* The CPU pushes 40 bytes below it, the stub three words. */
	return stack && co_x86_64_pointer(v, stack - 64, 1);
}

/**
 * co_x86_64_guard() - co_arch.check
 * @v:		the vCPU, not in the guest
 *
 * The complete check, for when co_x86_64_guard_ok() finds a change.
 *
 * Return: 0, or the vector of the exception that the CPU would raise.
 */
u32 co_x86_64_guard(struct co_vcpu_ctx *v)
{
	const struct co_switch64 *sw = co_switch64_of(&v->passage);
	struct co_guard64 *g = &v->x86_64.guard;

	if (!guard_flat(v, CO_KERNEL_CS, CODE_BITS, FLAT_CODE64) ||
	    !guard_flat(v, CO_KERNEL_DS, DATA_BITS, FLAT_DATA))
		return X86_TRAP_GP;
	if (!guard_tss(v))
		return X86_TRAP_TS;
	if (!guard_ldt(v) || !guard_gate(v, X86_TRAP_NMI) ||
	    !guard_gate(v, X86_TRAP_MC))
		return X86_TRAP_GP;
	/* A guest that has interrupts off may have only the first vectors. */
	if (sw->guest_idt.limit > FIRST_EXTERNAL_VECTOR * 16 &&
	    !guard_gate(v, FIRST_EXTERNAL_VECTOR))
		return X86_TRAP_GP;

	g->gdt = sw->guest_gdt;
	g->idt = sw->guest_idt;
	return 0;
}

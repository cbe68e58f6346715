/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What toy.h leaves to the architecture: an x86-64 guest.
 */
#ifndef TESTS_GUEST_TOY_64_H
#define TESTS_GUEST_TOY_64_H

#define TOY_ARCH	CO_ARCH_X86_64
#define TOY_FLAGS	CO_NOTE_F_5LEVEL
#define VIRT_BASE	0xffffffff80000000ul
#define PASSAGE_VA	0

struct gate {
	u32 low;
	u32 high;
	u32 top;
	u32 reserved;
};

static struct gate idt[256];

asm(".section .text.entry, \"ax\"\n"
    ".globl entry\n"
    "entry:\n"
    "	movq	$stack + 4096, %rsp\n"
    "	xchgq	%rdi, %rsi\n"		/* start_c(boot, vcpu) */
    "	call	start_c\n"
    "1:	jmp	1b\n"
    ".previous\n");

static inline void enter(struct co_vcpu_page *vcpu)
{
	u64 flags;

	asm volatile("pushfq\n\t"
		     "popq	%0\n\t"
		     "cli\n\t"
		     "call	*%1"
		     : "=&D" (flags) : "r" (vcpu->hypercall_va)
		     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11",
		       "memory", "cc");
}

/* The first TSS, which is still loaded, has usable stacks for all three ISTs. */
static inline void set_gate(u32 v, u64 addr)
{
	u32 ist = v == 2 ? 2 : v == 18 ? 4 : 6;

	idt[v].low = CO_KERNEL_CS << 16 | (addr & 0xffff);
	idt[v].high = (addr & 0xffff0000) | 0x8e00 | ist;
	idt[v].top = addr >> 32;
}

#endif /* TESTS_GUEST_TOY_64_H */

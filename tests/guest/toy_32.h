/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What toy.h leaves to the architecture: an i386 guest.
 */
#ifndef TESTS_GUEST_TOY_32_H
#define TESTS_GUEST_TOY_32_H

#define TOY_ARCH	CO_ARCH_I386
#define TOY_FLAGS	0
#define VIRT_BASE	0xc0000000ul
#define PASSAGE_VA	0xffff0000u

struct gate {
	u32 low;
	u32 high;
};

static struct gate idt[256];

asm(".section .text.entry, \"ax\"\n"
    ".globl entry\n"
    "entry:\n"
    "	movl	$stack + 4096, %esp\n"
    "	pushl	%edi\n"
    "	pushl	%esi\n"
    "	call	start_c\n"
    "1:	jmp	1b\n"
    ".previous\n");

static inline void enter(struct co_vcpu_page *vcpu)
{
	void *entry_va = (void *)(u32)vcpu->hypercall_va;

	asm volatile("pushfl\n\t"
		     "pushl	%%cs\n\t"
		     "call	*%0" : : "r" (entry_va) : "memory", "cc");
}

static inline void set_gate(u32 v, u32 addr)
{
	idt[v].low = (CO_BOOT_CS << 16) | (addr & 0xffff);
	idt[v].high = (addr & 0xffff0000) | 0x8e00;
}

#endif /* TESTS_GUEST_TOY_32_H */

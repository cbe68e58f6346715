/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The guest ABI of CO_ARCH_X86_64: what <colinux/guest.h>, which includes this file,
 * leaves to the architecture.
 *
 * Entry state:
 *
 * - 64-bit mode, with as many levels of page tables as the host has: CR4.LA57. A
 *   kernel without CO_NOTE_F_5LEVEL is refused on a host with five
 * - page tables of the module: they map PPRAM at the note's virt_base (RWX, 2 MiB
 *   pages) and the passage area, nothing else
 * - interrupts off, DF clear, no stack
 * - CS is CO_KERNEL_CS, SS is CO_KERNEL_DS, the other segments are null, their bases 0.
 *   The GDT is in the passage area
 * - TR: a TSS in the passage area with a stack for each IST: 6 for vectors 0x20 and up,
 *   2 for NMIs, all others for machine checks
 * - IDT: vectors 0 to 31, all leading to the host. The host handles NMIs and machine
 *   checks. Any other exception ends the guest, and the host reports it
 * - CR0: PG, AM, WP, NE, ET, MP, PE. EFER as on the host
 * - CR4: some of the host's bits. PAE and MCE are among them and must stay set. The
 *   guest must keep LA57 and VMXE as it finds them at each write. VMXE may change at
 *   each passage, as the host's VMX operation does
 * - %rdi: va of struct co_vcpu_page; %rsi: va of struct co_boot_info
 *
 * Addresses in the note: virt_base is a multiple of 1 GiB, and at least CO_VIRT_BASE_MIN:
 * in the last entry of the top-level table, with either number of levels.
 *
 * The passage area: the CO_PASSAGE_PAGES pages are at CO_AREA_VA_4 or CO_AREA_VA_5,
 * depending on the number of levels. Both are the start of the range of entry
 * CO_AREA_SLOT of the top-level table, which Linux reserves for hypervisors. The guest
 * sets this entry to co_x86_64_page.area_entry in every top-level table that it loads,
 * and never uses the tables below it.
 *
 * CR3 holds machine addresses, like page-table entries.
 *
 * TLB: each passage flushes all entries, global ones and those of all PCIDs.
 *
 * Hypercalls: with interrupts off, fill co_vcpu_page.hc, load RDI with the RFLAGS to
 * return with, and call hypercall_va. Preserves RBX, RSP, RBP and R12 to R15. If RDI
 * has IF set, the return enables interrupts and delivers pending ones. So CO_HC_IDLE
 * cannot lose a wake-up.
 *
 * Interrupts: the guest's IDT has interrupt gates with DPL 0 to the stubs of vectors 2
 * (NMI), 18 (#MC), and 0x20 to 0xff except 0x80. All of them use an IST. That of
 * vectors 0x20 and up has co_x86_64_page.frame_va in the TSS: the CPU then writes its
 * frame to where the passage needs it. Those of vectors 2 and 18 are stacks of the
 * guest, one for each, that no other vector uses; 64 bytes are enough. All tables must
 * be mapped whenever the CPU may use them.
 *
 * The guest loads TR once, with the selector CO_KERNEL_TSS. The descriptor does not
 * change afterwards.
 *
 * Virtual interrupts: the passage returns to the guest by IRETQ. If the frame has IF
 * set and there is an interrupt to deliver, the passage does what a CPU does for an
 * interrupt gate without an IST. It pushes the frame on the interrupted stack, or, if the
 * guest was in user mode, on the stack co_x86_64_page.sp0. It jumps to upcall_va with
 * interrupts off. The guest's handler ends with IRETQ. It is also called without
 * an interrupt if a user's SS is in the LDT: the IRETQ to a 16-bit stack needs the
 * guest's care (Linux: espfix).
 *
 * Segment registers: after the vCPU has been on another CPU, or the host has run
 * another task, the passage loads the guest's DS, ES, FS and GS from its tables. If a
 * descriptor does not exist any more, this raises an exception in the code page, at a
 * MOV to the segment register from EAX. The guest's handler loads a null selector
 * instead, and skips the instruction. FS base and GS base are restored after that.
 */
#ifndef COLINUX_X86_64_H
#define COLINUX_X86_64_H

/* Selectors of the entry state. An x86-64 Linux uses the same numbers. */
#define CO_KERNEL_CS		0x10
#define CO_KERNEL_DS		0x18
/* The guest's task register, once it has loaded one. */
#define CO_KERNEL_TSS		0x40

/* The lowest virt_base: the last 512 GiB of the address space. */
#define CO_VIRT_BASE_MIN	0xffffff8000000000

/* The passage area: entry of the top-level table, address with 4 and with 5 levels. */
#define CO_AREA_SLOT		256
#define CO_AREA_VA_4		0xffff800000000000
#define CO_AREA_VA_5		0xff00000000000000

#ifndef __ASSEMBLY__

#include <linux/types.h>

/**
 * struct co_x86_64_page - x86-64 members of the vCPU page
 *
 * Constant, written by the module:
 * @area_entry:	the entry of the top-level table for the passage area
 * @frame_va:	va for the IST entry of vectors 0x20 and up
 *
 * Written by the guest:
 * @sp0:	va of the top of the stack for virtual interrupts that hit user mode,
 *		16-byte aligned: RSP0 of the TSS
 * @dr7_used:	not 0 if DR7 may have a breakpoint enabled. Set before DR7 is written,
 *		cleared after. The passage switches DR7 only if this is set
 * @reserved:	0
 */
struct co_x86_64_page {
	__u64 area_entry;
	__u64 frame_va;
	__u64 sp0;
	__u32 dr7_used;
	__u32 reserved;
};

_Static_assert(sizeof(struct co_x86_64_page) == 32, "x86-64 layout");

#endif /* __ASSEMBLY__ */
#endif /* COLINUX_X86_64_H */

/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The guest ABI of CO_ARCH_I386: what <colinux/guest.h>, which includes this file,
 * leaves to the architecture.
 *
 * Entry state:
 *
 * - protected mode, PAE paging, write protection on, interrupts off
 * - flat segments: CO_BOOT_CS, CO_BOOT_DS
 * - no task register: the passage does not load TR until the guest has loaded one,
 *   so the guest's GDT needs no descriptor for it
 * - EFER.NXE as on the host
 * - CR4: PAE, PSE and MCE only. MCE must stay set, because a machine check without
 *   it resets the CPU
 * - %esi: va of struct co_boot_info; %edi: va of struct co_vcpu_page; no stack
 * - IDT: vectors 0 to 31, all leading to the host. The host handles NMIs and machine
 *   checks. Any other exception ends the guest, and the host reports it
 *
 * Addresses in the note: virt_base is a multiple of 1 GiB. The 2 MiB around
 * passage_va are the guest's fixmap alone.
 *
 * CR3 has 32 bits, but the guest's page tables may lie above 4 GiB. So its only
 * value is co_i386_page.root_maddr, the machine address of co_i386_page.pdpt. The
 * guest copies the four PDPT entries of a page table there at each load of CR3.
 *
 * Hypercalls: with interrupts off, fill co_vcpu_page.hc, push EFLAGS and CS, then
 * call hypercall_va (a near call). It returns with IRET and restores all registers.
 * If the pushed EFLAGS have IF set, the return enables interrupts and delivers
 * pending ones. So CO_HC_IDLE cannot lose a wake-up.
 *
 * Virtual interrupts: the passage returns to the guest with an interrupt frame (EIP,
 * CS, EFLAGS) on the stack, normally by IRET. If the frame has IF set and there is an
 * interrupt to deliver, the passage jumps to upcall_va instead. The frame is then
 * still on the stack and interrupts are off, as after an interrupt gate. The guest's
 * handler ends with IRET.
 *
 * Interrupts: the guest's IDT has interrupt gates to the stubs for vectors 2 (NMI),
 * 18 (#MC), and 0x20 to 0xff except 0x80.
 */
#ifndef COLINUX_I386_H
#define COLINUX_I386_H

/*
 * Code and data selectors of the entry state. An i386 Linux uses the same numbers.
 * So a frame that is pushed before the guest loads its own GDT stays valid.
 */
#define CO_BOOT_CS		0x60
#define CO_BOOT_DS		0x68

#ifndef __ASSEMBLY__

#include <linux/types.h>

/**
 * struct co_sysenter - the guest's SYSENTER MSRs (0x174, 0x175, 0x176)
 * @cs:		IA32_SYSENTER_CS
 * @esp:	IA32_SYSENTER_ESP
 * @eip:	IA32_SYSENTER_EIP
 *
 * The guest stores each value that it writes to these MSRs here as well. The module
 * loads the MSRs from here when the vCPU is loaded on a CPU.
 */
struct co_sysenter {
	__u64 cs;
	__u64 esp;
	__u64 eip;
};

/**
 * struct co_i386_page - i386 members of the vCPU page
 * @pdpt:	the four PDPT entries of the loaded page table, 32-byte aligned (SDM
 *		vol. 3, 4.4.1); written by the guest
 * @root_maddr:	machine address of @pdpt, the only value of CR3; constant, written
 *		by the module
 * @sysenter:	the SYSENTER MSRs; written by the guest
 */
struct co_i386_page {
	__u64 pdpt[4];
	__u64 root_maddr;
	struct co_sysenter sysenter;
};

_Static_assert(sizeof(struct co_sysenter) == 24, "SYSENTER layout");
_Static_assert(sizeof(struct co_i386_page) == 64, "i386 layout");

#endif /* __ASSEMBLY__ */
#endif /* COLINUX_I386_H */

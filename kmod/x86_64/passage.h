/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The passage to an x86-64 guest: its data. passage.c builds them, passage_host.S and
 * passage_page.S are the code, docs/passage.md draws the way of a passage.
 *
 * A vCPU owns some pages, which may lie anywhere: the passage area. The guest sees the
 * first two of them, one after the other, at CO_AREA_VA_4 or CO_AREA_VA_5 ("X"):
 *
 *   vCPU page   the ABI's struct co_vcpu_page, then struct co_switch64, the data that
 *               the switch needs while the guest's page tables are loaded: read, write
 *   code page   a copy of passage_page.S: read, execute
 *
 * The page tables below entry CO_AREA_SLOT are the area's. The guest's page tables and
 * the transition tables share them. The transition tables are the host's kernel half
 * and this entry. So X is mapped in both, and the passage never leaves long mode.
 */
#ifndef CO_X86_64_PASSAGE_H
#define CO_X86_64_PASSAGE_H

#include "../passage.h"

/* Selectors of the area's GDT, beside CO_KERNEL_CS and CO_KERNEL_DS. */
#define CO_SEL_BOOT_TSS		0x50	/* the TSS before the guest loads its own */

#ifndef __ASSEMBLY__

#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include <asm/page_types.h>

#include "cr4.h"

#define CO_AREA_GDT_ENTRIES	12
#define CO_AREA_IDT_SIZE	(16 * (18 + 1))
#define CO_BOOT_IDT64_ENTRIES	32
#define CO_AREA_STACK_SIZE	256

/*
 * The registers of the interrupted guest. The CPU pushes the upper part, a stub of the code page the vector, the way out the
 * rest. An exception with an error code has it between @vector and @ip: all members up
 * to @vector are then 8 bytes further down.
 */
struct co_frame64 {
	u64 r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di;
	u64 vector;
	u64 ip, cs, flags, sp, ss;
};

/**
 * struct co_tss64 - a 64-bit TSS (SDM vol. 3, 8.7)
 * @reserved0:	0
 * @rsp:	stacks of rings 0 to 2
 * @reserved1:	0
 * @ist:	stacks of gates with an IST, from 1
 * @reserved2:	0
 * @reserved3:	0
 * @iomap:	offset of the I/O bitmap
 */
struct co_tss64 {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 iomap;
} __packed;

/**
 * struct co_switch64 - the switch's own part of the vCPU page
 * @exit:	what the exit loop reads
 * @guest_cr0:	the guest's CR0, if CO_MARK_CR0 is set; else it is @host_cr0
 * @guest_cr3:	the guest's CR3, saved at each exit
 * @guest_cr4:	the guest's CR4, saved at each exit
 * @selector:	the guest's DS, ES, FS and GS, while CO_MARK_SEGMENTS is set
 * @fs_base:	the guest's FS base, while CO_MARK_SEGMENTS is set
 * @gs_base:	the guest's GS base, while CO_MARK_SEGMENTS is set
 * @host_cr0:	the host's CR0, while the vCPU is loaded
 * @quiet_cr4:	struct co_cr4_64.quiet
 * @same_cr4:	the same, if the CPU has INVPCID; else a value that no CR4 has
 * @cr3:	CR3 with the transition tables, PCID 0
 * @host:	kernel address of struct co_host64
 * @resume:	kernel address to which the way out jumps
 * @resume_noted: the same for a passage that has turned back
 * @guest_tr:	the guest's task register, saved at each exit, in the padding of its GDTR
 * @guest_ldt:	the guest's LDT selector, in the same way
 * @guest_gdt:	the guest's GDTR, saved at each exit
 * @guest_idt:	the guest's IDTR, saved at each exit
 * @gdtr:	GDTR of the area
 * @idtr:	IDTR of the trampoline
 * @zero:	descriptor of INVPCID: no PCID, no address
 * @upcall:	frame of IRETQ for a virtual interrupt: IP, CS, flags, SP, SS
 * @gdt:	GDT of the area; the guest's TSS is at CO_KERNEL_TSS
 * @idt:	gates of @idtr: NMI and #MC
 * @boot_idt:	the guest's first IDT, which sends every exception to the host
 * @boot_tss:	the guest's first TSS
 * @nmi_stack:	stack of NMIs in the guest before it loads its own TSS
 * @mce_stack:	the same for machine checks
 * @pad:	so that the end of @frame is a multiple of 16
 * @slack:	the stack of the passage, while the stack pointer is at @frame: for an error
 *		code, a call, and an NMI on top of a machine check
 * @frame:	the guest's registers
 */
struct co_switch64 {
	struct co_exit exit;
	u64 guest_cr0;
	u64 guest_cr3;
	u64 guest_cr4;
	u16 selector[4];
	u64 fs_base;
	u64 gs_base;
	u64 host_cr0;
	u64 quiet_cr4;
	u64 same_cr4;
	u64 cr3;
	u64 host;
	u64 resume;
	u64 resume_noted;
	union {
		struct {
			u16 guest_tr;
			u16 guest_ldt;
		};
		struct co_desc64 guest_gdt;
	};
	struct co_desc64 guest_idt;
	struct co_desc64 gdtr;
	struct co_desc64 idtr;
	u64 zero[2];
	u64 upcall[5];
	u64 gdt[CO_AREA_GDT_ENTRIES];
	u8 idt[CO_AREA_IDT_SIZE];
	u64 boot_idt[2 * CO_BOOT_IDT64_ENTRIES];
	struct co_tss64 boot_tss;
	u8 nmi_stack[CO_AREA_STACK_SIZE] __aligned(16);
	u8 mce_stack[CO_AREA_STACK_SIZE] __aligned(16);
	u64 pad;
	u64 slack[16];
	struct co_frame64 frame;
};

/**
 * struct co_host64 - the host's state during a passage
 * @rsp:	RSP, saved at each entry
 * @cr3:	CR3, saved at each entry
 * @code:	address of the passage's entry at X
 * @guest_gs:	the guest's GS base, saved at each exit
 * @tramp_cr3:	CR3 with the transition tables, PCID 0
 * @tramp_idt:	IDTR of the trampoline
 * @rare:	not 0 if @msrs is not, or if CR4 differs at the first two stations
 * @msrs:	kernel address of struct co_msrs for co_msrs_trace_off(), 0 if that is
 *		not needed
 * @cr4:	CR4 at each station
 * @cpu:	registers of the host that differ from CPU to CPU
 */
struct co_host64 {
	u64 rsp;
	u64 cr3;
	u64 code;
	u64 guest_gs;
	u64 tramp_cr3;
	struct co_desc64 tramp_idt;
	u32 rare;
	u64 msrs;
	struct co_cr4_64 cr4;
	struct co_host_cpu cpu;
};

/**
 * co_host64_find_rare() - set @rare
 * @host:	the host's state, in which @cr4 or @msrs has changed
 */
static inline void co_host64_find_rare(struct co_host64 *host)
{
	host->rare = host->msrs || host->cr4.host != host->cr4.quiet;
}

/**
 * struct co_guard64 - the guest's state that co_x86_64_guard() last found good
 * @gdt:	GDTR, TR and LDTR as in struct co_switch64
 * @idt:	IDTR as in struct co_switch64
 */
struct co_guard64 {
	struct co_desc64 gdt;
	struct co_desc64 idt;
};

/* Pages of the area. */
enum co_area_page {
	CO_AREA64_VCPU,
	CO_AREA64_CODE,
	CO_AREA64_P4D,		/* of the area; for hosts with five levels */
	CO_AREA64_PUD,
	CO_AREA64_PMD,
	CO_AREA64_PT,
	CO_AREA64_BOOT_PGD,	/* the guest's first page tables */
	CO_AREA64_BOOT_P4D,
	CO_AREA64_BOOT_PUD,
	CO_AREA64_BOOT_PMD,
	CO_AREA64_PAGES
};

/* MSRs that both kernels set once for each CPU. */
#define CO_NR_SYSCALL_MSRS	7

/**
 * struct co_x86_64 - an x86-64 guest's vCPU: what only its architecture has
 * @page:	kernel addresses of the area's pages
 * @pgd:	the transition tables' top level
 * @high_memory: the kernel's high_memory when its half of the tables was copied
 * @host:	the host's state
 * @guard:	check that the guest can be entered
 * @host_msr:	the host's system call MSRs, while the vCPU is loaded
 * @guest_msr:	the guest's, while it is not
 * @host_efer:	the host's EFER, while the vCPU is loaded
 * @kernel_gs_base: the guest's, while the vCPU is not loaded
 */
struct co_x86_64 {
	void *page[CO_AREA64_PAGES];
	u64 *pgd;
	void *high_memory;
	struct co_host64 *host;
	struct co_guard64 guard;
	u64 host_msr[CO_NR_SYSCALL_MSRS];
	u64 guest_msr[CO_NR_SYSCALL_MSRS];
	u64 host_efer;
	u64 kernel_gs_base;
};

/**
 * co_switch64_of() - the switch's part of the vCPU page
 * @p:		the passage to an x86-64 guest
 */
static inline struct co_switch64 *co_switch64_of(const struct co_passage *p)
{
	return container_of(co_exit_of(p), struct co_switch64, exit);
}

/* passage_host.S */
extern const char co_passage64_resume[], co_passage64_resume_noted[];

/* passage_page.S: the image of the code page */
extern const char co_page64_start[];
extern const char co_page64_stubs[], co_page64_hypercall[];
extern const char co_page64_enter[];
extern const char co_page64_nmi[], co_page64_mce[];

#endif /* __ASSEMBLY__ */
#endif /* CO_X86_64_PASSAGE_H */

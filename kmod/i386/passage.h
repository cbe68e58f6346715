/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The passage to an i386 guest: its data. passage.c builds them, passage_64.S and
 * passage_page.S are the code, docs/passage.md draws the way of a passage.
 *
 * A vCPU owns one block of memory below 4 GiB, the passage area:
 *
 *   page  0     vCPU page: the ABI's struct co_vcpu_page, then struct
 *               co_switch, the data that the switch needs while the guest's
 *               page tables are loaded                   guest: read, write
 *   page  1     code: a copy of passage_page.S             guest: read, exec
 *   page  2-3   transition PGD, 64-bit. Two pages, so that bit 12 of its
 *               address is clear: page-table isolation uses that bit of CR3
 *               for the user half, and an NMI handler flips it
 *   page  4     transition P4D, for hosts with five levels
 *   page  5     transition PUD
 *   page  6     transition PMD, 64-bit
 *   page  7     transition PMD, PAE: P
 *   page  8     transition PMD, PAE: top GiB
 *   page  9     transition page table, PAE: passage_va
 *   page 10     the guest's first PMD: PPRAM at virt_base
 *   page 11     the guest's first page table: passage_va
 *   page 12     host state: struct co_host, and the PAE transition PDPT
 *   page 13     transition page table, 64-bit and PAE: P
 *
 * Only pages 0 and 1 are mapped for the guest. The transition tables map pages 0,
 * 1 and 12 at the area's machine address ("P"); page 12 is read-only there. The
 * PAE ones also map pages 0 and 1 at passage_va ("X"), as the guest does. The
 * 64-bit ones also map the host's kernel half.
 */
#ifndef CO_I386_PASSAGE_H
#define CO_I386_PASSAGE_H

#include "../passage.h"

#define CO_AREA_ORDER		4
#define CO_AREA_VCPU		0
#define CO_AREA_CODE		1
#define CO_AREA_PGD		2
#define CO_AREA_P4D		4
#define CO_AREA_PUD		5
#define CO_AREA_PMD		6
#define CO_AREA_PAE_LOW		7
#define CO_AREA_PAE_TOP		8
#define CO_AREA_PAE_PT		9
#define CO_AREA_BOOT_PMD	10
#define CO_AREA_BOOT_PT		11
#define CO_AREA_HOST		12
#define CO_AREA_LOW_PT		13
#define CO_AREA_PAGES		14

/*
 * Selectors of the trampoline's GDT. 0x10 and 0x18 select the same segments as
 * in the host's GDT, 0x60 and 0x68 the same as in that of an i386 Linux. So a
 * segment register or a gate that is valid under one GDT is valid under the next.
 */
#define CO_SEL_CODE64		0x10
#define CO_SEL_DATA64		0x18
#define CO_SEL_CODE32		CO_BOOT_CS
#define CO_SEL_DATA32		CO_BOOT_DS

#ifndef __ASSEMBLY__

#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/types.h>
#include <asm/page_types.h>

#include "cr4.h"

/* Operand of lgdt, lidt, sgdt and sidt. The padding aligns the base. */
struct co_desc32 {
	u16 pad;
	u16 limit;
	u32 base;
} __packed;

/*
 * The trampoline's IDT is live while neither kernel's is. It serves long mode and
 * legacy mode at once. The gate of vector v lies at 16 v in long mode and at 8 v
 * in legacy mode. The four gates of NMI (2) and #MC (18) do not overlap: bytes
 * 32..47 and 288..303 in long mode, 16..23 and 144..151 in legacy mode.
 */
#define CO_TRAMP_IDT_SIZE	(16 * (X86_TRAP_MC + 1))
#define CO_TRAMP_GDT_ENTRIES	14
#define CO_BOOT_IDT_ENTRIES	32
#define CO_TRAMP_STACK_SIZE	512
#define CO_BOOT_FRAME_WORDS	16

/**
 * struct co_switch - the switch's own part of the vCPU page
 * @exit:	what the exit loop reads
 * @phys:	machine address of the area ("P")
 * @va:		address of the area in the guest ("X")
 * @pae_cr3:	machine address of the PAE transition PDPT
 * @guest_cr0:	the guest's CR0, saved at each exit
 * @guest_cr4:	the guest's CR4, saved at each exit
 * @guest_esp:	the guest's stack pointer; its other registers are on the stack
 * @guest_flags: EFLAGS of the interrupted code
 * @guest_tr:	the guest's task register; the host's until the guest loads one
 * @guest_ldt:	the guest's LDT selector
 * @guest_efer:	EFER while the guest runs, low half: see co_guest_efer()
 * @host_efer:	the host's EFER, low half
 * @host_cr0:	the host's CR0
 * @tramp_cr4:	struct co_cr4.tramp
 * @cr3_64:	machine address of the 64-bit transition PGD
 * @guest_gdt:	the guest's GDTR, saved at each exit
 * @guest_idt:	the guest's IDTR, saved at each exit
 * @idt_va:	IDTR of the trampoline at X; legacy gates only
 * @idt_phys:	IDTR of the trampoline at P; both kinds of gate
 * @gdt_va:	GDTR of the trampoline at X
 * @gdt_phys:	GDTR of the trampoline at P
 * @gdt:	trampoline GDT
 * @idt_x:	gates of @idt_va
 * @idt_p:	gates of @idt_phys
 * @boot_idt:	the guest's first IDT, which sends every exception to the host
 * @boot_frame:	the frame of the guest's first entry
 * @stack:	stack of the trampoline, the same memory at X and at P
 */
struct co_switch {
	struct co_exit exit;
	u32 phys;
	u32 va;
	u32 pae_cr3;
	u32 guest_cr0;
	u32 guest_cr4;
	u32 guest_esp;
	u32 guest_flags;
	u16 guest_tr;
	u16 guest_ldt;
	u32 guest_efer;
	u32 host_efer;
	u32 host_cr0;
	u32 tramp_cr4;
	u32 cr3_64;
	struct co_desc32 guest_gdt;
	struct co_desc32 guest_idt;
	struct co_desc32 idt_va;
	struct co_desc32 idt_phys;
	struct co_desc32 gdt_va;
	struct co_desc32 gdt_phys;
	u64 gdt[CO_TRAMP_GDT_ENTRIES];
	u8 idt_x[8 * (18 + 1)];
	u8 idt_p[16 * (18 + 1)];
	u64 boot_idt[CO_BOOT_IDT_ENTRIES];
	u32 boot_frame[CO_BOOT_FRAME_WORDS];
	u8 stack[CO_TRAMP_STACK_SIZE] __aligned(16);
};

/**
 * struct co_host - the host's state during a passage
 * @self:	kernel address of this structure
 * @resume:	kernel address in passage_64.S to which the way out jumps
 * @cr3_64:	machine address of the 64-bit transition PGD
 * @code:	machine address of the passage's 32-bit entry
 * @stack:	machine address of the trampoline's stack top
 * @area:	machine address of the area
 * @sw:		kernel address of struct co_switch
 * @rsp:	RSP, saved at each entry
 * @cr0:	CR0, saved at each entry
 * @cr3:	CR3, saved at each entry
 * @cr4:	CR4 at each station
 * @msrs:	kernel address of struct co_msrs for co_msrs_trace_off(), 0 if
 *		that is not needed
 * @cpu:	registers that differ from CPU to CPU
 * @tramp_idt:	IDTR of the trampoline at P
 * @tramp_gdt:	GDTR of the trampoline at P
 * @pdpt:	PAE transition PDPT
 *
 * Stored when the vCPU is loaded: @cpu and @msrs.
 */
struct co_host {
	u64 self;
	u64 resume;
	u64 cr3_64;
	u64 code;
	u64 stack;
	u64 area;
	u64 sw;
	u64 rsp;
	u64 cr0;
	u64 cr3;
	struct co_cr4 cr4;
	u64 msrs;
	struct co_host_cpu cpu;
	struct co_desc64 tramp_idt;
	struct co_desc64 tramp_gdt;
	u64 pdpt[4] __aligned(32);
};

/**
 * struct co_guard - the guest's state that guard_check() last found good
 * @root:	root_maddr in the vCPU page
 * @stubs:	stub_va of the vCPU page
 * @pdpt_top:	index of the PDPT entry that maps the passage
 * @pdpt_reserved: bits that no PDPT entry may have set on this machine
 * @top:	the PDPT entry at @pdpt_top
 * @gdt:	GDTR as in struct co_switch
 * @idt:	IDTR as in struct co_switch
 * @selectors:	TR and LDTR as in struct co_switch
 * @tss:	the TSS descriptor that TR selects
 */
struct co_guard {
	u64 root;
	u32 stubs;
	u32 pdpt_top;
	u64 pdpt_reserved;
	u64 top;
	u64 gdt;
	u64 idt;
	u32 selectors;
	const u8 *tss;
};

/**
 * struct co_i386 - an i386 guest's vCPU: what only its architecture has
 * @pages:	first page of the area
 * @phys:	machine address of the area
 * @host:	the host's state
 * @high_memory: the kernel's high_memory when its half of the tables was copied
 * @sysenter:	the host's SYSENTER MSRs, while the vCPU is loaded
 * @guard:	check that the guest can be entered
 */
struct co_i386 {
	struct page *pages;
	u64 phys;
	struct co_host *host;
	void *high_memory;
	u64 sysenter[3];
	struct co_guard guard;
};

/**
 * co_switch_of() - the switch's part of the vCPU page
 * @p:		the passage to an i386 guest
 */
static inline struct co_switch *co_switch_of(const struct co_passage *p)
{
	return container_of(co_exit_of(p), struct co_switch, exit);
}

/* passage_64.S */
extern const char co_passage_resume[];

/* passage_page.S: the image of the code page */
extern const char co_page_start[];
extern const char co_page_stubs[], co_page_hypercall[];
extern const char co_page_enter32[];
extern const char co_page_nmi32[], co_page_mce32[];
extern const char co_page_nmi64[], co_page_mce64[];

#endif /* __ASSEMBLY__ */
#endif /* CO_I386_PASSAGE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The passage: the switch from the host's kernel to a guest's and back. Others
 * call it a world switch.
 *
 * This header has what the exit loop sees of it, whatever the guest's
 * architecture, and what the host's ends of the passages share. i386/passage.h and
 * x86_64/passage.h describe the data of each passage; docs/passage.md draws its way.
 */
#ifndef CO_PASSAGE_H
#define CO_PASSAGE_H

#include <colinux/guest.h>

/* The vCPU page: the ABI's struct co_vcpu_page, then from here the module's own. */
#define CO_SWITCH_OFFSET	512

/* DR7: L0, G0 to L3, G3. With none of them set no breakpoint is armed. */
#define CO_DR7_ENABLED		0xff

/* Bytes from one interrupt stub to the next; checked in passage_page.S. */
#define CO_STUB_STRIDE		8

/* Reason of the guest's exit: a vector below 256, or one of these. */
#define CO_REASON_HYPERCALL	256
#define CO_REASON_NOTED		257	/* an NMI or #MC hit the way in */

/* What the way in must load, which is rare. An i386 guest has only the last one. */
#define CO_MARK_SEGMENTS	1	/* segment registers: they are not the guest's */
#define CO_MARK_DR7		2	/* DR7: the guest has a breakpoint */
#define CO_MARK_CR0		4	/* CR0: the guest's differs from the host's */
#define CO_MARK_HOST_DR7	8	/* nothing; the exit loop has disarmed the host's */

#ifndef __ASSEMBLY__

#include <linux/linkage.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/**
 * struct co_exit - what a passage leaves for the exit loop
 * @nmi:	number of NMIs noted by the trampoline's handlers
 * @mce:	number of machine checks noted by the trampoline's handlers
 * @marks:	CO_MARK_*, all 0 in most passages
 * @unusual:	the above at once, which the way in and the exit loop test
 * @dr7:	the guest's DR7; an x86-64 guest's only if CO_MARK_DR7 is set
 *
 * Begins the module's own part of the vCPU page. The guest can write to it.
 */
struct co_exit {
	union {
		struct {
			u16 nmi;
			u16 mce;
			u32 marks;
		};
		u64 unusual;
	};
	u32 dr7;
};

/* Operand of lgdt, lidt, sgdt and sidt in long mode. The padding aligns the base. */
struct co_desc64 {
	u16 pad[3];
	u16 limit;
	u64 base;
} __packed;

/**
 * struct co_host_cpu - registers of the host that differ from CPU to CPU
 * @gs_base:	GS base
 * @tss_desc:	kernel address of the TSS descriptor in the writable GDT
 * @tr:		task register
 * @ldt:	LDT selector
 * @reserved:	0
 * @gdt_rw:	GDTR of the writable alias of the GDT, where ltr can set the
 *		busy bit
 * @gdt:	GDTR as the kernel has it, read-only
 * @idt:	IDTR
 */
struct co_host_cpu {
	u64 gs_base;
	u64 tss_desc;
	u16 tr;
	u16 ldt;
	u32 reserved;
	struct co_desc64 gdt_rw;
	struct co_desc64 gdt;
	struct co_desc64 idt;
};

/**
 * struct co_passage - a vCPU's passage
 * @page:	vCPU page of the passage area
 * @slow_tables: true if a hypervisor emulates UMIP; the guest then runs with UMIP
 *		off, since with it each descriptor-table instruction of the
 *		passage is an exit
 * @timed:	true if co_speed_check() has run
 */
struct co_passage {
	struct co_vcpu_page *page;
	bool slow_tables;
	bool timed;
};

/* passage.c */
void co_host_cpu_store(struct co_host_cpu *cpu);
void co_host_copy_kernel_half(u64 *pgd);
void co_vcpu_page_init(struct co_vcpu_page *page, u32 arch, u32 id);
extern const u16 co_verw_selector;

/**
 * co_exit_of() - what the latest passage has left
 * @p:		the passage
 */
static inline struct co_exit *co_exit_of(const struct co_passage *p)
{
	return (struct co_exit *)((char *)p->page + CO_SWITCH_OFFSET);
}

#endif /* __ASSEMBLY__ */
#endif /* CO_PASSAGE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Structure offsets for the assembly of the passage to an x86-64 guest. Kbuild makes
 * co-offsets.h of this file; its code never runs.
 */
#define COMPILE_OFFSETS
#include <linux/kbuild.h>

#include "passage.h"

int main(void);

#define VP(sym, field)	DEFINE(VP_##sym, offsetof(struct co_vcpu_page, field))
#define SW_OFF(field)	(CO_SWITCH_OFFSET + offsetof(struct co_switch64, field))
#define SW(sym, field)	DEFINE(SW_##sym, SW_OFF(field))
#define SW_END(sym, field) \
	DEFINE(SW_##sym, CO_SWITCH_OFFSET + offsetofend(struct co_switch64, field))
/* Of a value that is only reached through %rdi or %rcx: from the structure's start. */
#define SWO(sym, field)	DEFINE(SWO_##sym, offsetof(struct co_switch64, field))
#define FR(sym, field)	DEFINE(FR_##sym, offsetof(struct co_frame64, field))
#define HS(sym, field)	DEFINE(HS_##sym, offsetof(struct co_host64, field))
/* lgdt and lidt take the address of the limit. */
#define DESC(sym, field) DEFINE(sym, \
	SW_OFF(field) + offsetof(struct co_desc64, limit))
#define HDESC(sym, field) DEFINE(sym, \
	offsetof(struct co_host64, field) + offsetof(struct co_desc64, limit))

int main(void)
{
	VP(UPCALL, upcall_va);
	VP(PENDING, pending);
	VP(SP0, arch_x86_64.sp0);
	VP(DR7_USED, arch_x86_64.dr7_used);
	BLANK();
	SW(NMI, exit.nmi);
	SW(MCE, exit.mce);
	SW(EXIT_FLAGS, exit.flags);
	SW(DR7, exit.dr7);
	SW(GUEST_CR0, guest_cr0);
	SW(GUEST_CR3, guest_cr3);
	SW(GUEST_CR4, guest_cr4);
	SW(GUEST_RSP, guest_rsp);
	SW(GUEST_TR, guest_tr);
	SW(GUEST_LDT, guest_ldt);
	SW(RELOAD, reload);
	SW(SELECTOR, selector);
	SW(FEATURES, features);
	SW(FS_BASE, fs_base);
	SW(GS_BASE, gs_base);
	SW(HOST_CR0, host_cr0);
	SW(QUIET_CR4, quiet_cr4);
	SW(CR3, cr3);
	SW(HOST, host);
	SW(RESUME, resume);
	SW(RESUME_NOTED, resume_noted);
	SW(ZERO, zero);
	SW(UPCALL_FRAME, upcall);
	SW(GDT_ENTRIES, gdt);
	SW_END(STACK_TOP, stack);
	SW_END(FRAME_END, frame);
	DESC(SW_GUEST_GDT, guest_gdt);
	DESC(SW_GUEST_IDT, guest_idt);
	DESC(SW_GDT, gdtr);
	DESC(SW_IDT, idtr);
	BLANK();
	FR(VECTOR, vector);
	FR(CS, cs);
	FR(FLAGS, flags);
	FR(SP, sp);
	FR(SS, ss);
	DEFINE(SW_FRAME_IP, SW_OFF(frame) + offsetof(struct co_frame64, ip));
	DEFINE(SW_FRAME_CS, SW_OFF(frame) + offsetof(struct co_frame64, cs));
	DEFINE(SW_FRAME_FLAGS, SW_OFF(frame) + offsetof(struct co_frame64, flags));
	DEFINE(SW_FRAME_SP, SW_OFF(frame) + offsetof(struct co_frame64, sp));
	DEFINE(SW_FRAME_SS, SW_OFF(frame) + offsetof(struct co_frame64, ss));
	DEFINE(SW_FRAME_VECTOR, SW_OFF(frame) + offsetof(struct co_frame64, vector));
	BLANK();
	HS(RSP, rsp);
	HS(CR3, cr3);
	HS(TRANSITION, transition);
	HS(CODE, code);
	HS(SW, sw);
	HS(MSRS, msrs);
	HS(CR4, cr4.host);
	HS(CR4_QUIET, cr4.quiet);
	HS(GS_BASE, cpu.gs_base);
	HS(TSS_DESC, cpu.tss_desc);
	HS(TR, cpu.tr);
	HS(LDT, cpu.ldt);
	HDESC(HS_GDT_RW, cpu.gdt_rw);
	HDESC(HS_GDT, cpu.gdt);
	HDESC(HS_IDT, cpu.idt);
	HDESC(HS_TRAMP_IDT, tramp_idt);
	SWO(HOST_CR0, host_cr0);
	SWO(GS_BASE, gs_base);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Structure offsets for the assembly of the passage to an x86-64 guest. Kbuild makes
 * co-offsets.h of this file; its code never runs.
 */
#include "../offsets.h"
#include "passage.h"

int main(void);

#define SW_OFF(field)	(CO_SWITCH_OFFSET + offsetof(struct co_switch64, field))
#define SW(sym, field)	DEFINE(SW_##sym, SW_OFF(field))
#define FR(sym, field)	DEFINE(FR_##sym, offsetof(struct co_frame64, field))
#define HS(sym, field)	DEFINE(HS_##sym, offsetof(struct co_host64, field))
#define DESC(sym, field) DEFINE(sym, SW_OFF(field) + LIMIT)

int main(void)
{
	VP(UPCALL, upcall_va);
	VP(PENDING, pending);
	VP(SP0, arch_x86_64.sp0);
	VP(DR7_USED, arch_x86_64.dr7_used);
	BLANK();
	SW(NMI, exit.nmi);
	SW(MCE, exit.mce);
	SW(NOTED, exit.nmi);		/* both of them */
	SW(MARKS, exit.marks);
	SW(UNUSUAL, exit.unusual);
	SW(DR7, exit.dr7);
	SW(GUEST_CR0, guest_cr0);
	SW(GUEST_CR3, guest_cr3);
	SW(GUEST_CR4, guest_cr4);
	SW(GUEST_TR, guest_tr);
	SW(GUEST_LDT, guest_ldt);
	SW(SELECTOR, selector);
	SW(FS_BASE, fs_base);
	SW(GS_BASE, gs_base);
	SW(HOST_CR0, host_cr0);
	SW(QUIET_CR4, quiet_cr4);
	SW(SAME_CR4, same_cr4);
	SW(CR3, cr3);
	SW(HOST, host);
	SW(RESUME, resume);
	SW(RESUME_NOTED, resume_noted);
	SW(ZERO, zero);
	SW(UPCALL_FRAME, upcall);
	SW(GDT_ENTRIES, gdt);
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
	SW(FRAME, frame);
	SW(FRAME_IP, frame.ip);
	SW(FRAME_CS, frame.cs);
	SW(FRAME_FLAGS, frame.flags);
	SW(FRAME_SP, frame.sp);
	SW(FRAME_SS, frame.ss);
	SW(FRAME_VECTOR, frame.vector);
	BLANK();
	HOST_STATE(struct co_host64);
	HS(CODE, code);
	HS(GUEST_GS, guest_gs);
	HS(TRAMP_CR3, tramp_cr3);
	HS(RARE, rare);
	DEFINE(HS_TRAMP_IDT, offsetof(struct co_host64, tramp_idt) + LIMIT);
	return 0;
}

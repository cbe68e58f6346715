// SPDX-License-Identifier: GPL-2.0
/*
 * Structure offsets for the assembly of the passage. Kbuild makes co-offsets.h
 * of this file; its code never runs.
 */
#define COMPILE_OFFSETS
#include <linux/kbuild.h>

#include "passage.h"

int main(void);

#define VP(sym, field)	DEFINE(VP_##sym, offsetof(struct co_vcpu_page, field))
#define SW(sym, field)	\
	DEFINE(SW_##sym, CO_SWITCH_OFFSET + offsetof(struct co_switch, field))
#define HS(sym, field)	DEFINE(HS_##sym, offsetof(struct co_host, field))
/* lgdt and lidt take the address of the limit. */
#define DESC(sym, field) DEFINE(sym, CO_SWITCH_OFFSET + \
	offsetof(struct co_switch, field) + offsetof(struct co_desc32, limit))
#define HDESC(sym, field) DEFINE(sym, \
	offsetof(struct co_host, field) + offsetof(struct co_desc64, limit))

int main(void)
{
	VP(ROOT, arch_i386.root_maddr);
	VP(UPCALL, upcall_va);
	VP(PENDING, pending);
	BLANK();
	SW(PHYS, phys);
	SW(VA, va);
	SW(PAE_CR3, pae_cr3);
	SW(NMI, exit.nmi);
	SW(MCE, exit.mce);
	SW(GUEST_CR0, guest_cr0);
	SW(GUEST_CR4, guest_cr4);
	SW(GUEST_ESP, guest_esp);
	SW(GUEST_FLAGS, exit.flags);
	SW(GUEST_TR, guest_tr);
	SW(GUEST_LDT, guest_ldt);
	SW(GUEST_EFER, guest_efer);
	SW(HOST_EFER, host_efer);
	SW(HOST_CR0, host_cr0);
	SW(TRAMP_CR4, tramp_cr4);
	SW(CR3_64, cr3_64);
	SW(GUEST_DR7, exit.dr7);
	SW(STACK, stack);
	DESC(SW_GUEST_GDT, guest_gdt);
	DESC(SW_GUEST_IDT, guest_idt);
	DESC(SW_IDT_VA, idt_va);
	DESC(SW_IDT_PHYS, idt_phys);
	DESC(SW_GDT_VA, gdt_va);
	DESC(SW_GDT_PHYS, gdt_phys);
	BLANK();
	HS(SELF, self);
	HS(RESUME, resume);
	HS(CR3_64, cr3_64);
	HS(CODE, code);
	HS(STACK, stack);
	HS(AREA, area);
	HS(SW, sw);
	HS(RSP, rsp);
	HS(CR0, cr0);
	HS(CR3, cr3);
	HS(CR4, cr4.host);
	HS(CR4_QUIET, cr4.quiet);
	HS(CR4_TRAMP, cr4.tramp);
	HS(GS_BASE, cpu.gs_base);
	HS(MSRS, msrs);
	HS(TSS_DESC, cpu.tss_desc);
	HS(TR, cpu.tr);
	HS(LDT, cpu.ldt);
	HDESC(HS_GDT_RW, cpu.gdt_rw);
	HDESC(HS_GDT, cpu.gdt);
	HDESC(HS_IDT, cpu.idt);
	HDESC(HS_TRAMP_IDT, tramp_idt);
	HDESC(HS_TRAMP_GDT, tramp_gdt);
	BLANK();
	DEFINE(CO_TRAMP_STACK_SIZE, CO_TRAMP_STACK_SIZE);
	DEFINE(SWO_HOST_CR0, offsetof(struct co_switch, host_cr0));
	return 0;
}

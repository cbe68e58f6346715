// SPDX-License-Identifier: GPL-2.0
/*
 * Structure offsets for the assembly of the passage. Kbuild makes co-offsets.h
 * of this file; its code never runs.
 */
#include "../offsets.h"
#include "passage.h"

int main(void);

#define SW(sym, field)	\
	DEFINE(SW_##sym, CO_SWITCH_OFFSET + offsetof(struct co_switch, field))
#define HS(sym, field)	DEFINE(HS_##sym, offsetof(struct co_host, field))
/* lgdt and lidt take the address of the limit. */
#define DESC(sym, field) DEFINE(sym, CO_SWITCH_OFFSET + \
	offsetof(struct co_switch, field) + offsetof(struct co_desc32, limit))
#define HDESC(sym, field) DEFINE(sym, offsetof(struct co_host, field) + LIMIT)

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
	SW(NOTED, exit.nmi);		/* both of them */
	SW(GUEST_CR0, guest_cr0);
	SW(GUEST_CR4, guest_cr4);
	SW(GUEST_ESP, guest_esp);
	SW(GUEST_FLAGS, guest_flags);
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
	HOST_STATE(struct co_host);
	HS(SELF, self);
	HS(RESUME, resume);
	HS(CR3_64, cr3_64);
	HS(CODE, code);
	HS(STACK, stack);
	HS(AREA, area);
	HS(SW, sw);
	HS(CR0, cr0);
	HS(CR4_TRAMP, cr4.tramp);
	HDESC(HS_TRAMP_IDT, tramp_idt);
	HDESC(HS_TRAMP_GDT, tramp_gdt);
	BLANK();
	DEFINE(CO_TRAMP_STACK_SIZE, CO_TRAMP_STACK_SIZE);
	DEFINE(SWO_HOST_CR0, offsetof(struct co_switch, host_cr0));
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files co-offsets.c of the architectures share: the constants that
 * host_state.S needs, and the members of the vCPU page.
 */
#ifndef CO_OFFSETS_H
#define CO_OFFSETS_H

#define COMPILE_OFFSETS
#include <linux/kbuild.h>

#include "passage.h"

#define VP(sym, field)	DEFINE(VP_##sym, offsetof(struct co_vcpu_page, field))

/* An operand of lgdt and lidt begins with the limit, behind the padding. */
#define LIMIT		offsetof(struct co_desc64, limit)

/* @type: the structure of the host's state; its members rsp, cr3, cr4, msrs and cpu */
#define HOST_STATE(type) do {						\
	DEFINE(HS_RSP, offsetof(type, rsp));				\
	DEFINE(HS_CR3, offsetof(type, cr3));				\
	DEFINE(HS_CR4, offsetof(type, cr4.host));			\
	DEFINE(HS_CR4_QUIET, offsetof(type, cr4.quiet));		\
	DEFINE(HS_MSRS, offsetof(type, msrs));				\
	DEFINE(HS_GS_BASE, offsetof(type, cpu.gs_base));		\
	DEFINE(HS_TSS_DESC, offsetof(type, cpu.tss_desc));		\
	DEFINE(HS_TR, offsetof(type, cpu.tr));				\
	DEFINE(HS_LDT, offsetof(type, cpu.ldt));			\
	DEFINE(HS_GDT_RW, offsetof(type, cpu.gdt_rw) + LIMIT);		\
	DEFINE(HS_GDT, offsetof(type, cpu.gdt) + LIMIT);		\
	DEFINE(HS_IDT, offsetof(type, cpu.idt) + LIMIT);		\
} while (0)

#endif /* CO_OFFSETS_H */

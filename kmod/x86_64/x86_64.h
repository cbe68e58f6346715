/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions behind struct co_arch for an x86-64 guest, and what they share.
 *
 * Reading order:
 *
 *   passage.h, passage.c             the passage area
 *   passage_host.S, passage_page.S   the switch
 *   cr4.h                            CR4 on its way
 *   load.c                           registers that are switched at load and put
 *   enter.h                          what every passage checks
 *   guard.c                          the complete check
 *   frame.c                          the registers of the interrupted guest
 *   walk.c                           the guest's memory, by linear address
 *   note.c                           addresses in the note of the guest's kernel
 */
#ifndef CO_X86_64_H
#define CO_X86_64_H

#include "../vm.h"

/* note.c */
int co_x86_64_check_note(const struct co_elf_note *note, u64 top);

/* passage.c */
int co_x86_64_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg);
void co_x86_64_destroy(struct co_vcpu_ctx *v);
void co_x86_64_plan_cr4(struct co_vcpu_ctx *v, u64 cr4);

/* load.c */
void co_x86_64_load(struct co_vcpu_ctx *v);
void co_x86_64_put(struct co_vcpu_ctx *v);

/* guard.c */
u32 co_x86_64_guard(struct co_vcpu_ctx *v);

/* frame.c */
bool co_x86_64_maybe_int(const struct co_vcpu_ctx *v, u32 vector);
void co_x86_64_fill_regs(const struct co_vcpu_ctx *v, bool error_code,
			 struct co_regs *regs);

/* walk.c */
void *co_x86_64_pointer(const struct co_vcpu_ctx *v, u64 va, u32 len);

#endif /* CO_X86_64_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions behind struct co_arch for an i386 guest, and what they share.
 *
 * Reading order:
 *
 *   passage.h, passage.c             the passage area
 *   passage_64.S, passage_page.S     the switch
 *   cr4.h                            CR4 on its way
 *   enter.h                          what every passage checks
 *   guard.c                          the complete check
 *   frame.c                          what the guest has left on its stack
 *   walk.c                           the guest's memory, by linear address
 *   note.c                           addresses in the note of the guest's kernel
 */
#ifndef CO_I386_H
#define CO_I386_H

#include "../vm.h"

/* No machine address. */
#define CO_NOWHERE		(~0ULL)

/* note.c */
int co_i386_check_note(const struct co_elf_note *note, u64 top);

/* passage.c */
int co_i386_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg);
void co_i386_destroy(struct co_vcpu_ctx *v);
void co_i386_load(struct co_vcpu_ctx *v);
void co_i386_put(struct co_vcpu_ctx *v);
void co_i386_plan_cr4(struct co_vcpu_ctx *v, u64 cr4);

/* guard.c */
void co_i386_guard_init(struct co_vcpu_ctx *v);
u32 co_i386_guard(struct co_vcpu_ctx *v);

/* frame.c */
bool co_i386_maybe_int(const struct co_vcpu_ctx *v, u32 vector);
void co_i386_fill_regs(const struct co_vcpu_ctx *v, bool error_code,
		       struct co_regs *regs);

/* walk.c */
u64 co_i386_walk(const struct co_vcpu_ctx *v, u32 va);
void *co_i386_pointer(const struct co_vcpu_ctx *v, u32 va, u32 len);
bool co_i386_read(const struct co_vcpu_ctx *v, u32 va, void *to, u32 len);

#endif /* CO_I386_H */

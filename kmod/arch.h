/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What depends on a guest's architecture: i386/ and x86_64/ have it.
 *
 * Calls that are rare go through struct co_arch. What every passage executes is
 * inline: see enter.h.
 */
#ifndef CO_ARCH_H
#define CO_ARCH_H

#include <linux/types.h>

#include <colinux/guest.h>
#include <colinux/ioctl.h>

struct co_vcpu_ctx;

/**
 * struct co_arch - operations on a guest of one architecture
 * @id:		CO_ARCH_*
 * @elf_class:	ELFCLASS* of its kernels
 * @elf_machine: EM_* of its kernels
 * @check_note:	checks the addresses in a kernel's note; @top bytes of PPRAM are
 *		mapped at entry. Returns 0 or -ENOEXEC
 * @create:	allocates and fills the passage area; @cfg is checked. Process
 *		context, in the VM's address space. Returns 0 or -ENOMEM
 * @destroy:	frees the area, which may be absent
 * @load:	saves and replaces the registers that only guests of this
 *		architecture clobber. Preemption is disabled until @put
 * @put:	restores what @load has saved
 * @plan_cr4:	computes CR4 at each station of the next passages from the host's
 * @check:	the complete check that the guest can be entered, for when
 *		co_guard_ok() finds a change. Returns 0, or the vector of the
 *		exception that the CPU would raise
 * @maybe_int:	may the guest's kernel have executed "int $vector"? For vectors
 *		without an error code
 * @fill_regs:	fills in the registers of a guest that has left with or without an
 *		error code, as far as they can be read; @regs is zero
 *
 * Hypercalls, and interrupts that are in service in the local APIC, call none of these
 * on their way back into the guest. @plan_cr4 and @check are called after a change only.
 */
struct co_arch {
	u32 id;
	u8 elf_class;
	u16 elf_machine;
	int (*check_note)(const struct co_elf_note *note, u64 top);
	int (*create)(struct co_vcpu_ctx *v, const struct co_vcpu *cfg);
	void (*destroy)(struct co_vcpu_ctx *v);
	void (*load)(struct co_vcpu_ctx *v);
	void (*put)(struct co_vcpu_ctx *v);
	void (*plan_cr4)(struct co_vcpu_ctx *v, u64 cr4);
	u32 (*check)(struct co_vcpu_ctx *v);
	bool (*maybe_int)(const struct co_vcpu_ctx *v, u32 vector);
	void (*fill_regs)(const struct co_vcpu_ctx *v, bool error_code,
			  struct co_regs *regs);
};

extern const struct co_arch co_i386;
extern const struct co_arch co_x86_64;

#endif /* CO_ARCH_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of an i386 guest's operations.
 */
#include <linux/elf.h>

#include "i386.h"

const struct co_arch co_i386 = {
	.id = CO_ARCH_I386,
	.elf_class = ELFCLASS32,
	.elf_machine = EM_386,
	.check_note = co_i386_check_note,
	.create = co_i386_create,
	.destroy = co_i386_destroy,
	.load = co_i386_load,
	.put = co_i386_put,
	.plan_cr4 = co_i386_plan_cr4,
	.check = co_i386_guard,
	.maybe_int = co_i386_maybe_int,
	.fill_regs = co_i386_fill_regs,
};

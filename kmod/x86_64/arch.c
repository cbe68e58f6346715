// SPDX-License-Identifier: GPL-2.0
/*
 * The table of an x86-64 guest's operations.
 */
#include <linux/elf.h>

#include "x86_64.h"

const struct co_arch co_x86_64 = {
	.id = CO_ARCH_X86_64,
	.elf_class = ELFCLASS64,
	.elf_machine = EM_X86_64,
	.check_note = co_x86_64_check_note,
	.create = co_x86_64_create,
	.destroy = co_x86_64_destroy,
	.load = co_x86_64_load,
	.put = co_x86_64_put,
	.plan_cr4 = co_x86_64_plan_cr4,
	.check = co_x86_64_guard,
	.maybe_int = co_x86_64_maybe_int,
	.fill_regs = co_x86_64_fill_regs,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of an x86-64 guest's operations.
 */
#include "x86_64.h"

const struct co_arch co_x86_64 = {
	.id = CO_ARCH_X86_64,
	.headers = co_x86_64_headers,
	.segment = co_x86_64_segment,
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

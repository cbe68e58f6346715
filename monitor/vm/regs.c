// SPDX-License-Identifier: GPL-2.0
/*
 * Register dump of an i386 guest: one line that says what happened, then the
 * registers in the order a kernel oops has them.
 */
#include <stdio.h>

#include "regs.h"

#define PAGE_FAULT	14
#define MACHINE_CHECK	18

static const char *vector_name(unsigned int vector)
{
	static const char * const names[] = {
		"divide error", "debug exception", "NMI", "breakpoint",
		"overflow", "bound range exceeded", "invalid opcode",
		"no FPU", "double fault", "coprocessor overrun",
		"invalid TSS", "segment not present", "stack fault",
		"general protection fault", "page fault", "exception 15",
		"x87 error", "alignment check", "machine check",
		"SIMD error", "virtualization exception",
		"control protection fault",
	};

	if (vector < sizeof(names) / sizeof(names[0]))
		return names[vector];
	return "unexpected exception";
}

static int first_line(const struct co_regs *r, bool stuck, char *buf,
		      size_t size)
{
	if (stuck)
		return snprintf(buf, size,
				"colinux-run: guest: stuck with interrupts off at %08llx: ended\n",
				(unsigned long long)r->ip);
	if (r->vector == MACHINE_CHECK)
		return snprintf(buf, size,
				"colinux-run: guest: machine check at %08llx: its memory has an error the hardware found: ended\n",
				(unsigned long long)r->ip);
	if (r->vector == PAGE_FAULT)
		return snprintf(buf, size,
				"colinux-run: guest: page fault (%s %08llx, error %llx) at %08llx: ended\n",
				r->error & 16 ? "execute" :
				r->error & 2 ? "write" : "read",
				(unsigned long long)r->cr2,
				(unsigned long long)r->error,
				(unsigned long long)r->ip);
	return snprintf(buf, size,
			"colinux-run: guest: %s (vector %u, error %llx) at %08llx: ended\n",
			vector_name(r->vector), r->vector,
			(unsigned long long)r->error,
			(unsigned long long)r->ip);
}

/**
 * regs_dump() - describe the state a guest crashed in
 * @regs:	its registers
 * @stuck:	it was stuck, not faulting
 * @buf:	takes whole lines
 * @size:	its bytes, REGS_DUMP_MAX
 */
void regs_dump(const struct co_regs *regs, bool stuck, char *buf, size_t size)
{
	const __u64 *gpr = regs->gpr;
	int n = first_line(regs, stuck, buf, size);

	if (n < 0 || (size_t)n >= size)
		return;
	snprintf(buf + n, size - n,
		 "  eip %04llx:%08llx  eflags %08llx%s\n"
		 "  eax %08llx  ebx %08llx  ecx %08llx  edx %08llx\n"
		 "  esi %08llx  edi %08llx  ebp %08llx  esp %04llx:%08llx\n"
		 "  cr0 %08llx  cr2 %08llx  cr3 %08llx  cr4 %08llx\n",
		 (unsigned long long)regs->cs, (unsigned long long)regs->ip,
		 (unsigned long long)regs->flags,
		 regs->valid ? "" : "  (its stack could not be read)",
		 (unsigned long long)gpr[0], (unsigned long long)gpr[3],
		 (unsigned long long)gpr[1], (unsigned long long)gpr[2],
		 (unsigned long long)gpr[6], (unsigned long long)gpr[7],
		 (unsigned long long)gpr[5],
		 (unsigned long long)regs->ss, (unsigned long long)regs->sp,
		 (unsigned long long)regs->cr0, (unsigned long long)regs->cr2,
		 (unsigned long long)regs->cr3, (unsigned long long)regs->cr4);
}

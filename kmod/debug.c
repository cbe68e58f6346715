// SPDX-License-Identifier: GPL-2.0
/*
 * Debug registers: breakpoints of the host and of the guest.
 *
 * DR7 arms the breakpoints. It is 0 from before a passage until the guest's IDT
 * is loaded, and from the guest's exit until the host's state is complete.
 * passage_page.S saves and loads the guest's DR7. This file switches the other
 * debug registers, only while one of the two kernels has a breakpoint.
 */
#include <linux/percpu.h>
#include <linux/processor.h>
#include <asm/debugreg.h>

#include "vm.h"

/* The addresses of the breakpoints, DR0 to DR3. */
static void get_addresses(unsigned long dr[4])
{
	get_debugreg(dr[0], 0);
	get_debugreg(dr[1], 1);
	get_debugreg(dr[2], 2);
	get_debugreg(dr[3], 3);
}

static void set_addresses(const unsigned long dr[4])
{
	set_debugreg(dr[0], 0);
	set_debugreg(dr[1], 1);
	set_debugreg(dr[2], 2);
	set_debugreg(dr[3], 3);
}

/**
 * co_debug_enter() - disarm the host's breakpoints, load the guest's registers
 * @v:		the vCPU
 * @host:	true if the host has a breakpoint
 *
 * Called with interrupts off before a passage, if @host or v->due.debug.
 */
void co_debug_enter(struct co_vcpu_ctx *v, bool host)
{
	struct co_debug *d = &v->debug;

	if (host) {
		set_debugreg(0, 7);
		get_addresses(d->host);
		co_exit_of(&v->passage)->marks |= CO_MARK_HOST_DR7;
	}
	if (v->due.debug) {
		set_addresses(d->guest);
		set_debugreg(d->guest_dr6, 6);
		v->due.debug = false;
	}
}

/**
 * co_debug_exit() - save the guest's registers, arm the host's breakpoints
 * @v:		the vCPU
 *
 * Called after a passage with interrupts off and DR7 0. Needed if CO_MARK_HOST_DR7 is
 * set, if the guest has a breakpoint, or if the guest was interrupted where it may be
 * about to arm one or to read DR6.
 */
void co_debug_exit(struct co_vcpu_ctx *v)
{
	struct co_exit *exit = co_exit_of(&v->passage);
	struct co_debug *d = &v->debug;

	get_addresses(d->guest);
	get_debugreg(d->guest_dr6, 6);
	v->due.debug = true;
	set_debugreg(DR6_RESERVED, 6);

	if (exit->marks & CO_MARK_HOST_DR7) {
		exit->marks &= ~CO_MARK_HOST_DR7;
		set_addresses(d->host);
		set_debugreg(this_cpu_read(cpu_dr7), 7);
	}
}

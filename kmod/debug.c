// SPDX-License-Identifier: GPL-2.0
/*
 * Debug registers: breakpoints of the host's and of the guest's.
 *
 * DR7, which arms them, is 0 from before a passage until the guest's IDT is
 * loaded, and from the guest's exit until the host is whole again: see
 * passage_page.S, which saves and loads the guest's. The others change hands
 * here, and only where one of the two kernels has a breakpoint.
 */
#include <linux/percpu.h>
#include <linux/processor.h>
#include <asm/debugreg.h>

#include "vm.h"

/**
 * co_debug_enter() - host's breakpoints off, the guest's registers in
 * @v:		the vCPU
 * @host:	the host has a breakpoint
 *
 * Called with interrupts off before a passage, if @host or v->debug.held.
 */
void co_debug_enter(struct co_vcpu_ctx *v, bool host)
{
	struct co_debug *d = &v->debug;

	if (host) {
		set_debugreg(0, 7);
		get_debugreg(d->host[0], 0);
		get_debugreg(d->host[1], 1);
		get_debugreg(d->host[2], 2);
		get_debugreg(d->host[3], 3);
	}
	if (d->held) {
		set_debugreg(d->guest[0], 0);
		set_debugreg(d->guest[1], 1);
		set_debugreg(d->guest[2], 2);
		set_debugreg(d->guest[3], 3);
		set_debugreg(d->guest_dr6, 6);
		d->held = false;
	}
}

/**
 * co_debug_exit() - the guest's registers out, host's breakpoints on
 * @v:		the vCPU
 * @host:	as before the passage
 *
 * Called with interrupts off after a passage, if @host, the guest has a
 * breakpoint, or it was interrupted where it might be about to arm one or to
 * read DR6. DR7 is 0.
 */
void co_debug_exit(struct co_vcpu_ctx *v, bool host)
{
	struct co_debug *d = &v->debug;

	get_debugreg(d->guest[0], 0);
	get_debugreg(d->guest[1], 1);
	get_debugreg(d->guest[2], 2);
	get_debugreg(d->guest[3], 3);
	get_debugreg(d->guest_dr6, 6);
	d->held = true;
	set_debugreg(DR6_RESERVED, 6);

	if (host) {
		set_debugreg(d->host[0], 0);
		set_debugreg(d->host[1], 1);
		set_debugreg(d->host[2], 2);
		set_debugreg(d->host[3], 3);
		set_debugreg(this_cpu_read(cpu_dr7), 7);
	}
}

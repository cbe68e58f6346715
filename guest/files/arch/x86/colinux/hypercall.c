// SPDX-License-Identifier: GPL-2.0
/*
 * How a coLinux guest calls the host, and how it idles.
 *
 * The sequence is that of struct co_vcpu_page. The passage returns by IRET to
 * a frame made here, and delivers pending virtual interrupts if the frame has
 * IF set; otherwise it sees to it that the guest is interrupted once it enables
 * interrupts. Either way none is lost to a caller that has them off.
 */
#include <linux/irqflags.h>
#include <asm/asm.h>
#include <asm/colinux.h>
#include <asm/segment.h>

#include "colinux.h"

static __always_inline void colinux_enter(unsigned long flags)
{
	asm volatile("pushl %[flags]\n\t"
		     "pushl %[cs]\n\t"
		     "call *%[passage]"
		     : ASM_CALL_CONSTRAINT
		     : [flags] "r" (flags), [cs] "i" (__KERNEL_CS),
		       [passage] "r" ((unsigned long)colinux_vcpu->hypercall_va)
		     : "memory", "cc");
}

/**
 * colinux_hypercall() - call the host and wait for its answer
 * @nr:		CO_HC_*
 * @arg0:	meaning depends on @nr
 * @arg1:	likewise
 * @arg2:	likewise
 *
 * From any context.
 *
 * Return: 0 or a negated CO_HC_E*.
 */
s32 colinux_hypercall(u32 nr, u64 arg0, u64 arg1, u64 arg2)
{
	struct co_hypercall *hc = &colinux_vcpu->hc;
	unsigned long flags;
	s32 ret;

	/* Off until @ret is read: an interrupt's handler may call as well. */
	raw_local_irq_save(flags);
	hc->nr = nr;
	hc->arg[0] = arg0;
	hc->arg[1] = arg1;
	hc->arg[2] = arg2;
	colinux_enter(flags & ~X86_EFLAGS_IF);
	ret = hc->ret;

	raw_local_irq_restore(flags);

	return ret;
}

/**
 * colinux_notify() - call the host, which has nothing to answer
 * @nr:		CO_HC_*
 * @arg0:	meaning depends on @nr
 *
 * From any context.
 */
void colinux_notify(u32 nr, u64 arg0)
{
	struct co_hypercall *hc = &colinux_vcpu->hc;
	unsigned long flags;

	raw_local_irq_save(flags);
	hc->nr = nr;
	hc->arg[0] = arg0;
	colinux_enter(flags);
}

/**
 * colinux_safe_halt() - wait for an interrupt
 *
 * Interrupts are enabled by the return of the call, so that none can slip in
 * between the caller's last look and the wait.
 */
void __cpuidle colinux_safe_halt(void)
{
	unsigned long flags;

	raw_local_irq_save(flags);
	colinux_kick_held();
	colinux_vcpu->hc.nr = CO_HC_IDLE;
	colinux_enter(flags | X86_EFLAGS_IF);
}

/**
 * colinux_halt() - the HLT of those who mean to stop
 *
 * With interrupts off nothing could end it, so the guest ends. That is how an
 * exception ends that comes before the kernel can panic.
 */
void __cpuidle colinux_halt(void)
{
	if (raw_irqs_disabled())
		colinux_shutdown(CO_SHUTDOWN_PANIC, "halted with interrupts off");
	colinux_safe_halt();
}

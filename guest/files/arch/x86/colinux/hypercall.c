// SPDX-License-Identifier: GPL-2.0
/*
 * Hypercalls of a coLinux guest, and its HLT.
 *
 * The passage returns with the flags that colinux_enter() gets. If they have IF set,
 * the passage delivers pending virtual interrupts. If not, vcpu_enter() in the module
 * has queued an interrupt to its own CPU. It makes the guest exit as soon as the guest
 * sets IF, and the next way in delivers them. So a caller with interrupts off loses
 * none.
 */
#include <linux/irqflags.h>
#include <asm/colinux.h>

#include "colinux.h"
#ifdef CONFIG_X86_32
#include "enter_32.h"
#else
#include "enter_64.h"
#endif

/**
 * colinux_hypercall() - call the host and return its result
 * @nr:		CO_HC_*
 * @arg0:	argument, depending on @nr
 * @arg1:	argument, depending on @nr
 * @arg2:	argument, depending on @nr
 *
 * Context: any.
 *
 * Return: 0 or a negated CO_HC_E*.
 */
s32 colinux_hypercall(u32 nr, u64 arg0, u64 arg1, u64 arg2)
{
	struct co_hypercall *hc = &colinux_vcpu->hc;
	unsigned long flags;
	s32 ret;

	/* Off until @ret is read, because interrupt handlers use @hc as well. */
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
 * colinux_notify() - call the host and ignore its result
 * @nr:		CO_HC_*
 * @arg0:	argument, depending on @nr
 *
 * Context: any.
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
 * colinux_safe_halt() - STI and HLT: wait for an interrupt
 *
 * The return of the hypercall enables interrupts. So an interrupt that comes
 * after the caller's last check for work ends the wait.
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
 * colinux_halt() - HLT, without a change of IF
 *
 * With interrupts off nothing could end the wait, so the guest ends. One such
 * caller is the handler of exceptions in early boot.
 */
void __cpuidle colinux_halt(void)
{
	if (raw_irqs_disabled())
		colinux_shutdown(CO_SHUTDOWN_PANIC, "halted with interrupts off");
	colinux_safe_halt();
}

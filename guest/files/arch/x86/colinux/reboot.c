// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a coLinux guest: power-off, reboot and halt, the host's request to
 * power off, panic.
 */
#include <linux/console.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kdebug.h>
#include <linux/mm.h>
#include <linux/panic_notifier.h>
#include <linux/pm.h>
#include <linux/ptrace.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include <asm/colinux.h>
#include <asm/reboot.h>

#include "colinux.h"

/* In memory that has a gpa. A stack need not have one. */
static char colinux_reason[512];

/* Place and registers of the first oops, for the reason of a later panic. */
static char colinux_oops[256];

/**
 * colinux_shutdown() - end the guest
 * @how:	CO_SHUTDOWN_*
 * @reason:	text for the host's log
 *
 * The hypercall does not return.
 *
 * Context: any.
 */
void __noreturn colinux_shutdown(u32 how, const char *reason)
{
	ssize_t len = strscpy(colinux_reason, reason, sizeof(colinux_reason));

	if (len < 0)
		len = sizeof(colinux_reason) - 1;
	for (;;)
		colinux_hypercall(CO_HC_SHUTDOWN, how, __pa(colinux_reason), len);
}

static void colinux_restart(char *cmd)
{
	colinux_shutdown(CO_SHUTDOWN_REBOOT, cmd ?: "");
}

static void colinux_emergency_restart(void)
{
	colinux_shutdown(CO_SHUTDOWN_REBOOT, "emergency restart");
}

static void colinux_machine_halt(void)
{
	colinux_shutdown(CO_SHUTDOWN_HALT, "");
}

static void colinux_power_off(void)
{
	colinux_shutdown(CO_SHUTDOWN_POWEROFF, "");
}

/* Empty: there is no other CPU, interrupt controller or timer to stop. */
static void colinux_machine_shutdown(void)
{
}

static void colinux_crash_shutdown(struct pt_regs *regs)
{
}

/*
 * The kernel's messages have all this and more. But after an oops the consoles may
 * not work.
 */
static int colinux_die(struct notifier_block *nb, unsigned long event,
		       void *data)
{
	const struct die_args *args = data;
	const struct pt_regs *regs = args->regs;

	if (event == DIE_OOPS && !*colinux_oops)
		scnprintf(colinux_oops, sizeof(colinux_oops),
			  ": %s, " COLINUX_REG("IP") ": %04x:%pS " COLINUX_REG("SP")
			  ": %08lx CR2: %08lx " COLINUX_REG("AX") ": %08lx "
			  COLINUX_REG("BX") ": %08lx " COLINUX_REG("CX") ": %08lx "
			  COLINUX_REG("DX") ": %08lx",
			  args->str, (u16)regs->cs, (void *)regs->ip, regs->sp,
			  read_cr2(), regs->ax, regs->bx, regs->cx, regs->dx);
	return NOTIFY_DONE;
}

static struct notifier_block colinux_die_block = {
	.notifier_call	= colinux_die,
};

static int colinux_panic(struct notifier_block *nb, unsigned long event,
			 void *message)
{
	static char reason[sizeof(colinux_reason)];

	console_flush_on_panic(CONSOLE_FLUSH_PENDING);
	scnprintf(reason, sizeof(reason), "%s%s", (char *)message, colinux_oops);
	colinux_shutdown(CO_SHUTDOWN_PANIC, reason);
}

/* Lowest priority: the other notifiers run before the guest ends. */
static struct notifier_block colinux_panic_block = {
	.notifier_call	= colinux_panic,
	.priority	= INT_MIN,
};

/**
 * colinux_init_reboot() - register the handlers of the guest's end
 */
void __init colinux_init_reboot(void)
{
	machine_ops.restart = colinux_restart;
	machine_ops.emergency_restart = colinux_emergency_restart;
	machine_ops.halt = colinux_machine_halt;
	machine_ops.power_off = colinux_power_off;
	machine_ops.shutdown = colinux_machine_shutdown;
	machine_ops.crash_shutdown = colinux_crash_shutdown;

	/* Without it, reboot(2) makes a power-off a halt. */
	pm_power_off = colinux_power_off;

	atomic_notifier_chain_register(&panic_notifier_list,
				       &colinux_panic_block);
	register_die_notifier(&colinux_die_block);
}

static irqreturn_t colinux_power_interrupt(int irq, void *data)
{
	orderly_poweroff(true);
	return IRQ_HANDLED;
}

static int __init colinux_init_power(void)
{
	return request_irq(colinux_virq_to_irq(CO_VIRQ_POWER),
			   colinux_power_interrupt, 0, "power", NULL);
}
device_initcall(colinux_init_power);

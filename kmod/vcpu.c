// SPDX-License-Identifier: GPL-2.0
/*
 * The vCPU: CO_IOC_RUN and the exit loop.
 *
 *   co_vcpu_run()      until user space must act; may sleep between rounds
 *     vcpu_load()      preemption off; the guest's MSRs loaded
 *     vcpu_loop()      the FPU; then passages(), one after the other: the hot path
 *       host_wants_us()       must the thread leave the loop?
 *       one_passage()
 *         co_guard_ok(), vcpu_plan_cr4()   may the guest be entered?
 *         vcpu_enter()        the passage
 *           vcpu_catch_up()   what is due before it, such as an expired timer
 *         handle_exit()       acts on the reason of the exit
 *           vcpu_settle()     what the passage has left besides that
 *       let_interrupts_in()
 *     co_returns_fill()
 *     vcpu_put()       the host's registers restored; preemption on
 *
 * docs/hardware.md lists what a thread in this loop owes to the host's kernel, in
 * "A thread that stays in the guest".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/context_tracking.h>
#include <linux/ktime.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vtime.h>
#include <asm/debugreg.h>
#include <asm/fpu/api.h>
#include <asm/irq_vectors.h>
#include <asm/mce.h>
#include <asm/msr.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/trap_pf.h>
#include <asm/trapnr.h>

#include "compat.h"
#include "enter.h"
#include "vm.h"

/* What the exit loop does next. */
enum action {
	GO_ON,			/* straight back into the guest */
	RELOAD,			/* put the vCPU, reschedule if needed, load it */
	SLEEP,			/* until a virtual interrupt */
	LEAVE,			/* return to user space */
};

/* Exceptions that push an error code (SDM vol. 3, table 6-1). */
#define HAS_ERROR_CODE \
	(BIT(X86_TRAP_DF) | BIT(X86_TRAP_TS) | BIT(X86_TRAP_NP) | \
	 BIT(X86_TRAP_SS) | BIT(X86_TRAP_GP) | BIT(X86_TRAP_PF) | \
	 BIT(X86_TRAP_AC) | BIT(X86_TRAP_CP) | BIT(X86_TRAP_VC) | BIT(30))

/*
 * Saves and replaces the registers that the host's kernel does not use without
 * preemption.
 */
static void vcpu_load(struct co_vcpu_ctx *v)
{
	struct co_host_regs *r = &v->regs;

	preempt_disable();
	savesegment(ds, r->ds);
	savesegment(es, r->es);
	savesegment(fs, r->fs);
	savesegment(gs, r->gs);
	rdmsrl(MSR_FS_BASE, r->fs_base);
	rdmsrl(MSR_KERNEL_GS_BASE, r->kernel_gs_base);
	co_msrs_load(&v->msrs);
	v->vm->arch->load(v);
	co_watchdog_load(&v->watchdog);
	v->load_time = ktime_get_ns();
}

static void vcpu_put(struct co_vcpu_ctx *v)
{
	const struct co_host_regs *r = &v->regs;

	v->stats.guest_ns += ktime_get_ns() - v->load_time;
	co_watchdog_put(&v->watchdog);
	v->vm->arch->put(v);
	co_msrs_put(&v->msrs);

	/* Selectors first: loading one changes the base (SDM vol. 3, 3.4.4). */
	loadsegment(ds, r->ds);
	loadsegment(es, r->es);
	loadsegment(fs, r->fs);
	wrmsrl(MSR_FS_BASE, r->fs_base);
	load_gs_index(r->gs);
	wrmsrl(MSR_KERNEL_GS_BASE, r->kernel_gs_base);

	preempt_enable();
}

/* Gives the FPU to the guest, until fpu_end(). Interrupts are off. */
static void fpu_begin(struct co_vcpu_ctx *v)
{
	kernel_fpu_begin();
	co_fpu_load(&v->fpu);
}

static void fpu_end(struct co_vcpu_ctx *v)
{
	co_fpu_save(&v->fpu);
	kernel_fpu_end();
}

/*
 * Gives the FPU back to the host while its interrupt handlers and softirqs run.
 * Needed only on hosts where kernel_fpu_begin() excludes softirqs (compat.h): there
 * a softirq does not check that the FPU is free. On other hosts it does.
 */
static void fpu_lend(struct co_vcpu_ctx *v)
{
	if (CO_FPU_BLOCKS_SOFTIRQS)
		fpu_end(v);
}

static void fpu_take_back(struct co_vcpu_ctx *v)
{
	if (CO_FPU_BLOCKS_SOFTIRQS)
		fpu_begin(v);
}

/* Fills in the guest's registers. @error_code: the guest's frame has one. */
static void fill_regs(struct co_vcpu_ctx *v, u32 vector, bool error_code,
		      struct co_regs *regs)
{
	regs->vector = vector;
	regs->cr2 = v->due.cr2 ? v->cr2 : native_read_cr2();
	v->vm->arch->fill_regs(v, error_code, regs);
}

static enum action leave(struct co_run *run, u32 reason)
{
	run->reason = reason;
	return LEAVE;
}

static enum action fail(struct co_vcpu_ctx *v, struct co_run *run, u32 vector)
{
	bool error_code = vector < 32 && BIT(vector) & HAS_ERROR_CODE;

	v->stats.exit_fault++;
	v->state = CO_VCPU_DEAD;
	fill_regs(v, vector, error_code, &run->regs);
	return leave(run, CO_EXIT_FAULT);
}

/* Ends a guest that has not faulted: it executed "int $N", or has bad tables. */
static enum action vcpu_refuse(struct co_vcpu_ctx *v, struct co_run *run, u32 vector)
{
	v->stats.exit_fault++;
	v->state = CO_VCPU_DEAD;
	fill_regs(v, vector, false, &run->regs);
	if (vector == X86_TRAP_PF) {
		run->regs.error = X86_PF_INSTR;
		run->regs.cr2 = v->passage_va;
	}
	return leave(run, CO_EXIT_FAULT);
}

static enum action stuck(struct co_vcpu_ctx *v, struct co_run *run)
{
	v->state = CO_VCPU_DEAD;
	fill_regs(v, X86_TRAP_NMI, false, &run->regs);
	return leave(run, CO_EXIT_STUCK);
}

/* Raises the NMIs and machine checks that the trampoline has noted. */
static void raise_noted(struct co_vcpu_ctx *v)
{
	u16 nmi = xchg(&co_exit_of(&v->passage)->nmi, 0);
	u16 mce = xchg(&co_exit_of(&v->passage)->mce, 0);

	v->stats.noted_nmi += nmi;
	co_nmi_raise(nmi);
	if (mce) {
		v->stats.exit_mce += mce;
		co_raise_mce();
	}
}

/*
 * Is this a real interrupt? It is if its vector is in service in the local APIC.
 * Other real ones come from a legacy PIC, or from a hypervisor that ends interrupts by
 * itself (Hyper-V's auto-EOI) or does not use the APIC for them (Xen's callback).
 * Hypervisors use one vector, whose handlers only look for work: it always
 * counts as real. maybe_int() is in i386/frame.c and x86_64/frame.c.
 */
static bool genuine(const struct co_vcpu_ctx *v, u32 vector)
{
	return co_lapic_in_service(vector) ||
	       vector == HYPERVISOR_CALLBACK_VECTOR ||
	       !v->vm->arch->maybe_int(v, vector);
}

static enum action handle_nmi(struct co_vcpu_ctx *v, struct co_run *run)
{
	bool off = co_guest_off(v, v->vm->arch->id);

	v->stats.exit_nmi++;
	if (!v->vm->arch->maybe_int(v, X86_TRAP_NMI))
		co_nmi_forward();
	else if (!co_nmi_forward_if_real())
		return vcpu_refuse(v, run, X86_TRAP_NMI);
	return co_watchdog_nmi(&v->watchdog, off) ? stuck(v, run) : GO_ON;
}

static enum action handle_mce(struct co_vcpu_ctx *v, struct co_run *run)
{
	u64 status;

	v->stats.exit_mce++;
	if (rdmsrl_safe(MSR_IA32_MCG_STATUS, &status) ||
	    !(status & MCG_STATUS_MCIP))
		return vcpu_refuse(v, run, X86_TRAP_MC);
	return co_mce_forward() ? GO_ON : vcpu_refuse(v, run, X86_TRAP_MC);
}

static enum action handle_interrupt(struct co_vcpu_ctx *v, struct co_run *run,
				    u32 vector)
{
	v->stats.exit_irq++;
	if (!genuine(v, vector))
		return vcpu_refuse(v, run, vector);
	co_watchdog_interrupt(&v->watchdog);
	fpu_lend(v);
	co_forward_vector(vector);
	fpu_take_back(v);
	/*
	 * The guest holds no RCU read lock. Without this report, grace periods
	 * take ten times as long if the guest computes, and this CPU runs the
	 * host's kernel only for its tick.
	 */
	rcu_note_context_switch(false);
	return GO_ON;
}

static enum action handle_vector(struct co_vcpu_ctx *v, struct co_run *run,
				 u32 vector)
{
	switch (vector) {
	case X86_TRAP_NMI:
		return handle_nmi(v, run);
	case X86_TRAP_MC:
		return handle_mce(v, run);
	case FIRST_EXTERNAL_VECTOR ... IA32_SYSCALL_VECTOR - 1:
	case IA32_SYSCALL_VECTOR + 1 ... NR_VECTORS - 1:
		return handle_interrupt(v, run, vector);
	default:
		return fail(v, run, vector);
	}
}

static enum action hc_console(struct co_vcpu_ctx *v, struct co_run *run,
			      struct co_hypercall *hc, u64 gpa, u64 len)
{
	const struct co_memory *mem = &v->vm->memory;

	if (!len || len > PAGE_SIZE || gpa >= mem->size ||
	    len > mem->size - gpa) {
		hc->ret = -CO_HC_EINVAL;
		return GO_ON;
	}
	run->arg[0] = gpa;
	run->arg[1] = len;
	return leave(run, CO_EXIT_CONSOLE);
}

static enum action hc_shutdown(struct co_vcpu_ctx *v, struct co_run *run,
			       u64 what, u64 gpa, u64 len)
{
	const struct co_memory *mem = &v->vm->memory;

	run->arg[0] = what;
	/* If the reason is not in PPRAM, the guest stops without one. */
	if (len <= PAGE_SIZE && gpa < mem->size && len <= mem->size - gpa) {
		run->arg[1] = gpa;
		run->arg[2] = len;
	}
	v->state = CO_VCPU_DEAD;
	return leave(run, CO_EXIT_SHUTDOWN);
}

static enum action hc_kick(struct co_vcpu_ctx *v, struct co_hypercall *hc,
			   u64 kick)
{
	if (kick >= CO_NR_KICKS) {
		hc->ret = -CO_HC_EINVAL;
		return GO_ON;
	}
	kick = array_index_nospec(kick, CO_NR_KICKS);
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		v->kicked |= BIT_ULL(kick);
		return RELOAD;
	}
	co_event_signal(v, kick);
	return GO_ON;
}

static __always_inline enum action handle_hypercall(struct co_vcpu_ctx *v,
						    struct co_run *run)
{
	struct co_hypercall *hc = &v->passage.page->hc;
	/* Shared with the guest: read each member once. */
	const u64 *arg = hc->arg;

	hc->ret = 0;
	switch (READ_ONCE(hc->nr)) {
	case CO_HC_NOP:
		v->stats.exit_other++;
		return GO_ON;
	case CO_HC_IDLE:
		v->stats.exit_idle++;
		return co_event_pending(v) ? GO_ON : SLEEP;
	case CO_HC_KICK:
		v->stats.exit_kick++;
		return hc_kick(v, hc, READ_ONCE(arg[0]));
	case CO_HC_TIMER:
		v->stats.exit_timer++;
		co_timer_arm(v);
		return GO_ON;
	case CO_HC_CONSOLE:
		v->stats.exit_other++;
		return hc_console(v, run, hc, READ_ONCE(arg[0]),
				  READ_ONCE(arg[1]));
	case CO_HC_SHUTDOWN:
		v->stats.exit_other++;
		return hc_shutdown(v, run, READ_ONCE(arg[0]), READ_ONCE(arg[1]),
				   READ_ONCE(arg[2]));
	case CO_HC_READY:
		v->stats.exit_other++;
		return leave(run, CO_EXIT_READY);
	case CO_HC_TIME:
		v->stats.exit_other++;
		co_time_update(v->passage.page);
		return GO_ON;
	default:
		v->stats.exit_other++;
		hc->ret = -CO_HC_ENOSYS;
		return GO_ON;
	}
}

/* Catches up with what is due before a passage. */
static void vcpu_catch_up(struct co_vcpu_ctx *v)
{
	bool host_debug = hw_breakpoint_active();

	if (v->due.timer)
		co_timer_handle(v);
	if (v->due.cr2) {
		native_write_cr2(v->cr2);
		v->due.cr2 = false;
	}
	if (host_debug || v->due.debug)
		co_debug_enter(v, host_debug);
}

/* One passage. Interrupts are off and stay off. */
static __always_inline u32 vcpu_enter(struct co_vcpu_ctx *v, u32 arch)
{
	u32 reason;

	/* As hw_breakpoint_active(), in one test. */
	if (unlikely(v->due.any | (__this_cpu_read(cpu_dr7) & DR_GLOBAL_ENABLE_MASK)))
		vcpu_catch_up(v);
	/*
	 * A virtual interrupt for a guest with interrupts off must wait until
	 * the guest sets IF. The irq_work sends this CPU an interrupt, which
	 * waits in the local APIC and makes the guest exit at that instruction.
	 */
	if (co_event_pending(v) && co_guest_off(v, arch))
		irq_work_queue(&v->poke);
	v->entries++;
	context_tracking_guest_enter();
	reason = co_passage(v, arch);
	context_tracking_guest_exit();
	v->stats.passages++;
	return reason;
}

/* Had the guest a breakpoint at its exit? Only an i386 guest's DR7 is always saved. */
static __always_inline bool vcpu_guest_debug(const struct co_exit *exit, u32 arch)
{
	return arch == CO_ARCH_I386 ? exit->dr7 & CO_DR7_ENABLED :
				      exit->marks & CO_MARK_DR7;
}

/* Has the passage left something besides its reason? */
static __always_inline bool vcpu_unusual(const struct co_exit *exit, u32 arch)
{
	/* The marks are part of @unusual. */
	return exit->unusual ||
	       (arch == CO_ARCH_I386 && vcpu_guest_debug(exit, arch));
}

/*
 * After a passage that was not usual. @off: the guest was stopped with interrupts off. It
 * may be between a fault and its read of CR2 or DR6, or about to arm a breakpoint.
 */
static void vcpu_settle(struct co_vcpu_ctx *v, bool off)
{
	const struct co_exit *exit = co_exit_of(&v->passage);

	if (off) {
		v->cr2 = native_read_cr2();
		v->due.cr2 = true;
	}
	if (off || exit->marks & CO_MARK_HOST_DR7 ||
	    vcpu_guest_debug(exit, v->vm->arch->id))
		co_debug_exit(v);
	if (exit->nmi | exit->mce)
		raise_noted(v);
}

static __always_inline enum action handle_exit(struct co_vcpu_ctx *v,
					       struct co_run *run, u32 reason, u32 arch)
{
	const struct co_exit *exit = co_exit_of(&v->passage);
	bool off;

	if (likely(reason == CO_REASON_HYPERCALL)) {
		if (unlikely(vcpu_unusual(exit, arch)))
			vcpu_settle(v, false);
		return handle_hypercall(v, run);
	}
	off = co_guest_off(v, arch);
	if (off || vcpu_unusual(exit, arch))
		vcpu_settle(v, off);
	if (reason == CO_REASON_NOTED)
		return GO_ON;
	/* The stubs push the vector as a signed byte. */
	return handle_vector(v, run, reason & 0xff);
}

/* May the guest be entered with this CR4? */
static __always_inline bool vcpu_plan_cr4(struct co_vcpu_ctx *v, u32 arch)
{
	u64 cr4 = native_read_cr4();

	if (likely(co_cr4_planned(v, arch, cr4)))
		return true;
	if (co_vmx_forbids(arch, cr4))
		return false;
	v->vm->arch->plan_cr4(v, cr4);
	return true;
}

/* Must the thread leave the exit loop, for the host's scheduler or signals? */
static bool host_wants_us(void)
{
	return read_thread_flags() &
	       (CO_TIF_RESCHED | _TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL |
		_TIF_NOTIFY_RESUME);
}

/*
 * Lets pending interrupts in: here they cost less than an exit from the guest. On
 * hosts where the FPU must be lent for it, that costs more than such an exit. There
 * it is done only for a guest with interrupts off, which an interrupt cannot make exit.
 */
static __always_inline void let_interrupts_in(struct co_vcpu_ctx *v, u32 arch)
{
	if (CO_FPU_BLOCKS_SOFTIRQS && !co_guest_off(v, arch))
		return;
	fpu_lend(v);
	local_irq_enable();
	/*
	 * STI takes effect one instruction later. Not PAUSE: QEMU's TCG (7.2) goes on
	 * with the delay over it, and no interrupt ever comes in.
	 */
	asm volatile("nop");
	local_irq_disable();
	fpu_take_back(v);
}

static __always_inline enum action one_passage(struct co_vcpu_ctx *v,
					       struct co_run *run, u32 arch)
{
	u32 vector;

	if (unlikely(!co_guard_ok(v, arch))) {
		vector = v->vm->arch->check(v);
		if (vector)
			return vcpu_refuse(v, run, vector);
	}
	if (unlikely(!vcpu_plan_cr4(v, arch)))
		return RELOAD;
	return handle_exit(v, run, vcpu_enter(v, arch), arch);
}

/* The compiler makes one copy for each architecture. */
static __always_inline enum action passages(struct co_vcpu_ctx *v,
					    struct co_run *run, u32 arch)
{
	enum action action;

	for (;;) {
		if (host_wants_us())
			return RELOAD;
		action = one_passage(v, run, arch);
		if (action != GO_ON)
			return action;
		let_interrupts_in(v, arch);
	}
}

static enum action vcpu_loop(struct co_vcpu_ctx *v, struct co_run *run)
{
	enum action action;

	local_irq_disable();
	/* If the host's tick interrupts the guest, it accounts the time as the guest's. */
	vtime_account_guest_enter();
	fpu_begin(v);
	action = v->vm->arch == &co_i386 ? passages(v, run, CO_ARCH_I386) :
					   passages(v, run, CO_ARCH_X86_64);
	co_returns_fill();
	fpu_end(v);
	vtime_account_guest_exit();
	local_irq_enable();
	return action;
}

/* CO_HC_IDLE with no virtual interrupt pending. */
static void vcpu_sleep(struct co_vcpu_ctx *v)
{
	u64 start = ktime_get_ns();

	if (v->passage.page->deadline != v->armed)
		co_timer_arm(v);
	co_event_wait(v);
	v->stats.idle_ns += ktime_get_ns() - start;
}

static int vmx_check(const struct co_vm *vm)
{
	if (!co_vmx_forbids(vm->arch->id, native_read_cr4()))
		return 0;
	pr_warn_ratelimited("VMX is in use on CPU %d; unload the module that uses it (kvm_intel), or load kvm with enable_virt_at_load=0\n",
			    raw_smp_processor_id());
	return -EBUSY;
}

/*
 * A host that is short of CPU time may declare a good TSC unstable. So running
 * guests go on; co_vcpu_create() refuses new ones.
 */
static void tsc_check(void)
{
	if (!co_host_tsc_good())
		pr_warn_once("the host no longer trusts the TSC, and running guests have no other clock: theirs may be wrong\n");
}

/**
 * co_vcpu_run() - CO_IOC_RUN
 * @v:		the vCPU
 * @run:	out: the reason of the return, and its details
 *
 * Return: 0 or an error, as the ABI says.
 */
int co_vcpu_run(struct co_vcpu_ctx *v, struct co_run *run)
{
	enum action action;
	int err = 0;

	if (!mutex_trylock(&v->lock))
		return -EBUSY;
	if (v->state != CO_VCPU_READY) {
		err = v->state == CO_VCPU_DEAD ? -ESHUTDOWN : -EINVAL;
		goto out_unlock;
	}

	WRITE_ONCE(v->task, current);
	for (;;) {
		if (signal_pending(current)) {
			run->reason = CO_EXIT_INTR;
			err = -EINTR;
			break;
		}
		if (test_thread_flag(TIF_NOTIFY_RESUME)) {
			/* Such work is done on the way to user space only. */
			run->reason = CO_EXIT_INTR;
			break;
		}
		err = vmx_check(v->vm);
		if (err)
			break;
		tsc_check();
		if (read_thread_flags() & CO_TIF_RESCHED)
			schedule();

		vcpu_load(v);
		if (unlikely(!v->passage.timed))
			co_speed_check(v);
		action = vcpu_loop(v, run);
		/* A dead guest may have lost an interrupt: see lapic.c. */
		if (v->state == CO_VCPU_DEAD)
			co_lapic_drain();
		vcpu_put(v);
		co_event_signal_late(v);

		if (action == SLEEP)
			vcpu_sleep(v);
		else if (action == LEAVE)
			break;
	}
	co_watchdog_stop(&v->watchdog);
	WRITE_ONCE(v->task, NULL);
	v->stats.user_exits++;

out_unlock:
	mutex_unlock(&v->lock);
	return err;
}

/* Empty: the interrupt alone makes the guest exit. */
static void poke(struct irq_work *work)
{
}

/**
 * co_vcpu_init() - initialise a vCPU in state CO_VCPU_NONE
 * @v:		the vCPU
 * @vm:		the VM it belongs to
 */
void co_vcpu_init(struct co_vcpu_ctx *v, struct co_vm *vm)
{
	v->vm = vm;
	mutex_init(&v->lock);
	rcuwait_init(&v->wait);
	/* Hard, so that PREEMPT_RT does not defer it to a thread. */
	v->poke = IRQ_WORK_INIT_HARD(poke);
	v->armed = CO_NO_DEADLINE;
	co_timer_init(v);
	co_watchdog_init(&v->watchdog);
}

static int check_config(const struct co_vm *vm, const struct co_vcpu *cfg)
{
	u64 top = min_t(u64, vm->memory.size, CO_BOOT_MAP_MAX);
	u64 tables = co_memory_tables_size(&vm->memory);

	if (cfg->reserved || cfg->id >= CO_MAX_VCPUS)
		return -EINVAL;
	if (cfg->boot_gpa >= top ||
	    sizeof(struct co_boot_info) > top - cfg->boot_gpa)
		return -EINVAL;
	if (cfg->tables_gpa & (PAGE_SIZE - 1) || cfg->tables_gpa >= top ||
	    tables > top - cfg->tables_gpa)
		return -EINVAL;
	return vm->arch->check_note(&vm->note, top);
}

/**
 * co_vcpu_create() - CO_IOC_VCPU
 * @v:		the vCPU; the VM's lock is held
 * @cfg:	the ioctl's argument, unchecked
 *
 * Return: 0 or an error, as the ABI says.
 */
int co_vcpu_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg)
{
	struct co_vm *vm = v->vm;
	int err;

	if (!vm->note.abi || v->state != CO_VCPU_NONE)
		return -EBUSY;
	err = check_config(vm, cfg);
	if (err)
		return err;
	if (!co_host_tsc_good()) {
		pr_warn_ratelimited("the TSC has become unstable, and guests have no other clock\n");
		return -EOPNOTSUPP;
	}
	err = vmx_check(vm);
	if (err)
		return err;

	err = co_fpu_init(&v->fpu);
	if (err)
		return err;
	v->virt_base = vm->note.virt_base;
	v->passage_va = vm->note.passage_va;
	err = vm->arch->create(v, cfg);
	if (err)
		goto out_fpu;

	co_memory_write_tables(&vm->memory, cfg->tables_gpa, v->passage.page);
	co_time_update(v->passage.page);
	/* Pairs with co_event_raise(): the page is complete. */
	smp_store_release(&v->state, CO_VCPU_READY);
	return 0;

out_fpu:
	co_fpu_free(&v->fpu);
	return err;
}

/**
 * co_vcpu_destroy() - free a vCPU
 * @v:		the vCPU, not running, and detached from all eventfds
 */
void co_vcpu_destroy(struct co_vcpu_ctx *v)
{
	co_timer_stop(v);
	irq_work_sync(&v->poke);
	if (v->vm->arch)
		v->vm->arch->destroy(v);
	co_fpu_free(&v->fpu);
}

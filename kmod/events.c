// SPDX-License-Identifier: GPL-2.0
/*
 * Events between a guest and its host: kicks (out of the guest), virtual
 * interrupts (into it), and the timer.
 *
 * A kick signals an eventfd, and the guest goes on at once. A virtual interrupt
 * is a bit in the vCPU page. If another thread sets the bit, it also notifies the
 * vCPU: it wakes a sleeping vCPU and interrupts the CPU of a running one.
 *
 * The guest's timer. The guest writes its next deadline to the vCPU page, as a TSC
 * value. The module reads it on CO_HC_TIMER, before an idle vCPU sleeps, and after
 * its own timer has fired: co_timer_arm(). Then it arms an hrtimer, or sets
 * CO_VIRQ_TIMER if the deadline has passed, and writes to the page (@armed) what it
 * is armed for. The guest calls CO_HC_TIMER only for an earlier deadline. The
 * hrtimer's callback sets a flag and notifies the vCPU. If it runs on the vCPU's own
 * CPU, the host's timer interrupt has made the guest exit already. After CO_VIRQ_TIMER
 * nothing is armed. So a periodic tick makes the guest exit twice: for the hrtimer, and for
 * its next deadline. The guest's side is time.c and irq.c in
 * guest/files/arch/x86/colinux/.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/math64.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <asm/tsc.h>

#include "compat.h"
#include "vm.h"

/*
 * Longest time that the timer is armed for, in TSC cycles. The limit keeps the
 * conversion to nanoseconds within 64 bits. For a later deadline the timer fires
 * early and is armed again.
 */
#define CO_TIMER_MAX	(1ULL << 42)

static unsigned long *pending_bits(const struct co_vcpu_ctx *v)
{
	/* Little-endian words: the same bits as an array of longs. */
	return (unsigned long *)v->passage.page->pending;
}

/**
 * co_event_interrupt() - make the guest leave its CPU, if it is on one
 * @v:		the vCPU
 *
 * Nothing happens on the guest's own CPU: the guest is not on it while the caller is.
 * A guest with interrupts off leaves when it sets IF.
 *
 * Context: any.
 */
void co_event_interrupt(struct co_vcpu_ctx *v)
{
	struct task_struct *task;

	rcu_read_lock();
	task = READ_ONCE(v->task);
	if (task)
		kick_process(task);
	rcu_read_unlock();
}

/* Make the vCPU look at what is pending. Any context. */
static void notify(struct co_vcpu_ctx *v)
{
	/* A locked instruction has set the bit: it is visible before this load. */
	if (rcuwait_active(&v->wait))
		rcuwait_wake_up(&v->wait);
	co_event_interrupt(v);
}

/**
 * co_event_wait() - sleep until the vCPU has something to do
 * @v:		the vCPU; called by its own thread
 *
 * A signal ends the sleep, too. Uses rcuwait instead of a wait queue: the timer
 * wakes the thread from a hard interrupt, and the lock of a wait queue sleeps on
 * PREEMPT_RT.
 */
void co_event_wait(struct co_vcpu_ctx *v)
{
	rcuwait_wait_event(&v->wait,
			   co_event_pending(v) || READ_ONCE(v->due.timer),
			   TASK_INTERRUPTIBLE);
}

/**
 * co_event_raise() - raise a virtual interrupt
 * @v:		the vCPU; ignored if it is not created yet, as no guest waits
 * @virq:	number of the interrupt, below CO_NR_VIRQS
 *
 * Context: any.
 */
void co_event_raise(struct co_vcpu_ctx *v, u32 virq)
{
	/* Pairs with co_vcpu_create(). */
	if (smp_load_acquire(&v->state) == CO_VCPU_NONE)
		return;
	if (!test_and_set_bit(virq, pending_bits(v)))
		notify(v);
}

/* A write to the eventfd of an interrupt. The eventfd's lock is held. */
static int irq_wakeup(wait_queue_entry_t *wait, unsigned int mode, int sync,
		      void *key)
{
	struct co_irq *irq = container_of(wait, struct co_irq, wait);
	u64 count;

	if (!(key_to_poll(key) & EPOLLIN))
		return 0;
	eventfd_ctx_do_read(irq->ctx, &count);
	atomic64_inc(&irq->vm->vcpu.virq_dev);
	co_event_raise(&irq->vm->vcpu, irq->virq);
	return 1;
}

struct irq_poll {
	poll_table table;
	struct co_irq *irq;
};

static void irq_queue_proc(struct file *file, wait_queue_head_t *head,
			   poll_table *table)
{
	struct irq_poll *p = container_of(table, struct irq_poll, table);

	add_wait_queue_priority(head, &p->irq->wait);
}

static void irq_unwire(struct co_irq *irq)
{
	u64 count;

	if (!irq->ctx)
		return;
	eventfd_ctx_remove_wait_queue(irq->ctx, &irq->wait, &count);
	eventfd_ctx_put(irq->ctx);
	irq->ctx = NULL;
}

static int irq_wire(struct co_irq *irq, int fd)
{
	struct irq_poll poll = { .irq = irq };
	struct eventfd_ctx *ctx;
	struct file *file;

	file = eventfd_fget(fd);
	if (IS_ERR(file))
		return PTR_ERR(file);
	ctx = eventfd_ctx_fileget(file);
	if (IS_ERR(ctx)) {
		fput(file);
		return PTR_ERR(ctx);
	}

	irq_unwire(irq);
	irq->ctx = ctx;
	init_waitqueue_func_entry(&irq->wait, irq_wakeup);
	init_poll_funcptr(&poll.table, irq_queue_proc);
	if (vfs_poll(file, &poll.table) & EPOLLIN)
		co_event_raise(&irq->vm->vcpu, irq->virq);
	/* The wait queue is part of the context; we hold a reference to that. */
	fput(file);
	return 0;
}

/**
 * co_event_irqfd() - CO_IOC_IRQFD
 * @vm:		the VM; its lock is held
 * @arg:	the ioctl's argument, unchecked
 *
 * Return: 0 or an error, as the ABI says.
 */
int co_event_irqfd(struct co_vm *vm, const struct co_irqfd *arg)
{
	struct co_irq *irq;

	if (arg->virq >= CO_NR_VIRQS || arg->virq == CO_VIRQ_TIMER ||
	    arg->fd < -1)
		return -EINVAL;

	irq = &vm->irq[array_index_nospec(arg->virq, CO_NR_VIRQS)];
	if (arg->fd >= 0)
		return irq_wire(irq, arg->fd);
	irq_unwire(irq);
	return 0;
}

/**
 * co_event_kickfd() - CO_IOC_KICKFD
 * @vm:		the VM; its lock is held
 * @arg:	the ioctl's argument, unchecked
 *
 * Return: 0, an error as the ABI says, or -EBUSY while the vCPU runs: the vCPU's
 * thread reads the table without a lock.
 */
int co_event_kickfd(struct co_vm *vm, const struct co_kickfd *arg)
{
	struct eventfd_ctx *ctx = NULL;
	struct co_kick *kick;

	if (arg->kick >= CO_NR_KICKS || arg->fd < -1)
		return -EINVAL;
	if (arg->fd >= 0) {
		ctx = eventfd_ctx_fdget(arg->fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}

	kick = &vm->kick[array_index_nospec(arg->kick, CO_NR_KICKS)];
	if (!mutex_trylock(&vm->vcpu.lock)) {
		if (ctx)
			eventfd_ctx_put(ctx);
		return -EBUSY;
	}
	swap(kick->ctx, ctx);
	mutex_unlock(&vm->vcpu.lock);
	if (ctx)
		eventfd_ctx_put(ctx);
	return 0;
}

/**
 * co_event_signal() - signal the eventfd of a kick
 * @v:		the vCPU; called by its own thread
 * @kick:	kick number, below CO_NR_KICKS
 *
 * Context: any. On PREEMPT_RT one that may sleep, because the lock of an eventfd
 * sleeps there.
 */
void co_event_signal(struct co_vcpu_ctx *v, u32 kick)
{
	struct eventfd_ctx *ctx = v->vm->kick[kick].ctx;

	if (ctx)
		co_eventfd_signal(ctx);
}

/**
 * co_event_signal_late() - signal the kicks of @v->kicked
 * @v:		the vCPU; called by its own thread with preemption on
 */
void co_event_signal_late(struct co_vcpu_ctx *v)
{
	unsigned int kick;

	BUILD_BUG_ON(CO_NR_KICKS > BITS_PER_TYPE(v->kicked));
	while (v->kicked) {
		kick = __ffs64(v->kicked);
		v->kicked &= v->kicked - 1;
		co_event_signal(v, kick);
	}
}

/**
 * co_event_release() - detach all eventfds
 * @vm:		the VM, which has no other user any more
 */
void co_event_release(struct co_vm *vm)
{
	int i;

	for (i = 0; i < CO_NR_VIRQS; i++)
		irq_unwire(&vm->irq[i]);
	for (i = 0; i < CO_NR_KICKS; i++)
		if (vm->kick[i].ctx)
			eventfd_ctx_put(vm->kick[i].ctx);
}

static enum hrtimer_restart timer_callback(struct hrtimer *timer)
{
	struct co_vcpu_ctx *v = container_of(timer, struct co_vcpu_ctx, timer);

	/*
	 * Only set a flag. The guest's deadline is 64 bits wide and written by
	 * the guest: only the vCPU's own thread reads it, while the guest is
	 * stopped.
	 */
	WRITE_ONCE(v->due.timer, true);
	smp_mb();	/* set the flag before notify() looks for a sleeper */
	notify(v);
	return HRTIMER_NORESTART;
}

void co_timer_init(struct co_vcpu_ctx *v)
{
	co_hrtimer_setup(&v->timer, timer_callback);
}

void co_timer_stop(struct co_vcpu_ctx *v)
{
	hrtimer_cancel(&v->timer);
}

static void set_armed(struct co_vcpu_ctx *v, u64 armed)
{
	v->armed = armed;
	v->passage.page->armed = armed;
}

/**
 * co_timer_arm() - arm the timer for the guest's deadline
 * @v:		the vCPU; called by its own thread while the guest is stopped
 *
 * Raises the timer interrupt at once if the deadline has passed.
 */
void co_timer_arm(struct co_vcpu_ctx *v)
{
	struct co_vcpu_page *page = v->passage.page;
	u64 deadline = page->deadline, now = rdtsc_ordered(), cycles;

	if (deadline == CO_NO_DEADLINE) {
		hrtimer_try_to_cancel(&v->timer);
		set_armed(v, CO_NO_DEADLINE);
		return;
	}
	if (deadline <= now) {
		hrtimer_try_to_cancel(&v->timer);
		set_armed(v, CO_NO_DEADLINE);
		page->deadline = CO_NO_DEADLINE;
		v->stats.virq_timer++;
		set_bit(CO_VIRQ_TIMER, pending_bits(v));
		return;
	}

	cycles = min(deadline - now, CO_TIMER_MAX);
	hrtimer_start(&v->timer,
		      ktime_add_ns(ktime_get(),
				   div_u64(cycles * 1000000, tsc_khz)),
		      HRTIMER_MODE_ABS_PINNED_HARD);
	set_armed(v, deadline);
}

/**
 * co_timer_handle() - after the timer has fired: raise the interrupt, or rearm
 * @v:		the vCPU; called by its own thread while the guest is stopped
 */
void co_timer_handle(struct co_vcpu_ctx *v)
{
	WRITE_ONCE(v->due.timer, false);
	co_timer_arm(v);
}

/**
 * co_time_update() - write the host's clocks to the vCPU page
 * @page:	the vCPU page; the guest is stopped
 */
void co_time_update(struct co_vcpu_page *page)
{
	struct co_time *t = &page->time;

	WRITE_ONCE(t->seq, t->seq + 1);
	smp_wmb();	/* seq is odd before any member changes */
	t->tsc_khz = tsc_khz;
	t->tsc = rdtsc_ordered();
	t->wall_ns = ktime_get_real_ns();
	smp_wmb();	/* all members are written before seq is even again */
	WRITE_ONCE(t->seq, t->seq + 1);
}

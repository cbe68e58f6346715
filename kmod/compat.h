/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between host kernels.
 */
#ifndef CO_COMPAT_H
#define CO_COMPAT_H

#include <linux/eventfd.h>
#include <linux/hrtimer.h>
#include <linux/mmu_notifier.h>
#include <linux/thread_info.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <asm/msr.h>

/* Headers that were split off others. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#include <linux/hex.h>			/* 6.4: hex2bin() */
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <asm/cpuid/api.h>		/* 6.16: cpuid_count() */
#else
#include <asm/cpuid.h>
#endif

/* 6.16 renamed the 64-bit accessors; 7.2 does not have the old names. */
#ifndef rdmsrl
#define rdmsrl		rdmsrq
#define wrmsrl		wrmsrq
#define rdmsrl_safe	rdmsrq_safe
#define wrmsrl_safe	wrmsrq_safe
#endif

/* 6.17 renamed this function and the loop macro that is tested here. */
#ifdef for_each_possible_cpuid_base_hypervisor
#define hypervisor_cpuid_base	cpuid_base_hypervisor
#endif

/* 6.17 renamed the workqueue whose work runs on the CPU it is queued on. */
static inline struct workqueue_struct *co_percpu_wq(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
	return system_wq;
#else
	return system_percpu_wq;
#endif
}

/* 6.8 dropped the count argument. */
static inline void co_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx, 1);
#else
	eventfd_signal(ctx);
#endif
}

/* 6.13: the initialisation takes the callback. */
static inline void co_hrtimer_setup(struct hrtimer *timer,
				    enum hrtimer_restart (*fn)(struct hrtimer *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
	timer->function = fn;
#else
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_PINNED_HARD);
#endif
}

/*
 * Hosts built without KVM and its like may have no MMU notifiers. The callback
 * is never called there.
 */
static inline int co_mmu_notifier_register(struct mmu_notifier *notifier,
					   struct mm_struct *mm)
{
#ifdef CONFIG_MMU_NOTIFIER
	return mmu_notifier_register(notifier, mm);
#else
	return 0;
#endif
}

static inline void co_mmu_notifier_unregister(struct mmu_notifier *notifier,
					      struct mm_struct *mm)
{
#ifdef CONFIG_MMU_NOTIFIER
	mmu_notifier_unregister(notifier, mm);
#endif
}

/* 6.13: lazy preemption, at the next tick or return to user space. */
#ifdef _TIF_NEED_RESCHED_LAZY
#define CO_TIF_RESCHED	(_TIF_NEED_RESCHED | _TIF_NEED_RESCHED_LAZY)
#else
#define CO_TIF_RESCHED	_TIF_NEED_RESCHED
#endif

/*
 * From 6.15 on softirqs do not run between kernel_fpu_begin() and
 * kernel_fpu_end(). If interrupts are off, kernel_fpu_begin() does not disable
 * softirqs: its caller must call kernel_fpu_end() before interrupts are on.
 */
#define CO_FPU_BLOCKS_SOFTIRQS	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0))

#endif /* CO_COMPAT_H */

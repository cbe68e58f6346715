/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own structures: a VM, its memory, its vCPU, its events.
 *
 * The files of the module, from the device inwards. README.md has the order for a first
 * reading.
 *
 *   main.c                     the device
 *   host.c                     hosts that are refused
 *   vm.c                       ioctls
 *   memory.c                   PPRAM, p2m
 *   kernel.c, allow.c          the guest's kernel
 *   passage.h, passage.c       the switch between the kernels
 *   vcpu.c                     the exit loop
 *   events.c                   kicks, virtual interrupts, timer
 *   fpu.c, debug.c             registers that are switched lazily
 *   forward.S, nmi.c, mce.c    interrupts, NMIs and machine checks for the host
 *   watchdog.c                 guests that keep interrupts off
 *   lapic.c                    interrupts that a dying guest has taken
 *   msrs.c                     host MSRs that would act on a guest
 *   speed.c                    the time that a passage takes
 *   arch.h                     what depends on the guest's architecture
 *   enter.h                    which of it every passage executes
 *   i386/i386.h                i386 guests: the passage, their tables and kernel
 *   x86_64/x86_64.h            the same of x86-64 guests
 */
#ifndef CO_VM_H
#define CO_VM_H

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kref.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <colinux/guest.h>
#include <colinux/ioctl.h>

#include "arch.h"
#include "compat.h"
#include "i386/passage.h"
#include "msrs.h"
#include "passage.h"
#include "x86_64/passage.h"

#define CO_MAX_VCPUS		1
#define CO_MAX_MEM		(1ULL << 40)

#define CO_CHUNK_PAGES		(CO_CHUNK_SIZE / PAGE_SIZE)

/**
 * struct co_memory - PPRAM of a VM
 * @size:	size in bytes, 0 until registered
 * @user_addr:	address of PPRAM in the monitor
 * @count:	number of chunks
 * @chunk:	first page of each chunk, pinned
 * @first:	lowest machine chunk number
 * @span:	number of machine chunks from @first to the highest one
 * @locked_mm:	the mm that RLIMIT_MEMLOCK is accounted to; holds a reference
 */
struct co_memory {
	u64 size;
	unsigned long user_addr;
	u32 count;
	struct page **chunk;
	u64 first;
	u32 span;
	struct mm_struct *locked_mm;
};

/**
 * struct co_kick - one kick number
 * @ctx:	eventfd that the kick signals; changed under co_vm.lock before
 *		the vCPU runs, read by the vCPU
 */
struct co_kick {
	struct eventfd_ctx *ctx;
};

/**
 * struct co_irq - one virtual interrupt wired to an eventfd
 * @vm:		the VM it belongs to
 * @ctx:	the eventfd, NULL if none is wired
 * @wait:	our entry on the eventfd's wait queue
 * @virq:	number of the virtual interrupt
 */
struct co_irq {
	struct co_vm *vm;
	struct eventfd_ctx *ctx;
	wait_queue_entry_t wait;
	u32 virq;
};

/**
 * struct co_fpu - the guest's FPU registers while it is not on a CPU
 * @area:	XSAVE area, 64-byte aligned
 * @xcr0:	the guest's XCR0
 * @host_xcr0:	the host's XCR0, while the guest's is loaded
 */
struct co_fpu {
	void *area;
	u64 xcr0;
	u64 host_xcr0;
};

/**
 * struct co_host_regs - host registers that a guest clobbers
 * @fs_base:	FS base of the monitor thread
 * @kernel_gs_base: GS base of the monitor thread, as MSR_KERNEL_GS_BASE has it
 * @ds:		DS selector of the monitor thread
 * @es:		its ES selector
 * @fs:		its FS selector
 * @gs:		its GS selector
 *
 * Saved by vcpu_load() and restored by vcpu_put(), not at each passage. The
 * host's kernel does not use these registers in between: preemption is off, so
 * no user space runs.
 */
struct co_host_regs {
	u64 fs_base;
	u64 kernel_gs_base;
	u16 ds;
	u16 es;
	u16 fs;
	u16 gs;
};

/**
 * struct co_debug - debug registers, switched only while a kernel uses them
 * @guest:	the guest's DR0 to DR3
 * @guest_dr6:	the guest's DR6
 * @host:	the host's DR0 to DR3
 *
 * The guest's DR7 is in struct co_exit, the host's in cpu_dr7. If due.debug is set, the
 * next passage must load @guest and @guest_dr6.
 */
struct co_debug {
	unsigned long guest[4];
	unsigned long guest_dr6;
	unsigned long host[4];
};

/**
 * struct co_watchdog - ends a guest that keeps interrupts off
 * @work:	the check, twice a second
 * @cpu:	CPU that the vCPU is loaded on, -1 if none
 * @timer_cpu:	CPU that the check runs on, -1 if no check is queued
 * @checks:	number of checks that found the guest in passage @entry
 * @entry:	number of the passage that the last check saw
 * @stuck:	number of the passage that has taken too long, 0 if none
 * @proof:	number of the passage after an NMI ended @stuck; if it takes too
 *		long as well, the guest ends
 * @since:	TSC since which the guest has left by NMIs alone
 * @since_entry: number of the passage that the latest such NMI ended, or the
 *		latest interrupt if no such NMI came after it
 */
struct co_watchdog {
	struct delayed_work work;
	int cpu;
	int timer_cpu;
	unsigned int checks;
	u64 entry;
	u64 stuck;
	u64 proof;
	u64 since;
	u64 since_entry;
};

enum co_vcpu_state {
	CO_VCPU_NONE,		/* CO_IOC_VCPU not called yet */
	CO_VCPU_READY,
	CO_VCPU_DEAD,		/* shut down or failed: never runs again */
};

/**
 * struct co_due - what must be done before the next passage
 * @timer:	the vCPU's timer has fired; set by its callback, cleared by the vCPU's thread
 * @cr2:	load the guest's CR2: it was stopped with interrupts off, perhaps between a
 *		page fault and the read of CR2
 * @debug:	load the guest's debug registers
 * @reserved:	false
 * @any:	all of these at once
 */
struct co_due {
	union {
		struct {
			bool timer;
			bool cr2;
			bool debug;
			bool reserved;
		};
		u32 any;
	};
};

/**
 * struct co_vcpu_ctx - one vCPU
 * @vm:		the VM it belongs to
 * @lock:	held by the thread in CO_IOC_RUN
 * @state:	enum co_vcpu_state; made READY under the VM's lock, changed
 *		under @lock
 * @passage:	the passage
 * @i386:	what only an i386 guest has
 * @x86_64:	what only an x86-64 guest has
 * @regs:	the host's registers, while the vCPU is loaded
 * @msrs:	host MSRs set aside while the guest has the CPU
 * @fpu:	the guest's FPU state, while the vCPU is not loaded
 * @debug:	debug registers
 * @task:	thread in CO_IOC_RUN, for co_event_interrupt(); read under RCU
 * @wait:	wait point of an idle vCPU
 * @timer:	timer for the guest's deadline
 * @armed:	TSC that @timer is armed for; the guest sees a copy
 * @kicked:	kicks to signal once preemption is on again (PREEMPT_RT)
 * @poke:	self-IPI that waits in the local APIC until the guest sets IF
 * @load_time:	ktime when the vCPU was loaded
 * @virt_base:	guest address of gpa 0
 * @passage_va:	guest address of the passage area
 * @cr2:	the guest's CR2, if due.cr2 is set
 * @due:	what must be done before the next passage
 * @watchdog:	check that the guest lets interrupts in
 * @entries:	number of passages begun; while in the guest, one more than
 *		stats.passages
 * @virq_dev:	number of device interrupts raised, by any thread
 * @stats:	counters, written by the vCPU's thread only
 */
struct co_vcpu_ctx {
	struct co_vm *vm;
	struct mutex lock;
	enum co_vcpu_state state;
	struct co_passage passage;
	union {
		struct co_i386 i386;
		struct co_x86_64 x86_64;
	};
	struct co_host_regs regs;
	struct co_msrs msrs;
	struct co_fpu fpu;
	struct co_debug debug;
	struct task_struct *task;
	struct rcuwait wait;
	struct hrtimer timer;
	u64 armed;
	u64 kicked;
	struct irq_work poke;
	u64 load_time;
	u64 virt_base;
	u64 passage_va;
	unsigned long cr2;
	struct co_due due;
	atomic64_t virq_dev;
	struct co_watchdog watchdog;
	u64 entries;
	struct co_stats stats;
};

/**
 * struct co_vm - one VM, one open file
 * @lock:	serialises set-up calls and the end of @mm
 * @mm:		address space of the monitor (held by mmgrab, compared only)
 * @notifier:	MMU notifier for the end of @mm
 * @memory:	PPRAM
 * @arch:	architecture of the guest's kernel, NULL until one is loaded
 * @note:	ELF note of the guest's kernel; abi is 0 until one is loaded
 * @vcpu:	the vCPU
 * @kick:	eventfds by kick number
 * @irq:	eventfds by virtual interrupt
 */
struct co_vm {
	struct mutex lock;
	struct mm_struct *mm;
	struct mmu_notifier notifier;
	struct co_memory memory;
	const struct co_arch *arch;
	struct co_elf_note note;
	struct co_vcpu_ctx vcpu;
	struct co_kick kick[CO_NR_KICKS];
	struct co_irq irq[CO_NR_VIRQS];
};

/* vm.c */
extern const struct file_operations co_vm_fops;

/* memory.c */
int co_memory_set(struct co_vm *vm, struct co_set_mem *arg);
void co_memory_unpin(struct co_memory *mem);
void co_memory_release(struct co_memory *mem);
void *co_memory_pointer(const struct co_memory *mem, u64 maddr);
bool co_memory_read(void *to, const void *from, u32 len);
void co_memory_write(const struct co_memory *mem, u64 gpa, const void *from,
		     u64 len);
void *co_memory_map(const struct co_memory *mem, u64 gpa, u64 len);
u64 co_memory_maddr(const struct co_memory *mem, u64 gpa);
u64 co_memory_tables_size(const struct co_memory *mem);
void co_memory_write_tables(const struct co_memory *mem, u64 gpa,
			    struct co_vcpu_page *page);

/* allow.c, kernel.c */
int co_kernel_allowed(const void *image, size_t size);
int co_kernel_load(struct co_vm *vm, const struct co_kernel *arg);

/* vcpu.c */
void co_vcpu_init(struct co_vcpu_ctx *v, struct co_vm *vm);
int co_vcpu_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg);
void co_vcpu_destroy(struct co_vcpu_ctx *v);
int co_vcpu_run(struct co_vcpu_ctx *v, struct co_run *run);

/* events.c */
int co_event_kickfd(struct co_vm *vm, const struct co_kickfd *arg);
int co_event_irqfd(struct co_vm *vm, const struct co_irqfd *arg);
void co_event_release(struct co_vm *vm);
void co_event_raise(struct co_vcpu_ctx *v, u32 virq);
void co_event_signal(struct co_vcpu_ctx *v, u32 kick);
void co_event_signal_late(struct co_vcpu_ctx *v);
void co_event_interrupt(struct co_vcpu_ctx *v);
void co_event_wait(struct co_vcpu_ctx *v);
void co_timer_init(struct co_vcpu_ctx *v);
void co_timer_arm(struct co_vcpu_ctx *v);
void co_timer_handle(struct co_vcpu_ctx *v);
void co_timer_stop(struct co_vcpu_ctx *v);
void co_time_update(struct co_vcpu_page *page);

/**
 * co_event_pending() - is a virtual interrupt pending?
 * @v:		a created vCPU
 */
static inline bool co_event_pending(const struct co_vcpu_ctx *v)
{
	return READ_ONCE(*(u64 *)v->passage.page->pending);
}

/* watchdog.c */
void co_watchdog_init(struct co_watchdog *w);
void co_watchdog_load(struct co_watchdog *w);
void co_watchdog_put(struct co_watchdog *w);
void co_watchdog_interrupt(struct co_watchdog *w);
bool co_watchdog_nmi(struct co_watchdog *w, bool off);
void co_watchdog_stop(struct co_watchdog *w);

/* lapic.c */
bool co_lapic_in_service(u32 vector);
void co_lapic_drain(void);

/* fpu.c */
int co_fpu_init(struct co_fpu *fpu);
void co_fpu_free(struct co_fpu *fpu);
void co_fpu_load(struct co_fpu *fpu);
void co_fpu_save(struct co_fpu *fpu);

/* debug.c */
void co_debug_enter(struct co_vcpu_ctx *v, bool host);
void co_debug_exit(struct co_vcpu_ctx *v);

/* mce.c */
bool co_mce_forward(void);

/* nmi.c */
int co_nmi_init(void);
void co_nmi_exit(void);
void co_nmi_ask(int cpu);
void co_nmi_raise(u32 count);
void co_nmi_forward(void);
bool co_nmi_forward_if_real(void);

/* speed.c */
void co_speed_check(struct co_vcpu_ctx *v);

/* host.c */
const char *co_host_unfit(void);
bool co_host_tsc_good(void);

/* forward.S */
asmlinkage void co_forward_vector(u32 vector);
asmlinkage void co_raise_mce(void);
asmlinkage void co_unblock_nmi(void);

/* returns.S */
asmlinkage void co_returns_fill(void);

#endif /* CO_VM_H */

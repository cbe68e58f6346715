/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own structures: a VM, its memory, its vCPU, its events.
 *
 * Reading order: main.c (device), host.c (host checks), vm.c (ioctls), memory.c
 * (PPRAM, p2m), kernel.c and allow.c (the guest's kernel), passage.h and
 * passage.c (the switch), vcpu.c (the exit loop), events.c (kicks, interrupts,
 * timer), fpu.c and debug.c (state saved lazily), forward.S (interrupts given back to the
 * host), nmi.c (NMIs likewise), watchdog.c (guests that let none in),
 * guard.c, walk.c and lapic.c (guests that are not sane), msrs.c (what of the
 * host would reach into a guest).
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

#include "compat.h"
#include "msrs.h"
#include "passage.h"

#define CO_MAX_VCPUS		1
#define CO_MAX_MEM		(16ULL << 30)

#define CO_CHUNK_PAGES		(CO_CHUNK_SIZE / PAGE_SIZE)

/**
 * struct co_memory - PPRAM of a VM
 * @size:	its bytes, 0 until registered
 * @user_addr:	where the monitor has it
 * @count:	its chunks
 * @chunk:	first page of each chunk, pinned
 * @first:	lowest machine chunk number among them
 * @span:	machine chunk numbers from there to the highest one
 * @locked_mm:	the mm that RLIMIT_MEMLOCK is accounted to, held
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
 * @ctx:	eventfd it signals; changed under co_vm.lock before the vCPU
 *		runs, read by the vCPU
 */
struct co_kick {
	struct eventfd_ctx *ctx;
};

/**
 * struct co_irq - one virtual interrupt wired to an eventfd
 * @vm:		whose
 * @ctx:	the eventfd, NULL if unwired
 * @wait:	our entry on its wait queue
 * @virq:	number
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
 * @host_xcr0:	the host's, while the guest's is loaded
 */
struct co_fpu {
	void *area;
	u64 xcr0;
	u64 host_xcr0;
};

/**
 * struct co_host_regs - host registers the guest's stay clobbers, lazily kept
 * @fs_base:	of the monitor thread
 * @kernel_gs_base: of the monitor thread (its GS base)
 * @sysenter:	the host's SYSENTER MSRs
 * @ds:		selectors of the monitor thread
 * @es:		likewise
 * @fs:		likewise
 * @gs:		likewise
 *
 * Nothing in the host's kernel looks at these between vcpu_load() and
 * vcpu_put(): there is no preemption and so no user space.
 */
struct co_host_regs {
	u64 fs_base;
	u64 kernel_gs_base;
	u64 sysenter[3];
	u16 ds;
	u16 es;
	u16 fs;
	u16 gs;
};

/**
 * struct co_debug - debug registers, kept only where somebody uses them
 * @held:	@guest and @guest_dr6 are to be loaded before the next passage
 * @guest:	the guest's DR0 to DR3
 * @guest_dr6:	its DR6
 * @host:	the host's DR0 to DR3
 *
 * The guest's DR7 is in struct co_switch, the host's in cpu_dr7.
 */
struct co_debug {
	bool held;
	unsigned long guest[4];
	unsigned long guest_dr6;
	unsigned long host[4];
};

/**
 * struct co_watchdog - looks after a guest that keeps interrupts off
 * @work:	the check, twice a second
 * @cpu:	CPU the vCPU is loaded on, -1 if on none
 * @timer_cpu:	CPU the check runs on, -1 if it is not due
 * @checks:	how often the guest was found in one passage
 * @entry:	the number of that passage
 * @stuck:	the passage that has taken too long, 0 if none has
 * @proof:	the passage that followed an NMI out of such a one: if it takes
 *		too long as well, the guest ends
 * @since:	TSC since when NMIs alone have come out of the guest
 * @since_entry: the passage that the latest of them, or the interrupt before
 *		them, came out of
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

/**
 * struct co_guard - what the passage relied on in the guest last time
 * @root:	root_maddr of the vCPU page
 * @stubs:	its stub_va
 * @pdpt_top:	index of the PDPT entry that maps the passage
 * @pdpt_reserved: bits that no PDPT entry may have set on this machine
 * @top:	that entry
 * @gdt:	GDTR as in struct co_switch
 * @idt:	IDTR likewise
 * @selectors:	TR and LDTR likewise
 * @tss:	the TSS descriptor that TR selects
 */
struct co_guard {
	u64 root;
	u32 stubs;
	u32 pdpt_top;
	u64 pdpt_reserved;
	u64 top;
	u64 gdt;
	u64 idt;
	u32 selectors;
	const u8 *tss;
};

/* The access byte of a 32-bit TSS's descriptor, busy or not: P, S and type. */
#define CO_DESC_ACCESS		5
#define CO_GUARD_TSS_MASK	0x9d
#define CO_GUARD_TSS		0x89

/*
 * Reserved bits of a PDPT entry's low half (SDM vol. 3, table 4-8), but for A,
 * which QEMU sets. Those above the machine's physical addresses are reserved
 * as well. Any of them set is #GP when CR3 is loaded (SDM vol. 3, 4.4.1).
 */
#define CO_GUARD_PDPT_A		0x020
#define CO_GUARD_PDPT_RESERVED	0x1c6

/* No machine address. */
#define CO_NOWHERE		(~0ULL)

enum co_vcpu_state {
	CO_VCPU_NONE,		/* CO_IOC_VCPU not called yet */
	CO_VCPU_READY,
	CO_VCPU_DEAD,		/* shut down or failed: runs no more */
};

/**
 * struct co_vcpu_ctx - one vCPU
 * @vm:		whose
 * @lock:	held by the thread in CO_IOC_RUN
 * @state:	see enum; made READY under the VM's lock, changed under @lock
 * @passage:	its passage area
 * @regs:	host registers while loaded
 * @msrs:	host MSRs set aside
 * @fpu:	guest FPU while not loaded
 * @debug:	debug registers
 * @task:	thread in CO_IOC_RUN, for kicks; read under RCU
 * @wait:	where an idle vCPU sleeps
 * @timer:	fires at the guest's deadline
 * @timer_due:	the timer has fired and was not looked at yet
 * @armed:	the TSC it is armed for; what the guest sees is a copy
 * @kicked:	kicks to be signalled once preemption is on again (PREEMPT_RT)
 * @poke:	makes an interrupt wait for the guest to set IF
 * @load_time:	ktime when it was loaded
 * @virt_base:	guest address of gpa 0
 * @passage_va:	guest address of the passage area
 * @cr2:	the guest's CR2, if @cr2_saved
 * @cr2_saved:	the guest was stopped with interrupts off, perhaps between a
 *		page fault and its reading CR2
 * @guard:	sees to it that the guest can be entered
 * @watchdog:	sees to it that the guest lets interrupts in
 * @entries:	passages begun; one more than stats.passages while in the guest
 * @virq_dev:	device interrupts raised, by whichever thread did
 * @stats:	written by the vCPU's thread only
 */
struct co_vcpu_ctx {
	struct co_vm *vm;
	struct mutex lock;
	enum co_vcpu_state state;
	struct co_passage passage;
	struct co_host_regs regs;
	struct co_msrs msrs;
	struct co_fpu fpu;
	struct co_debug debug;
	struct task_struct *task;
	struct rcuwait wait;
	struct hrtimer timer;
	bool timer_due;
	u64 armed;
	u64 kicked;
	struct irq_work poke;
	u64 load_time;
	u64 virt_base;
	u64 passage_va;
	unsigned long cr2;
	bool cr2_saved;
	atomic64_t virq_dev;
	struct co_guard guard;
	struct co_watchdog watchdog;
	u64 entries;
	struct co_stats stats;
};

/**
 * struct co_vm - one VM, one open file
 * @lock:	serialises set-up calls and the end of @mm
 * @mm:		address space it belongs to (held by mmgrab, compared only)
 * @notifier:	tells of the end of @mm
 * @memory:	its PPRAM
 * @note:	what its kernel says about itself; abi 0 until one is loaded
 * @vcpu:	its vCPU
 * @kick:	by kick number
 * @irq:	by virtual interrupt
 */
struct co_vm {
	struct mutex lock;
	struct mm_struct *mm;
	struct mmu_notifier notifier;
	struct co_memory memory;
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
void co_event_kick(struct co_vcpu_ctx *v);
bool co_event_pending(const struct co_vcpu_ctx *v);
void co_event_wait(struct co_vcpu_ctx *v);
void co_timer_init(struct co_vcpu_ctx *v);
void co_timer_arm(struct co_vcpu_ctx *v);
void co_timer_fired(struct co_vcpu_ctx *v);
void co_timer_stop(struct co_vcpu_ctx *v);
void co_time_update(struct co_vcpu_page *page);

/* watchdog.c */
void co_watchdog_init(struct co_watchdog *w);
void co_watchdog_load(struct co_watchdog *w);
void co_watchdog_put(struct co_watchdog *w);
void co_watchdog_interrupt(struct co_watchdog *w);
bool co_watchdog_nmi(struct co_watchdog *w, bool off);
void co_watchdog_stop(struct co_watchdog *w);

/* walk.c */
u64 co_walk(const struct co_vcpu_ctx *v, u32 va);
void *co_guest_pointer(const struct co_vcpu_ctx *v, u32 va, u32 len);
bool co_guest_read(const struct co_vcpu_ctx *v, u32 va, void *to, u32 len);

/* guard.c */
void co_guard_init(struct co_vcpu_ctx *v);
u32 co_guard_check(struct co_vcpu_ctx *v);

/**
 * co_guard_ok() - is all that co_guard_check() saw as it was?
 * @v:		the vCPU, not in the guest
 *
 * In the path of every passage.
 */
static inline bool co_guard_ok(const struct co_vcpu_ctx *v)
{
	const struct co_vcpu_page *page = v->passage.page;
	const struct co_switch *sw = v->passage.sw;
	const struct co_guard *g = &v->guard;
	u64 bad;

	bad = page->pdpt[0] | page->pdpt[1] | page->pdpt[2];
	bad &= g->pdpt_reserved;
	bad |= (page->pdpt[g->pdpt_top] ^ g->top) & ~(u64)CO_GUARD_PDPT_A;
	bad |= page->root_maddr ^ g->root;
	bad |= *(const u64 *)&sw->guest_gdt ^ g->gdt;
	bad |= *(const u64 *)&sw->guest_idt ^ g->idt;
	bad |= *(const u32 *)&sw->guest_tr ^ g->selectors;
	bad |= (g->tss[CO_DESC_ACCESS] & CO_GUARD_TSS_MASK) ^ CO_GUARD_TSS;
	return !bad;
}

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
void co_debug_exit(struct co_vcpu_ctx *v, bool host);

/* mce.c */
bool co_mce_forward(void);

/* nmi.c */
int co_nmi_init(void);
void co_nmi_exit(void);
void co_nmi_ask(int cpu);
void co_nmi_raise(u32 count);
void co_nmi_forward(void);
bool co_nmi_forward_if_real(void);

/* host.c */
const char *co_host_unfit(void);
bool co_host_tsc_good(void);

/* forward.S */
asmlinkage void co_forward_vector(u32 vector);
asmlinkage void co_raise_mce(void);
asmlinkage void co_unblock_nmi(void);

#endif /* CO_VM_H */

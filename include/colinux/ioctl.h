/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The host ABI: what the monitor and the module agree on.
 *
 * One open file of /dev/colinux is one virtual machine. The order of calls:
 *
 *   open                          an empty VM
 *   CO_IOC_INFO                   check versions
 *   CO_IOC_SET_MEM                register PPRAM; learn the tables' size
 *   CO_IOC_KERNEL                 have the guest's kernel checked and loaded
 *   (lay out the initrd, the boot information and the devices)
 *   CO_IOC_KICKFD, CO_IOC_IRQFD   wire the devices' queues
 *   CO_IOC_VCPU                   make the vCPU: tables and entry state
 *   CO_IOC_RUN                    until it reports why the guest stopped
 *   close                         everything is given back
 *
 * All calls return 0, or -1 with errno. Errors common to all: EFAULT (bad
 * pointer), EINVAL (a reserved field is not 0, a value out of range), ENOTTY
 * (no such call), EBUSY (the wrong moment for it), EIO (the file is used
 * by another process than opened it: a VM belongs to one address space).
 */
#ifndef COLINUX_IOCTL_H
#define COLINUX_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Raised whenever a layout or the meaning of a call in this file changes. */
#define CO_HOST_ABI		1

#define CO_DEVICE_PATH		"/dev/colinux"

/**
 * struct co_info - CO_IOC_INFO
 *
 * By this a monitor finds out of which ABI the module is: the call's number, and
 * where the first two members are, stay as they are in every ABI.
 *
 * @host_abi:	CO_HOST_ABI of the module
 * @guest_abi:	CO_GUEST_ABI of the module
 * @archs:	bit mask of the CO_ARCH_* it can run (bit 0 is CO_ARCH_* 0)
 * @max_vcpus:	vCPUs per VM at most
 * @max_mem:	bytes of PPRAM at most
 */
struct co_info {
	__u32 host_abi;
	__u32 guest_abi;
	__u32 archs;
	__u32 max_vcpus;
	__u64 max_mem;
};

/**
 * struct co_set_mem - CO_IOC_SET_MEM, once per VM
 * @user_addr:	in: where the monitor mapped the memory; CO_CHUNK_SIZE aligned.
 *		Anonymous and private (transparent huge pages) or hugetlb.
 * @size:	in: its bytes, a multiple of CO_CHUNK_SIZE
 * @tables_size: out: bytes, whole pages, the p2m and m2p tables take in PPRAM
 * @bad_chunk:	out, with ENOBUFS: offset of the first chunk that is not
 *		physically contiguous and aligned
 *
 * Pins the memory until the address space of who opened the file is gone, or the
 * file is closed. Errors: ENOBUFS (a chunk is no huge page), ENOMEM
 * (RLIMIT_MEMLOCK or out of memory), ERANGE (memory too far apart for the m2p
 * table, or larger than co_info.max_mem).
 */
struct co_set_mem {
	__u64 user_addr;
	__u64 size;
	__u64 tables_size;
	__u64 bad_chunk;
};

/**
 * struct co_kernel - CO_IOC_KERNEL, after CO_IOC_SET_MEM
 * @user_addr:	the kernel image, a whole ELF file
 * @size:	its bytes
 *
 * The module copies the image, checks its SHA-256 against the list that root
 * has given it (the parameters allow_kernel and unsafe_any_kernel), and loads
 * its segments into PPRAM at their physical addresses; its note says how the
 * vCPU is entered. Errors: EKEYREJECTED (not on the list), ENOEXEC (no i386
 * ELF file with a note), EPROTO (its note has another CO_GUEST_ABI),
 * EOPNOTSUPP (another CO_ARCH_*), ERANGE (a segment outside PPRAM or above
 * CO_BOOT_MAP_MAX), EFBIG, ENOMEM.
 */
struct co_kernel {
	__u64 user_addr;
	__u64 size;
};

/**
 * struct co_vcpu - CO_IOC_VCPU, once per vCPU, after CO_IOC_KERNEL
 * @id:		number of the vCPU, below co_info.max_vcpus
 * @reserved:	0
 * @boot_gpa:	where the monitor put struct co_boot_info
 * @tables_gpa:	where the module shall put the p2m and m2p tables: page
 *		aligned, co_set_mem.tables_size bytes
 *
 * Both gpa must lie below CO_BOOT_MAP_MAX and inside PPRAM. Errors: ENOEXEC
 * (what the kernel's note asks for is not possible), EBUSY (also: the CPU is in
 * VMX operation).
 */
struct co_vcpu {
	__u32 id;
	__u32 reserved;
	__u64 boot_gpa;
	__u64 tables_gpa;
};

/**
 * struct co_kickfd - CO_IOC_KICKFD
 * @kick:	kick number, below CO_NR_KICKS
 * @fd:		eventfd signalled on CO_HC_KICK of that number, -1 to undo
 */
struct co_kickfd {
	__u32 kick;
	__s32 fd;
};

/**
 * struct co_irqfd - CO_IOC_IRQFD
 * @virq:	virtual interrupt, below CO_NR_VIRQS, not CO_VIRQ_TIMER
 * @fd:		eventfd: a write to it raises the virtual interrupt; -1 to undo
 */
struct co_irqfd {
	__u32 virq;
	__s32 fd;
};

/* Why CO_IOC_RUN came back: co_run.reason. */
#define CO_EXIT_INTR		0	/* a signal is pending; call again */
#define CO_EXIT_CONSOLE		1	/* CO_HC_CONSOLE: arg[0] gpa, arg[1] bytes, checked */
#define CO_EXIT_SHUTDOWN	2	/* CO_HC_SHUTDOWN: arg as there, checked */
#define CO_EXIT_READY		3	/* CO_HC_READY */
#define CO_EXIT_FAULT		4	/* an exception the guest could not take: .vector, .regs */
#define CO_EXIT_STUCK		5	/* interrupts off for longer than the limit: .regs */

/**
 * struct co_regs - the guest's registers at a fault
 * @valid:	0 if its stack could not be read
 * @vector:	exception vector
 * @error:	error code, 0 for exceptions without one
 * @ip:		instruction pointer
 * @sp:		stack pointer
 * @flags:	EFLAGS
 * @gpr:	eax, ecx, edx, ebx, esp, ebp, esi, edi
 * @cs:		code segment
 * @ss:		stack segment
 * @cr0:	control registers
 * @cr2:	fault address
 * @cr3:	as the guest sees it: the machine address of its PDPT copy
 * @cr4:	control register
 */
struct co_regs {
	__u32 valid;
	__u32 vector;
	__u64 error;
	__u64 ip;
	__u64 sp;
	__u64 flags;
	__u64 gpr[16];
	__u64 cs;
	__u64 ss;
	__u64 cr0;
	__u64 cr2;
	__u64 cr3;
	__u64 cr4;
};

/**
 * struct co_run - CO_IOC_RUN
 * @vcpu:	in: which vCPU
 * @reason:	out: CO_EXIT_*
 * @arg:	out: depends on @reason
 * @regs:	out: with CO_EXIT_FAULT and CO_EXIT_STUCK
 *
 * Runs the guest until user space must act. Errors: EINTR (a signal, with
 * reason CO_EXIT_INTR), EBUSY (the vCPU is running already, or the CPU is in
 * VMX operation), EOPNOTSUPP (this CPU cannot be used, see the kernel log).
 * After CO_EXIT_SHUTDOWN, _FAULT and _STUCK the vCPU runs no more (ESHUTDOWN).
 */
struct co_run {
	__u32 vcpu;
	__u32 reason;
	__u64 arg[4];
	struct co_regs regs;
};

/**
 * struct co_stats - CO_IOC_STATS: counters since the VM was made
 * @passages:	times the guest was entered
 * @exit_irq:	exits for a host interrupt, which was forwarded
 * @exit_nmi:	exits for an NMI
 * @exit_mce:	exits for a machine check
 * @exit_idle:	CO_HC_IDLE
 * @exit_kick:	CO_HC_KICK
 * @exit_timer:	CO_HC_TIMER
 * @exit_other:	other hypercalls
 * @exit_fault:	exceptions the guest could not take
 * @noted_nmi:	NMIs that hit the passage itself and were raised after it
 * @virq_timer:	timer interrupts injected
 * @virq_dev:	other virtual interrupts injected
 * @user_exits:	times CO_IOC_RUN came back
 * @guest_ns:	time with the guest on a CPU, its forwarded interrupts included
 * @idle_ns:	time waiting in CO_HC_IDLE
 * @pinned_pages: pages of 4 KiB pinned for it now
 */
struct co_stats {
	__u64 passages;
	__u64 exit_irq;
	__u64 exit_nmi;
	__u64 exit_mce;
	__u64 exit_idle;
	__u64 exit_kick;
	__u64 exit_timer;
	__u64 exit_other;
	__u64 exit_fault;
	__u64 noted_nmi;
	__u64 virq_timer;
	__u64 virq_dev;
	__u64 user_exits;
	__u64 guest_ns;
	__u64 idle_ns;
	__u64 pinned_pages;
};

#define CO_IOC_MAGIC		0xc0
#define CO_IOC_INFO		_IOR(CO_IOC_MAGIC, 0, struct co_info)
#define CO_IOC_SET_MEM		_IOWR(CO_IOC_MAGIC, 1, struct co_set_mem)
#define CO_IOC_VCPU		_IOW(CO_IOC_MAGIC, 2, struct co_vcpu)
#define CO_IOC_KICKFD		_IOW(CO_IOC_MAGIC, 3, struct co_kickfd)
#define CO_IOC_IRQFD		_IOW(CO_IOC_MAGIC, 4, struct co_irqfd)
#define CO_IOC_RUN		_IOWR(CO_IOC_MAGIC, 5, struct co_run)
#define CO_IOC_STATS		_IOR(CO_IOC_MAGIC, 6, struct co_stats)
#define CO_IOC_KERNEL		_IOW(CO_IOC_MAGIC, 7, struct co_kernel)

_Static_assert(sizeof(struct co_info) == 24, "co_info layout");
_Static_assert(sizeof(struct co_set_mem) == 32, "co_set_mem layout");
_Static_assert(sizeof(struct co_kernel) == 16, "co_kernel layout");
_Static_assert(sizeof(struct co_vcpu) == 24, "co_vcpu layout");
_Static_assert(sizeof(struct co_kickfd) == 8, "co_kickfd layout");
_Static_assert(sizeof(struct co_irqfd) == 8, "co_irqfd layout");
_Static_assert(sizeof(struct co_regs) == 216, "co_regs layout");
_Static_assert(sizeof(struct co_run) == 256, "co_run layout");
_Static_assert(sizeof(struct co_stats) == 128, "co_stats layout");

#endif /* COLINUX_IOCTL_H */

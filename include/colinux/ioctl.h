/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The host ABI: the interface between the monitor and the module.
 *
 * One open file of /dev/colinux is one virtual machine. The order of calls:
 *
 *   open                          an empty VM
 *   CO_IOC_INFO                   check versions
 *   CO_IOC_SET_MEM                register PPRAM; learn the tables' size
 *   CO_IOC_KERNEL                 check and load the guest's kernel
 *   (lay out the initrd, the boot information and the devices)
 *   CO_IOC_KICKFD, CO_IOC_IRQFD   connect eventfds to the devices' queues
 *   CO_IOC_VCPU                   make the vCPU: tables and entry state
 *   CO_IOC_RUN                    repeat until it reports that the guest ended
 *   close                         free everything
 *
 * All calls return 0, or -1 with errno. Errors common to all calls:
 *
 *   EFAULT   bad pointer
 *   EINVAL   a reserved member is not 0, or a value is out of range
 *   ENOTTY   no such call
 *   EBUSY    wrong order of calls, or another call is running
 *   EIO      the caller's address space is not the one that opened the file
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
 * A monitor learns the module's ABI by this call. So in every ABI the call has the
 * same number, and the first two members are at the same offsets.
 *
 * @host_abi:	CO_HOST_ABI of the module
 * @guest_abi:	CO_GUEST_ABI of the module
 * @archs:	bit mask of supported CO_ARCH_* (bit 0 is CO_ARCH_* 0)
 * @max_vcpus:	largest number of vCPUs per VM
 * @max_mem:	largest PPRAM in bytes
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
 * @user_addr:	in: address of the memory in the monitor, CO_CHUNK_SIZE aligned;
 *		anonymous and private (transparent huge pages) or hugetlb
 * @size:	in: size of the memory in bytes, a multiple of CO_CHUNK_SIZE
 * @tables_size: out: size in bytes of the p2m and m2p tables in PPRAM, whole
 *		pages
 * @bad_chunk:	out, with ENOBUFS: offset of the first chunk that is not
 *		physically contiguous and aligned
 *
 * Pins the memory until the file is closed, or until the address space that
 * opened it ends.
 *
 * Errors: ENOBUFS (a chunk is no huge page), ENOMEM (RLIMIT_MEMLOCK or out of
 * memory), ERANGE (chunks too far apart for the m2p table, or more than
 * co_info.max_mem).
 */
struct co_set_mem {
	__u64 user_addr;
	__u64 size;
	__u64 tables_size;
	__u64 bad_chunk;
};

/**
 * struct co_kernel - CO_IOC_KERNEL, after CO_IOC_SET_MEM
 * @user_addr:	address of the kernel image, a complete ELF file
 * @size:	size of the image in bytes
 *
 * The module copies the image, and checks its SHA-256 against root's list (the
 * module parameters allow_kernel and unsafe_any_kernel). It loads the segments
 * into PPRAM at their physical addresses. The ELF note has the entry point.
 *
 * Errors:
 *
 *   EKEYREJECTED   not on the list
 *   ENOEXEC        no ELF file of a CO_ARCH_* with a note
 *   EPROTO         the note has another CO_GUEST_ABI
 *   EOPNOTSUPP     another CO_ARCH_*
 *   ERANGE         a segment outside PPRAM or above CO_BOOT_MAP_MAX
 *   EFBIG, ENOMEM
 */
struct co_kernel {
	__u64 user_addr;
	__u64 size;
};

/**
 * struct co_vcpu - CO_IOC_VCPU, once per vCPU, after CO_IOC_KERNEL
 * @id:		number of the vCPU, below co_info.max_vcpus
 * @reserved:	0
 * @boot_gpa:	gpa of struct co_boot_info, written by the monitor
 * @tables_gpa:	gpa for the p2m and m2p tables, to be written by the module:
 *		page aligned, co_set_mem.tables_size bytes
 *
 * Both gpa must lie below CO_BOOT_MAP_MAX and inside PPRAM.
 *
 * Errors: ENOEXEC (an address in the kernel's note is not possible), EBUSY (also:
 * the CPU is in VMX operation), EOPNOTSUPP (the host's TSC is unstable), ENOMEM.
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
 * @fd:		eventfd of which a write raises the virtual interrupt, -1 to undo
 */
struct co_irqfd {
	__u32 virq;
	__s32 fd;
};

/* Reasons of a return from CO_IOC_RUN: co_run.reason. */
#define CO_EXIT_INTR		0	/* a signal, or work of the host's kernel; call again */
#define CO_EXIT_CONSOLE		1	/* CO_HC_CONSOLE: arg[0] gpa, arg[1] bytes, checked */
#define CO_EXIT_SHUTDOWN	2	/* CO_HC_SHUTDOWN: arg as there, checked */
#define CO_EXIT_READY		3	/* CO_HC_READY */
#define CO_EXIT_FAULT		4	/* an exception that the guest could not handle: .regs */
#define CO_EXIT_STUCK		5	/* interrupts off for longer than the limit: .regs */

/**
 * struct co_regs - the guest's registers when it was stopped
 * @valid:	1, or 0 if the guest's stack could not be read; then only
 *		@vector, @sp and the control registers are set
 * @vector:	exception vector
 * @error:	error code, 0 for exceptions without one
 * @ip:		instruction pointer
 * @sp:		stack pointer
 * @flags:	EFLAGS
 * @gpr:	general registers by their numbers: (r|e)ax, cx, dx, bx, sp, bp, si, di;
 *		CO_ARCH_X86_64: r8 to r15, too
 * @cs:		code segment
 * @ss:		stack segment
 * @cr0:	control register
 * @cr2:	fault address
 * @cr3:	CR3 as the guest sees it: the machine address of its PDPT copy
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
 * @vcpu:	in: number of the vCPU
 * @reason:	out: CO_EXIT_*
 * @arg:	out: arguments, depending on @reason
 * @regs:	out: registers, with CO_EXIT_FAULT and CO_EXIT_STUCK
 *
 * Runs the guest until user space must act. After CO_EXIT_SHUTDOWN,
 * CO_EXIT_FAULT and CO_EXIT_STUCK the vCPU cannot run again (ESHUTDOWN).
 *
 * Errors: EINTR (a signal, with reason CO_EXIT_INTR), EBUSY (the vCPU is running
 * already, or the CPU is in VMX operation), ENOMEM.
 */
struct co_run {
	__u32 vcpu;
	__u32 reason;
	__u64 arg[4];
	struct co_regs regs;
};

/**
 * struct co_stats - CO_IOC_STATS: counters since the VM was created
 * @passages:	number of entries into the guest
 * @exit_irq:	exits for a host interrupt, which the host then handled
 * @exit_nmi:	exits for an NMI
 * @exit_mce:	exits for a machine check
 * @exit_idle:	CO_HC_IDLE
 * @exit_kick:	CO_HC_KICK
 * @exit_timer:	CO_HC_TIMER
 * @exit_other:	other hypercalls
 * @exit_fault:	exits that ended the guest with CO_EXIT_FAULT
 * @noted_nmi:	NMIs that hit the passage itself and were raised after it
 * @virq_timer:	timer interrupts injected
 * @virq_dev:	other virtual interrupts injected
 * @user_exits:	returns from CO_IOC_RUN
 * @guest_ns:	time of the guest on a CPU, host interrupts meanwhile included
 * @idle_ns:	time asleep in CO_HC_IDLE
 * @pinned_pages: number of 4 KiB pages that are pinned for the VM now
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

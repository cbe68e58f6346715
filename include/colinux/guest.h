/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The guest ABI: the interface between a guest kernel and its host.
 *
 * The module, the monitor and the guest kernel include this file, which is the same
 * for all three. It has, in the order in which a guest uses them:
 *
 *   1. the ELF note of a guest kernel,
 *   2. the boot information, written by the monitor into guest memory,
 *   3. the vCPU page, shared between the module and the guest,
 *   4. hypercalls and virtual interrupts.
 *
 * What depends on the guest's architecture is in <colinux/i386.h> and
 * <colinux/x86_64.h>: the entry state, the loaded page table, the code sequences of
 * hypercalls and interrupts. <colinux/chunk.h> has the size of a chunk.
 *
 * Devices and their rings are in <colinux/dev.h> and <colinux/ring.h>.
 *
 * Addresses: a "gpa" is pseudo-physical, from 0 to the guest's memory size. An
 * "maddr" is a machine address, as the MMU uses it. A "va" is a linear address of
 * the guest. All are 64 bits wide here, on every architecture.
 */
#ifndef COLINUX_GUEST_H
#define COLINUX_GUEST_H

#include <colinux/chunk.h>
#include <colinux/i386.h>
#include <colinux/x86_64.h>

/*
 * Raised whenever a layout or the meaning of a field changes here, in
 * <colinux/chunk.h>, <colinux/i386.h>, <colinux/x86_64.h>, <colinux/ring.h> or
 * <colinux/dev.h>: docs/abi.md.
 */
#define CO_GUEST_ABI		2

/* Architectures of guest kernels; part of every version check. */
#define CO_ARCH_I386		1
#define CO_ARCH_X86_64		2

/*
 * The first CO_BOOT_MAP_MAX bytes of PPRAM (less if there is less memory) are
 * mapped at the note's virt_base when the guest is entered. The kernel image, the
 * boot information and the tables must lie in this range.
 */
#define CO_BOOT_MAP_MAX		0x20000000

/* Pages of the passage area that the guest sees, one after the other. */
#define CO_PASSAGE_PAGES	2
#define CO_PASSAGE_PAGE_VCPU	0	/* struct co_vcpu_page: read, write */
#define CO_PASSAGE_PAGE_CODE	1	/* stubs and switch: read, execute */

/* The ELF note: name "coLinux", type CO_NOTE_KERNEL. */
#define CO_NOTE_NAME		"coLinux"
#define CO_NOTE_KERNEL		1

/* co_elf_note.flags: what the kernel can do. */
#define CO_NOTE_F_5LEVEL	(1 << 0)	/* CO_ARCH_X86_64: run with five levels of page tables */

#define CO_BOOT_MAGIC		0x4f424f43	/* "COBO" */
#define CO_VCPU_MAGIC		0x50564f43	/* "COVP" */

/* Virtual interrupts: numbers of bits in co_vcpu_page.pending. */
#define CO_NR_VIRQS		64
#define CO_VIRQ_TIMER		0	/* the deadline has passed */
#define CO_VIRQ_POWER		1	/* the host asks the guest to power off */
#define CO_VIRQ_FIRST_DEV	2	/* devices have the number in co_dev.virq */

/* Kicks: numbers for CO_HC_KICK, one per device queue. */
#define CO_NR_KICKS		64

/*
 * Hypercalls. The guest writes the number and the arguments to co_vcpu_page.hc, and
 * reads the result there. The architecture's header has the calling sequence.
 */
#define CO_HC_NOP		0	/* returns at once: for measurements */
#define CO_HC_IDLE		1	/* give the CPU away until a virtual interrupt */
#define CO_HC_KICK		2	/* arg[0]: kick number */
#define CO_HC_TIMER		3	/* .deadline is now earlier than .armed */
#define CO_HC_CONSOLE		4	/* arg[0]: gpa, arg[1]: bytes (1 to 4096) of text */
#define CO_HC_SHUTDOWN		5	/* arg[0]: CO_SHUTDOWN_*; arg[1], arg[2]: gpa and bytes of a reason */
#define CO_HC_READY		6	/* the guest's user land is up */
#define CO_HC_TIME		7	/* refresh .time in the vCPU page */

/* Results of a hypercall (co_hypercall.ret): 0, or one of these negated. */
#define CO_HC_ENOSYS		38	/* no such hypercall */
#define CO_HC_EINVAL		22	/* an argument is out of range */

/* Kinds of a guest's end: arg[0] of CO_HC_SHUTDOWN. */
#define CO_SHUTDOWN_POWEROFF	0
#define CO_SHUTDOWN_REBOOT	1
#define CO_SHUTDOWN_PANIC	2
#define CO_SHUTDOWN_HALT	3

#ifndef __ASSEMBLY__

#include <linux/types.h>

/**
 * struct co_elf_note - descriptor of the ELF note of a guest kernel
 * @abi:	CO_GUEST_ABI that the kernel was built for
 * @arch:	CO_ARCH_*
 * @entry:	va of the entry point
 * @virt_base:	va at which gpa 0 is mapped on entry (PAGE_OFFSET)
 * @passage_va:	CO_ARCH_I386: va of the CO_PASSAGE_PAGES pages of the passage
 *		area, page-aligned. CO_ARCH_X86_64: 0, as <colinux/x86_64.h> fixes it
 * @flags:	CO_NOTE_F_*
 * @reserved0:	0
 */
struct co_elf_note {
	__u32 abi;
	__u32 arch;
	__u64 entry;
	__u64 virt_base;
	__u64 passage_va;
	__u32 flags;
	__u32 reserved0;
};

/**
 * struct co_boot_info - boot information from the monitor
 * @magic:	CO_BOOT_MAGIC
 * @abi:	CO_GUEST_ABI that the monitor was built for
 * @size:	sizeof(struct co_boot_info)
 * @reserved0:	0
 * @mem_size:	size of PPRAM in bytes, a multiple of CO_CHUNK_SIZE
 * @area_gpa:	start of the area that the guest must reserve, page-aligned: this
 *		structure, the p2m and m2p tables, the device table and the
 *		rings
 * @area_size:	size of the area in bytes, whole pages
 * @cmdline_gpa: gpa of the command line, NUL-terminated, inside the area
 * @cmdline_size: size of the command line in bytes, with the NUL
 * @initrd_gpa:	gpa of the initial RAM disk, outside the area
 * @initrd_size: size of the initial RAM disk in bytes, 0 if there is none
 * @dev_gpa:	gpa of the device table, an array of struct co_dev
 *		(<colinux/dev.h>)
 * @dev_count:	number of entries of the device table
 * @dev_size:	size of one entry in bytes, sizeof(struct co_dev)
 * @name:	the guest's name, NUL-terminated
 *
 * Written once before the guest starts; neither side writes it afterwards.
 */
struct co_boot_info {
	__u32 magic;
	__u32 abi;
	__u32 size;
	__u32 reserved0;
	__u64 mem_size;
	__u64 area_gpa;
	__u64 area_size;
	__u64 cmdline_gpa;
	__u64 cmdline_size;
	__u64 initrd_gpa;
	__u64 initrd_size;
	__u64 dev_gpa;
	__u32 dev_count;
	__u32 dev_size;
	char name[64];
};

/**
 * struct co_time - the host's clocks at one moment
 * @seq:	seqcount, odd while the module writes
 * @tsc_khz:	frequency of the TSC in kHz
 * @tsc:	TSC at that moment
 * @wall_ns:	the host's wall clock (CLOCK_REALTIME) at that moment, in
 *		nanoseconds since 1970
 *
 * Written before the guest starts and on every CO_HC_TIME.
 */
struct co_time {
	__u32 seq;
	__u32 tsc_khz;
	__u64 tsc;
	__u64 wall_ns;
};

/**
 * struct co_hypercall - argument block
 * @nr:		CO_HC_*
 * @ret:	0 or a negated CO_HC_E*, written by the module
 * @arg:	arguments, depending on @nr
 */
struct co_hypercall {
	__u32 nr;
	__s32 ret;
	__u64 arg[4];
};

/**
 * struct co_vcpu_page - page 0 of the passage area, one per vCPU
 *
 * Written by the module before entry, constant afterwards:
 * @magic:	CO_VCPU_MAGIC
 * @abi:	CO_GUEST_ABI of the module
 * @arch:	CO_ARCH_*
 * @id:		number of this vCPU, from 0
 * @page_maddr:	machine addresses of the passage pages. The guest maps them in
 *		every page table that it loads: CO_ARCH_I386 at the note's passage_va
 * @hypercall_va: va of the passage's entry for hypercalls
 * @stub_va:	va of the interrupt stubs: vector v goes to
 *		@stub_va + v * @stub_stride
 * @stub_stride: bytes from stub to stub
 * @p2m_count:	number of entries of the p2m table
 * @p2m_gpa:	gpa of the p2m table of __u32: machine chunk number
 *		(maddr >> CO_CHUNK_SHIFT) by pseudo-physical chunk number
 * @m2p_gpa:	gpa of the m2p table of __u32: pseudo-physical chunk number by
 *		machine chunk number - @m2p_first; CO_M2P_NONE for chunks that
 *		are not the guest's
 * @m2p_first:	machine chunk number of the first entry of the m2p table
 * @m2p_count:	number of entries of the m2p table
 * @reserved0:	0
 *
 * Written by the guest:
 * @deadline:	TSC at which the guest wants CO_VIRQ_TIMER, CO_NO_DEADLINE for
 *		never; the module sets CO_NO_DEADLINE when it raises the
 *		interrupt
 * @upcall_va:	va of the guest's handler for virtual interrupts, 0 until it
 *		is ready
 * @hc:		argument block of hypercalls
 * @reserved1:	0
 *
 * By architecture; <colinux/i386.h> and <colinux/x86_64.h> tell who writes what:
 * @arch_i386:	members of CO_ARCH_I386
 * @arch_x86_64: members of CO_ARCH_X86_64
 * @reserved2:	size of all of them
 *
 * Written by the module:
 * @armed:	TSC that the host's timer is armed for, CO_NO_DEADLINE if it is
 *		not armed; CO_HC_TIMER is needed only for an earlier deadline
 * @pending:	pending virtual interrupts, one bit each; the module sets bits
 *		(atomically, from any CPU), the guest clears them (xchg, btr)
 * @time:	the host's clocks
 * @reserved3:	0
 *
 * The rest of the page belongs to the module: struct co_exit in kmod/passage.h.
 *
 * Virtual interrupts: if the guest has interrupts on, a bit of @pending is set and
 * @upcall_va is not 0, the passage enters the guest at @upcall_va, with interrupts
 * off. The handler clears the bits.
 */
struct co_vcpu_page {
	__u32 magic;
	__u32 abi;
	__u32 arch;
	__u32 id;
	__u64 page_maddr[CO_PASSAGE_PAGES];
	__u64 hypercall_va;
	__u64 stub_va;
	__u32 stub_stride;
	__u32 p2m_count;
	__u64 p2m_gpa;
	__u64 m2p_gpa;
	__u64 m2p_first;
	__u32 m2p_count;
	__u32 reserved0[3];

	__u64 deadline;
	__u64 upcall_va;
	struct co_hypercall hc;
	__u64 reserved1;

	union {
		struct co_i386_page arch_i386;
		struct co_x86_64_page arch_x86_64;
		__u64 reserved2[16];
	};

	__u64 armed;
	__u32 pending[CO_NR_VIRQS / 32];
	struct co_time time;
	__u64 reserved3[3];
};

#define CO_NO_DEADLINE		(~0ULL)

_Static_assert(sizeof(struct co_elf_note) == 40, "note layout");
_Static_assert(sizeof(struct co_boot_info) == 152, "boot info layout");
_Static_assert(sizeof(struct co_time) == 24, "time layout");
_Static_assert(sizeof(struct co_hypercall) == 40, "hypercall layout");
_Static_assert(__builtin_offsetof(struct co_vcpu_page, deadline) == 96,
	       "vCPU page layout: guest's fields");
_Static_assert(__builtin_offsetof(struct co_vcpu_page, arch_i386) == 160,
	       "vCPU page layout: by architecture");
_Static_assert(__builtin_offsetof(struct co_vcpu_page, arch_i386.pdpt) % 32 == 0,
	       "the PDPT must be 32-byte aligned");
_Static_assert(__builtin_offsetof(struct co_vcpu_page, armed) == 288,
	       "vCPU page layout: module's fields");
_Static_assert(sizeof(struct co_vcpu_page) == 352, "vCPU page layout");

#endif /* __ASSEMBLY__ */
#endif /* COLINUX_GUEST_H */

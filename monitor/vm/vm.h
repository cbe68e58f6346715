/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls of /dev/colinux. Only vm.c makes them; handover.c alone reads the ABI
 * itself.
 */
#ifndef MONITOR_VM_H
#define MONITOR_VM_H

#include <stdint.h>

#include <colinux/ioctl.h>

#include "common/msg.h"

/* The text for EBUSY: with the calls in the right order, it has no other cause. */
#define VM_VMX_IN_USE \
	"the CPU is in VMX operation: end other virtual machines and unload kvm_intel, or load kvm with enable_virt_at_load=0 (see the kernel log)"

/**
 * struct vm - an open virtual machine
 * @fd:		descriptor of /dev/colinux
 * @arch:	CO_ARCH_* of its guest
 * @info:	ABIs, architectures and limits of the module
 */
struct vm {
	int fd;
	unsigned int arch;
	struct co_info info;
};

int vm_open(struct vm *vm, unsigned int arch, struct err *err);
int vm_set_mem(const struct vm *vm, struct co_set_mem *mem);
int vm_kickfd(const struct vm *vm, unsigned int kick, int fd, struct err *err);
int vm_irqfd(const struct vm *vm, unsigned int virq, int fd, struct err *err);
int vm_kernel(const struct vm *vm, const void *image, size_t size,
	      struct err *err);
int vm_vcpu(const struct vm *vm, const struct co_vcpu *vcpu, struct err *err);
int vm_run(const struct vm *vm, volatile struct co_run *run);
int vm_stats(const struct vm *vm, struct co_stats *stats, struct err *err);
void vm_close(struct vm *vm);

#endif /* MONITOR_VM_H */

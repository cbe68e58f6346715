// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/colinux: wraps each call of <colinux/ioctl.h>, errors included.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/arch.h"
#include "vm.h"

static const char *open_hint(int error)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return "load the module: modprobe colinux";
	case EACCES:
		return "run as root, or as a user who may open it";
	case EPERM:
		return "a locked-down kernel (Secure Boot, see man kernel_lockdown) runs no guests, nor does a unit without DeviceAllow=";
	default:
		return "see the kernel log";
	}
}

static int check_info(const struct co_info *info, unsigned int arch,
		      struct err *err)
{
	if (info->host_abi != CO_HOST_ABI)
		return err_set(err, CO_DEVICE_PATH ": the module has host ABI %u, this monitor %u: install a module and a monitor of one build",
			       info->host_abi, CO_HOST_ABI);
	if (info->guest_abi != CO_GUEST_ABI)
		return err_set(err, CO_DEVICE_PATH ": the module has guest ABI %u, this monitor %u: install a module and a monitor of one build",
			       info->guest_abi, CO_GUEST_ABI);
	if (!(info->archs & 1U << arch))
		return err_set(err, CO_DEVICE_PATH ": this host cannot run %s guests (architectures %#x)",
			       arch_name(arch), info->archs);
	return 0;
}

/**
 * vm_open() - make an empty virtual machine
 * @vm:		filled in
 * @arch:	CO_ARCH_* of its guest
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int vm_open(struct vm *vm, unsigned int arch, struct err *err)
{
	vm->arch = arch;
	vm->fd = open(CO_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	if (vm->fd < 0)
		return err_set(err, CO_DEVICE_PATH ": %s: %s", strerror(errno),
			       open_hint(errno));
	if (ioctl(vm->fd, CO_IOC_INFO, &vm->info)) {
		err_set(err, CO_DEVICE_PATH ": no answer to CO_IOC_INFO: %s: install a module and a monitor of one build",
			strerror(errno));
		goto out_close;
	}
	if (check_info(&vm->info, arch, err))
		goto out_close;
	return 0;

out_close:
	vm_close(vm);
	return -1;
}

/**
 * vm_close() - close the machine; the module then frees it
 * @vm:		the machine, open or not
 */
void vm_close(struct vm *vm)
{
	if (vm->fd >= 0)
		close(vm->fd);
	vm->fd = -1;
}

/**
 * vm_set_mem() - register PPRAM
 * @vm:		the machine
 * @mem:	argument of CO_IOC_SET_MEM
 *
 * Return: 0, or a negated errno, which the caller turns into a message.
 */
int vm_set_mem(const struct vm *vm, struct co_set_mem *mem)
{
	return ioctl(vm->fd, CO_IOC_SET_MEM, mem) ? -errno : 0;
}

/**
 * vm_kickfd() - make the module signal an eventfd on a kick
 * @vm:		the machine
 * @kick:	kick number
 * @fd:		the eventfd, -1 to undo
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int vm_kickfd(const struct vm *vm, unsigned int kick, int fd, struct err *err)
{
	struct co_kickfd arg = { .kick = kick, .fd = fd };

	if (ioctl(vm->fd, CO_IOC_KICKFD, &arg))
		return err_set(err, "kick %u: CO_IOC_KICKFD: %s", kick,
			       strerror(errno));
	return 0;
}

/**
 * vm_irqfd() - make the module raise a virtual interrupt when an eventfd is signalled
 * @vm:		the machine
 * @virq:	its number
 * @fd:		the eventfd, -1 to undo
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int vm_irqfd(const struct vm *vm, unsigned int virq, int fd, struct err *err)
{
	struct co_irqfd arg = { .virq = virq, .fd = fd };

	if (ioctl(vm->fd, CO_IOC_IRQFD, &arg))
		return err_set(err, "virtual interrupt %u: CO_IOC_IRQFD: %s",
			       virq, strerror(errno));
	return 0;
}

/**
 * vm_kernel() - make the module check and load a kernel image
 * @vm:		the machine, with its PPRAM registered
 * @image:	the file's contents
 * @size:	their bytes
 * @err:	reason for the failure; the caller adds the name of the file
 *
 * Return: 0 or -1.
 */
int vm_kernel(const struct vm *vm, const void *image, size_t size,
	      struct err *err)
{
	const struct co_kernel arg = {
		.user_addr = (uintptr_t)image,
		.size = size,
	};

	if (!ioctl(vm->fd, CO_IOC_KERNEL, &arg))
		return 0;
	switch (errno) {
	case EKEYREJECTED:
		return err_set(err, "not on the module's list of kernels: root may write its SHA-256 to /sys/module/colinux/parameters/allow_kernel");
	case EPROTO:
		return err_set(err, "its ABI is not the module's, %u: take a kernel and a module of one build",
			       vm->info.guest_abi);
	case ERANGE:
		return err_set(err, "does not fit into the guest's memory: give more mem=");
	default:
		return err_set(err, "CO_IOC_KERNEL: %s: see the kernel log",
			       strerror(errno));
	}
}

/**
 * vm_vcpu() - make a vCPU
 * @vm:		the machine
 * @vcpu:	argument of CO_IOC_VCPU
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int vm_vcpu(const struct vm *vm, const struct co_vcpu *vcpu, struct err *err)
{
	if (!ioctl(vm->fd, CO_IOC_VCPU, vcpu))
		return 0;
	if (errno == EBUSY)
		return err_set(err, "vCPU %u: %s", vcpu->id, VM_VMX_IN_USE);
	return err_set(err, "vCPU %u: CO_IOC_VCPU: %s: see the kernel log",
		       vcpu->id, strerror(errno));
}

/**
 * vm_run() - run a vCPU until user space must act
 * @vm:		the machine
 * @run:	argument of CO_IOC_RUN; volatile, because a signal handler writes
 *		to it (see vcpu.c)
 *
 * Return: 0, or a negated errno.
 */
int vm_run(const struct vm *vm, volatile struct co_run *run)
{
	return ioctl(vm->fd, CO_IOC_RUN, run) ? -errno : 0;
}

/**
 * vm_stats() - read the counters
 * @vm:		the machine
 * @stats:	filled in
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int vm_stats(const struct vm *vm, struct co_stats *stats, struct err *err)
{
	if (ioctl(vm->fd, CO_IOC_STATS, stats))
		return err_set(err, CO_DEVICE_PATH ": CO_IOC_STATS: %s",
			       strerror(errno));
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * One VM per open file: open, close and the ioctls of
 * include/colinux/ioctl.h.
 *
 * Each ioctl checks its argument, here or in the function it calls, before it
 * changes anything.
 */
#include <linux/fs.h>
#include <linux/sched/mm.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "vm.h"

/*
 * The monitor's address space ends, or the last file is closed. Ioctls come
 * from that address space alone, so none runs now or later, and the guest has
 * stopped.
 *
 * Unpin now, without waiting for the last close. Another process may hold the
 * file open, and the OOM killer counts the memory as free from now on.
 *
 * The lock serialises the end of the address space with the last close, as both
 * may come at once. The accounting stays until co_memory_release(): its mmput()
 * could be the last one, and would then wait for this very callback.
 */
static void vm_mm_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	struct co_vm *vm = container_of(notifier, struct co_vm, notifier);

	mutex_lock(&vm->lock);
	co_memory_unpin(&vm->memory);
	mutex_unlock(&vm->lock);
}

static const struct mmu_notifier_ops vm_mm_ops = {
	.release	= vm_mm_release,
};

static int vm_open(struct inode *inode, struct file *file)
{
	struct co_vm *vm;
	int err, i;

	/*
	 * A guest's kernel is unsigned code in ring 0. A locked-down host
	 * (Secure Boot) keeps root from loading such code; kexec_load() checks
	 * the same reason. The kernel logs the refusal.
	 */
	err = security_locked_down(LOCKDOWN_KEXEC);
	if (err)
		return err;

	vm = kvzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return -ENOMEM;

	mutex_init(&vm->lock);
	co_vcpu_init(&vm->vcpu, vm);
	for (i = 0; i < CO_NR_VIRQS; i++) {
		vm->irq[i].vm = vm;
		vm->irq[i].virq = i;
	}
	vm->notifier.ops = &vm_mm_ops;
	err = co_mmu_notifier_register(&vm->notifier, current->mm);
	if (err)
		goto out_free;
	mmgrab(current->mm);
	vm->mm = current->mm;
	file->private_data = vm;
	return 0;

out_free:
	kvfree(vm);
	/* Any signal interrupts the registration, even SIGSTOP. */
	return err == -EINTR ? -ERESTARTNOINTR : err;
}

static int vm_release(struct inode *inode, struct file *file)
{
	struct co_vm *vm = file->private_data;

	/* Events first: they use the vCPU. Memory last: the others use it. */
	co_event_release(vm);
	co_vcpu_destroy(&vm->vcpu);
	co_mmu_notifier_unregister(&vm->notifier, vm->mm);
	co_memory_release(&vm->memory);
	mmdrop(vm->mm);
	kvfree(vm);
	return 0;
}

static long vm_info(void __user *user)
{
	const struct co_info info = {
		.host_abi = CO_HOST_ABI,
		.guest_abi = CO_GUEST_ABI,
		.archs = BIT(CO_ARCH_I386) | BIT(CO_ARCH_X86_64),
		.max_vcpus = CO_MAX_VCPUS,
		.max_mem = CO_MAX_MEM,
	};

	return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
}

/* The arguments of vm_change(). */
union vm_arg {
	struct co_set_mem mem;
	struct co_kernel kernel;
	struct co_vcpu vcpu;
	struct co_kickfd kickfd;
	struct co_irqfd irqfd;
};

/* @cmd is one of these requests, so its size is that of a member of the union. */
static long vm_change(struct co_vm *vm, unsigned int cmd, void __user *user)
{
	union vm_arg arg;
	int err;

	if (copy_from_user(&arg, user, _IOC_SIZE(cmd)))
		return -EFAULT;

	mutex_lock(&vm->lock);
	switch (cmd) {
	case CO_IOC_SET_MEM:
		err = co_memory_set(vm, &arg.mem);
		break;
	case CO_IOC_KERNEL:
		err = co_kernel_load(vm, &arg.kernel);
		break;
	case CO_IOC_VCPU:
		err = co_vcpu_create(&vm->vcpu, &arg.vcpu);
		break;
	case CO_IOC_KICKFD:
		err = co_event_kickfd(vm, &arg.kickfd);
		break;
	default: /* CO_IOC_IRQFD */
		err = co_event_irqfd(vm, &arg.irqfd);
	}
	mutex_unlock(&vm->lock);

	if (cmd == CO_IOC_SET_MEM && copy_to_user(user, &arg.mem, sizeof(arg.mem)))
		return -EFAULT;
	return err;
}

static long vm_run(struct co_vm *vm, void __user *user)
{
	struct co_run *run;
	int err;

	run = kzalloc(sizeof(*run), GFP_KERNEL_ACCOUNT);
	if (!run)
		return -ENOMEM;
	err = -EFAULT;
	if (get_user(run->vcpu, (u32 __user *)user))
		goto out_free;
	err = -EINVAL;
	if (run->vcpu >= CO_MAX_VCPUS)
		goto out_free;

	err = co_vcpu_run(&vm->vcpu, run);
	if (copy_to_user(user, run, sizeof(*run)))
		err = -EFAULT;

out_free:
	kfree(run);
	return err;
}

static long vm_stats(struct co_vm *vm, void __user *user)
{
	struct co_stats stats = vm->vcpu.stats;

	stats.virq_dev = atomic64_read(&vm->vcpu.virq_dev);
	stats.pinned_pages = (u64)vm->memory.count * CO_CHUNK_PAGES;
	return copy_to_user(user, &stats, sizeof(stats)) ? -EFAULT : 0;
}

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct co_vm *vm = file->private_data;
	void __user *user = (void __user *)arg;

	if (current->mm != vm->mm)
		return -EIO;

	switch (cmd) {
	case CO_IOC_INFO:
		return vm_info(user);
	case CO_IOC_SET_MEM:
	case CO_IOC_KERNEL:
	case CO_IOC_VCPU:
	case CO_IOC_KICKFD:
	case CO_IOC_IRQFD:
		return vm_change(vm, cmd, user);
	case CO_IOC_RUN:
		return vm_run(vm, user);
	case CO_IOC_STATS:
		return vm_stats(vm, user);
	default:
		return -ENOTTY;
	}
}

const struct file_operations co_vm_fops = {
	.owner		= THIS_MODULE,
	.open		= vm_open,
	.release	= vm_release,
	.unlocked_ioctl	= vm_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * CO_IOC_KERNEL: check a guest's kernel image and load it into PPRAM.
 *
 * The image is copied from user space once. The module checks and loads that
 * copy alone. The monitor has checked the file before, to give better messages;
 * nothing here relies on that.
 */
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vm.h"

#define MAX_IMAGE	(256UL << 20)

struct image {
	const void *data;
	size_t size;
	const struct co_arch *arch;
	int segments;
};

static bool image_inside(const struct image *im, u64 offset, u64 len)
{
	return offset <= im->size && len <= im->size - offset;
}

/* Finds the coLinux note in a PT_NOTE segment. */
static bool image_find_note(const struct image *im, const struct co_segment *seg,
			    struct co_elf_note *note)
{
	u64 pos = seg->offset, end = pos + seg->filesz, name, desc;
	const struct elf32_note *n;	/* the same in both classes */

	if (!image_inside(im, seg->offset, seg->filesz))
		return false;
	while (pos + sizeof(*n) <= end && IS_ALIGNED(pos, sizeof(u32))) {
		n = im->data + pos;
		name = pos + sizeof(*n);
		desc = name + ALIGN((u64)n->n_namesz, 4);
		pos = desc + ALIGN((u64)n->n_descsz, 4);
		if (pos > end)
			return false;
		if (n->n_type == CO_NOTE_KERNEL &&
		    n->n_namesz == sizeof(CO_NOTE_NAME) &&
		    !memcmp(im->data + name, CO_NOTE_NAME,
			    sizeof(CO_NOTE_NAME)) &&
		    n->n_descsz == sizeof(*note)) {
			memcpy(note, im->data + desc, sizeof(*note));
			return true;
		}
	}
	return false;
}

static int read_note(const struct image *im, struct co_elf_note *note)
{
	struct co_segment seg;
	int i;

	for (i = 0; i < im->segments; i++) {
		im->arch->segment(im->data, i, &seg);
		if (seg.type == PT_NOTE && image_find_note(im, &seg, note))
			return 0;
	}
	return -ENOEXEC;
}

static int load_segment(const struct image *im, const struct co_segment *seg,
			const struct co_memory *mem)
{
	u64 top = min_t(u64, mem->size, CO_BOOT_MAP_MAX);

	if (!image_inside(im, seg->offset, seg->filesz) ||
	    seg->filesz > seg->memsz)
		return -ENOEXEC;
	if (seg->gpa > top || seg->memsz > top - seg->gpa)
		return -ERANGE;

	co_memory_write(mem, seg->gpa, im->data + seg->offset, seg->filesz);
	co_memory_write(mem, seg->gpa + seg->filesz, NULL,
			seg->memsz - seg->filesz);
	return 0;
}

/* Finds out the architecture. */
static int image_headers(struct image *im)
{
	static const struct co_arch *const archs[] = { &co_i386, &co_x86_64 };
	int i;

	for (i = 0; i < ARRAY_SIZE(archs); i++) {
		im->arch = archs[i];
		im->segments = im->arch->headers(im->data, im->size);
		if (im->segments > 0)
			return 0;
	}
	return -ENOEXEC;
}

static int load_image(struct image *im, struct co_vm *vm)
{
	struct co_elf_note note;
	struct co_segment seg;
	int err, i;

	err = co_kernel_allowed(im->data, im->size);
	if (err)
		return err;
	err = image_headers(im);
	if (err)
		return err;
	err = read_note(im, &note);
	if (err)
		return err;
	if (note.abi != CO_GUEST_ABI)
		return -EPROTO;
	if (note.arch != im->arch->id)
		return -EOPNOTSUPP;

	for (i = 0; i < im->segments; i++) {
		im->arch->segment(im->data, i, &seg);
		if (seg.type != PT_LOAD)
			continue;
		err = load_segment(im, &seg, &vm->memory);
		if (err)
			return err;
		cond_resched();
	}
	vm->arch = im->arch;
	vm->note = note;
	return 0;
}

/**
 * co_kernel_load() - CO_IOC_KERNEL
 * @vm:		the VM; its lock is held
 * @arg:	the ioctl's argument, unchecked
 *
 * Return: 0, -EBUSY before CO_IOC_SET_MEM or after CO_IOC_VCPU, or another error
 * as the ABI says.
 */
int co_kernel_load(struct co_vm *vm, const struct co_kernel *arg)
{
	struct image im = { .size = arg->size };
	void *copy;
	int err;

	if (!vm->memory.size || vm->vcpu.state != CO_VCPU_NONE)
		return -EBUSY;
	if (!arg->size || arg->size > MAX_IMAGE)
		return -EFBIG;

	copy = kvmalloc(arg->size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	im.data = copy;
	err = -EFAULT;
	if (!copy_from_user(copy, u64_to_user_ptr(arg->user_addr), arg->size))
		err = load_image(&im, vm);
	kvfree(copy);
	return err;
}

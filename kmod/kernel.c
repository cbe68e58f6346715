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
#define MAX_SEGMENTS	32

struct image {
	const void *data;
	size_t size;
	const struct elf32_hdr *hdr;
	const struct elf32_phdr *phdr;
};

static bool image_inside(const struct image *im, u64 offset, u64 len)
{
	return offset <= im->size && len <= im->size - offset;
}

static int check_headers(struct image *im)
{
	const struct elf32_hdr *h = im->data;

	if (!image_inside(im, 0, sizeof(*h)) ||
	    memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    h->e_ident[EI_CLASS] != ELFCLASS32 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB ||
	    h->e_machine != EM_386 ||
	    h->e_phentsize != sizeof(*im->phdr) ||
	    !h->e_phnum || h->e_phnum > MAX_SEGMENTS ||
	    !IS_ALIGNED(h->e_phoff, sizeof(u32)) ||
	    !image_inside(im, h->e_phoff, h->e_phnum * sizeof(*im->phdr)))
		return -ENOEXEC;

	im->hdr = h;
	im->phdr = im->data + h->e_phoff;
	return 0;
}

/* Finds the coLinux note in a PT_NOTE segment. */
static bool image_find_note(const struct image *im, const struct elf32_phdr *ph,
			    struct co_elf_note *note)
{
	u64 pos = ph->p_offset, end = pos + ph->p_filesz, name, desc;
	const struct elf32_note *n;

	if (!image_inside(im, ph->p_offset, ph->p_filesz))
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
	int i;

	for (i = 0; i < im->hdr->e_phnum; i++)
		if (im->phdr[i].p_type == PT_NOTE &&
		    image_find_note(im, &im->phdr[i], note))
			return 0;
	return -ENOEXEC;
}

static int load_segment(const struct image *im, const struct elf32_phdr *ph,
			const struct co_memory *mem)
{
	u64 top = min_t(u64, mem->size, CO_BOOT_MAP_MAX);

	if (!image_inside(im, ph->p_offset, ph->p_filesz) ||
	    ph->p_filesz > ph->p_memsz)
		return -ENOEXEC;
	if (ph->p_paddr > top || ph->p_memsz > top - ph->p_paddr)
		return -ERANGE;

	co_memory_write(mem, ph->p_paddr, im->data + ph->p_offset,
			ph->p_filesz);
	co_memory_write(mem, (u64)ph->p_paddr + ph->p_filesz, NULL,
			ph->p_memsz - ph->p_filesz);
	return 0;
}

static int load_image(struct image *im, struct co_vm *vm)
{
	struct co_elf_note note;
	int err, i;

	err = co_kernel_allowed(im->data, im->size);
	if (err)
		return err;
	err = check_headers(im);
	if (err)
		return err;
	err = read_note(im, &note);
	if (err)
		return err;
	if (note.abi != CO_GUEST_ABI)
		return -EPROTO;
	if (note.arch != CO_ARCH_I386)
		return -EOPNOTSUPP;

	for (i = 0; i < im->hdr->e_phnum; i++) {
		if (im->phdr[i].p_type != PT_LOAD)
			continue;
		err = load_segment(im, &im->phdr[i], &vm->memory);
		if (err)
			return err;
		cond_resched();
	}
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

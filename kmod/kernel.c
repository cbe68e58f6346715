// SPDX-License-Identifier: GPL-2.0
/*
 * CO_IOC_KERNEL: check a guest's kernel image and load it into PPRAM.
 *
 * The image is copied from user space once. The module checks and loads that
 * copy alone. The monitor has checked the file before, to give better messages;
 * nothing here relies on that.
 *
 * Headers of 32-bit files become those of 64-bit files as they are read. So the same
 * code checks both.
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

/**
 * struct image - a kernel image
 * @data:	the module's copy
 * @size:	its bytes
 * @arch:	its architecture
 * @phoff:	offset of its program headers, which are inside
 * @segments:	number of program headers
 */
struct image {
	const void *data;
	size_t size;
	const struct co_arch *arch;
	u64 phoff;
	int segments;
};

static bool image_inside(const struct image *im, u64 offset, u64 len)
{
	return offset <= im->size && len <= im->size - offset;
}

static size_t image_phentsize(const struct image *im)
{
	return im->arch->elf_class == ELFCLASS32 ? sizeof(struct elf32_phdr) :
						   sizeof(struct elf64_phdr);
}

/* Reads the ELF header. */
static int image_header(struct image *im)
{
	static const struct co_arch *const archs[] = { &co_i386, &co_x86_64 };
	const struct elf32_hdr *h32 = im->data;
	const struct elf64_hdr *h = im->data;
	bool is_32;
	int i;

	/* Both classes are alike up to e_machine. No kernel is smaller than this. */
	if (im->size < sizeof(*h) || memcmp(h->e_ident, ELFMAG, SELFMAG) ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB)
		return -ENOEXEC;
	for (i = 0; i < ARRAY_SIZE(archs); i++)
		if (archs[i]->elf_class == h->e_ident[EI_CLASS] &&
		    archs[i]->elf_machine == h->e_machine)
			im->arch = archs[i];
	if (!im->arch)
		return -ENOEXEC;

	is_32 = im->arch->elf_class == ELFCLASS32;
	im->phoff = is_32 ? h32->e_phoff : h->e_phoff;
	im->segments = is_32 ? h32->e_phnum : h->e_phnum;
	if ((is_32 ? h32->e_phentsize : h->e_phentsize) != image_phentsize(im) ||
	    !im->segments || im->segments > MAX_SEGMENTS ||
	    !image_inside(im, im->phoff, im->segments * image_phentsize(im)))
		return -ENOEXEC;
	return 0;
}

/* Reads program header @i. */
static void image_segment(const struct image *im, int i, struct elf64_phdr *seg)
{
	const void *at = im->data + im->phoff + i * image_phentsize(im);
	struct elf32_phdr seg32;

	if (im->arch->elf_class == ELFCLASS64) {
		memcpy(seg, at, sizeof(*seg));
		return;
	}
	memcpy(&seg32, at, sizeof(seg32));
	*seg = (struct elf64_phdr) {
		.p_type = seg32.p_type,
		.p_offset = seg32.p_offset,
		.p_paddr = seg32.p_paddr,
		.p_filesz = seg32.p_filesz,
		.p_memsz = seg32.p_memsz,
	};
}

/* Finds the coLinux note in a PT_NOTE segment. */
static bool image_find_note(const struct image *im, const struct elf64_phdr *seg,
			    struct co_elf_note *note)
{
	u64 pos = seg->p_offset, end = pos + seg->p_filesz, name, desc;
	const struct elf32_note *n;	/* the same in both classes */

	if (!image_inside(im, seg->p_offset, seg->p_filesz))
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
	struct elf64_phdr seg;
	int i;

	for (i = 0; i < im->segments; i++) {
		image_segment(im, i, &seg);
		if (seg.p_type == PT_NOTE && image_find_note(im, &seg, note))
			return 0;
	}
	return -ENOEXEC;
}

static int load_segment(const struct image *im, const struct elf64_phdr *seg,
			const struct co_memory *mem)
{
	u64 top = min_t(u64, mem->size, CO_BOOT_MAP_MAX);

	if (!image_inside(im, seg->p_offset, seg->p_filesz) ||
	    seg->p_filesz > seg->p_memsz)
		return -ENOEXEC;
	if (seg->p_paddr > top || seg->p_memsz > top - seg->p_paddr)
		return -ERANGE;

	co_memory_write(mem, seg->p_paddr, im->data + seg->p_offset, seg->p_filesz);
	co_memory_write(mem, seg->p_paddr + seg->p_filesz, NULL,
			seg->p_memsz - seg->p_filesz);
	return 0;
}

static int load_image(struct image *im, struct co_vm *vm)
{
	struct co_elf_note note;
	struct elf64_phdr seg;
	int err, i;

	err = co_kernel_allowed(im->data, im->size);
	if (err)
		return err;
	err = image_header(im);
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
		image_segment(im, i, &seg);
		if (seg.p_type != PT_LOAD)
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The guest kernel: parses and checks an ELF file in memory. See kernel.h.
 *
 * The file is untrusted. Each offset and size is checked before it is used, so that no
 * sum of them wraps. Structures are copied out, because they may not be aligned in the
 * file. Headers of ELF32 become those of ELF64 as they are copied. So one code path
 * checks both.
 */
#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "common/arch.h"
#include "kernel.h"

#define PAGE_SIZE	4096
#define GIB		(1ULL << 30)

/**
 * struct kernel_arch - what ELF files of an architecture have in common
 * @arch:	CO_ARCH_*
 * @class:	ELFCLASS*
 * @machine:	EM_*
 * @phentsize:	bytes of a program header
 * @min_base:	lowest virt_base
 * @max_base:	highest one
 */
struct kernel_arch {
	unsigned int arch;
	unsigned char class;
	Elf64_Half machine;
	Elf64_Half phentsize;
	uint64_t min_base;
	uint64_t max_base;
};

static const struct kernel_arch kernel_archs[] = {
	{ CO_ARCH_I386, ELFCLASS32, EM_386, sizeof(Elf32_Phdr),
	  GIB, UINT32_MAX },
	{ CO_ARCH_X86_64, ELFCLASS64, EM_X86_64, sizeof(Elf64_Phdr),
	  CO_VIRT_BASE_MIN, UINT64_MAX },
};

/* Is [off, off + len) inside the file? */
static bool kernel_inside(size_t size, uint64_t off, uint64_t len)
{
	return off <= size && len <= size - off;
}

/* Copy the ELF header. Return: false if the file is too short. */
static bool kernel_header(Elf64_Ehdr *eh, const uint8_t *file, size_t size)
{
	Elf32_Ehdr eh32;

	if (file[EI_CLASS] == ELFCLASS64) {
		if (size < sizeof(*eh))
			return false;
		memcpy(eh, file, sizeof(*eh));
		return true;
	}
	if (size < sizeof(eh32))
		return false;
	memcpy(&eh32, file, sizeof(eh32));
	*eh = (Elf64_Ehdr) {
		.e_type = eh32.e_type,
		.e_machine = eh32.e_machine,
		.e_phoff = eh32.e_phoff,
		.e_phentsize = eh32.e_phentsize,
		.e_phnum = eh32.e_phnum,
	};
	return true;
}

/* Copy program header @i, which is inside the file. */
static Elf64_Phdr kernel_phdr(const Elf64_Ehdr *eh, const uint8_t *file,
			      unsigned int i)
{
	const uint8_t *at = file + eh->e_phoff + (size_t)i * eh->e_phentsize;
	Elf32_Phdr ph32;
	Elf64_Phdr ph;

	if (eh->e_phentsize == sizeof(ph)) {
		memcpy(&ph, at, sizeof(ph));
		return ph;
	}
	memcpy(&ph32, at, sizeof(ph32));
	return (Elf64_Phdr) {
		.p_type = ph32.p_type,
		.p_offset = ph32.p_offset,
		.p_paddr = ph32.p_paddr,
		.p_filesz = ph32.p_filesz,
		.p_memsz = ph32.p_memsz,
	};
}

static const struct kernel_arch *kernel_find_arch(const uint8_t *ident,
						  Elf64_Half machine)
{
	for (size_t i = 0; i < sizeof(kernel_archs) / sizeof(kernel_archs[0]); i++)
		if (kernel_archs[i].class == ident[EI_CLASS] &&
		    kernel_archs[i].machine == machine)
			return &kernel_archs[i];
	return NULL;
}

/* Return: the file's architecture, NULL for a file that is no kernel. */
static const struct kernel_arch *kernel_check_header(Elf64_Ehdr *eh,
						     const uint8_t *file,
						     size_t size,
						     struct err *err)
{
	const struct kernel_arch *arch;

	if (size < EI_NIDENT || memcmp(file, ELFMAG, SELFMAG)) {
		err_set(err, "not an ELF file: name the guest's vmlinux, not a bzImage");
		return NULL;
	}
	if ((file[EI_CLASS] != ELFCLASS32 && file[EI_CLASS] != ELFCLASS64) ||
	    file[EI_DATA] != ELFDATA2LSB || file[EI_VERSION] != EV_CURRENT) {
		err_set(err, "an ELF file of another class, byte order or version: name a guest kernel built for i386 or x86_64");
		return NULL;
	}
	if (!kernel_header(eh, file, size)) {
		err_set(err, "truncated in its ELF header: copy or build it again");
		return NULL;
	}
	arch = kernel_find_arch(file, eh->e_machine);
	if (!arch) {
		err_set(err, "built for another architecture (ELF machine %u, %u bits): name a guest kernel built for i386 or x86_64",
			eh->e_machine, file[EI_CLASS] * 32);
		return NULL;
	}
	if (eh->e_type != ET_EXEC) {
		err_set(err, "not an executable ELF file (type %u): name the guest's vmlinux",
			eh->e_type);
		return NULL;
	}
	if (!eh->e_phnum || eh->e_phentsize != arch->phentsize) {
		err_set(err, "has no program headers: name the guest's vmlinux");
		return NULL;
	}
	if (!kernel_inside(size, eh->e_phoff,
			   (uint64_t)eh->e_phnum * eh->e_phentsize)) {
		err_set(err, "truncated in its program headers: copy or build it again");
		return NULL;
	}
	return arch;
}

static int add_segment(struct kernel *k, const Elf64_Phdr *ph, size_t size,
		       struct err *err)
{
	const unsigned long long paddr = ph->p_paddr;
	struct kernel_seg seg = {
		.offset = ph->p_offset,
		.filesz = ph->p_filesz,
		.gpa = ph->p_paddr,
		.memsz = ph->p_memsz,
	};

	if (seg.filesz > seg.memsz)
		return err_set(err, "segment at %#llx has more contents than memory: build it again",
			       paddr);
	if (!seg.memsz)
		return 0;
	if (!kernel_inside(size, seg.offset, seg.filesz))
		return err_set(err, "truncated: segment at %#llx needs %llu bytes from %llu on, the file has %zu: copy or build it again",
			       paddr, (unsigned long long)seg.filesz,
			       (unsigned long long)seg.offset, size);
	if (seg.memsz > CO_BOOT_MAP_MAX ||
	    seg.gpa > CO_BOOT_MAP_MAX - seg.memsz)
		return err_set(err, "segment at %#llx ends above %u MiB, where a kernel must lie: build it again",
			       paddr, CO_BOOT_MAP_MAX >> 20);
	for (unsigned int i = 0; i < k->nr_segs; i++) {
		const struct kernel_seg *s = &k->segs[i];

		if (seg.gpa < s->gpa + s->memsz && s->gpa < seg.gpa + seg.memsz)
			return err_set(err, "segments at %#llx and %#llx overlap: build it again",
				       paddr, (unsigned long long)s->gpa);
	}
	if (k->nr_segs == KERNEL_MAX_SEGS)
		return err_set(err, "has more than %d segments: name the guest's vmlinux",
			       KERNEL_MAX_SEGS);
	if (!k->nr_segs || seg.gpa < k->start)
		k->start = seg.gpa;
	if (seg.gpa + seg.memsz > k->end)
		k->end = seg.gpa + seg.memsz;
	k->segs[k->nr_segs++] = seg;
	return 0;
}

/*
 * Search a PT_NOTE segment for the coLinux note.
 * Return: 1 if it is there, 0 if not, -1 if it is invalid.
 */
static int kernel_find_note(struct kernel *k, const uint8_t *file, size_t size,
			    const Elf64_Phdr *ph, struct err *err)
{
	uint64_t off = ph->p_offset, end;

	if (!kernel_inside(size, off, ph->p_filesz))
		return err_set(err, "truncated in its notes: copy or build it again");
	end = off + ph->p_filesz;
	while (end - off >= sizeof(Elf64_Nhdr)) {
		uint64_t name, desc;
		Elf64_Nhdr nh;

		memcpy(&nh, file + off, sizeof(nh));
		name = off + sizeof(nh);
		desc = name + (((uint64_t)nh.n_namesz + 3) & ~3ULL);
		off = desc + (((uint64_t)nh.n_descsz + 3) & ~3ULL);
		/* The last descriptor may lack its padding. */
		if (desc > end || nh.n_descsz > end - desc)
			return 0;
		if (nh.n_type == CO_NOTE_KERNEL &&
		    nh.n_namesz == sizeof(CO_NOTE_NAME) &&
		    !memcmp(file + name, CO_NOTE_NAME, sizeof(CO_NOTE_NAME))) {
			/* The ABI, its first field, defines the other fields. */
			if (nh.n_descsz < sizeof(k->note.abi))
				return err_set(err, "its coLinux note is too short: build it again");
			memcpy(&k->note, file + desc,
			       nh.n_descsz < sizeof(k->note) ?
			       nh.n_descsz : sizeof(k->note));
			if (k->note.abi == CO_GUEST_ABI &&
			    nh.n_descsz != sizeof(k->note))
				return err_set(err, "its coLinux note is %u bytes long, not %zu: build it again",
					       nh.n_descsz, sizeof(k->note));
			return 1;
		}
		if (off > end)
			return 0;
	}
	return 0;
}

static bool kernel_good_passage(const struct co_elf_note *n)
{
	if (n->arch == CO_ARCH_X86_64)
		return !n->passage_va;
	return n->passage_va <= UINT32_MAX && n->passage_va >= n->virt_base &&
	       !(n->passage_va % PAGE_SIZE);
}

static int kernel_check_note(const struct kernel *k,
			     const struct kernel_arch *arch, struct err *err)
{
	const struct co_elf_note *n = &k->note;
	uint64_t entry = n->entry - n->virt_base;

	if (n->abi != CO_GUEST_ABI)
		return err_set(err, "built for guest ABI %u, this monitor has %u: take a kernel and a monitor of one build",
			       n->abi, CO_GUEST_ABI);
	if (n->arch != arch->arch)
		return err_set(err, "its note says architecture %u, its ELF header %s (%u): build it again",
			       n->arch, arch_name(arch->arch), arch->arch);
	if (n->virt_base < arch->min_base || n->virt_base > arch->max_base ||
	    n->virt_base % GIB)
		return err_set(err, "its note has a bad base address %#llx: build it again",
			       (unsigned long long)n->virt_base);
	if (!kernel_good_passage(n))
		return err_set(err, "its note has a bad passage address %#llx: build it again",
			       (unsigned long long)n->passage_va);
	for (unsigned int i = 0; i < k->nr_segs; i++)
		if (entry >= k->segs[i].gpa &&
		    entry < k->segs[i].gpa + k->segs[i].filesz)
			return 0;
	return err_set(err, "its entry point %#llx is in none of its segments: build it again",
		       (unsigned long long)n->entry);
}

/**
 * kernel_parse() - check a kernel file
 * @k:		filled in
 * @file:	its contents
 * @size:	their bytes
 * @err:	the error in the file; the caller adds its name
 *
 * Return: 0 or -1.
 */
int kernel_parse(struct kernel *k, const void *file, size_t size,
		 struct err *err)
{
	const struct kernel_arch *arch;
	bool noted = false;
	Elf64_Ehdr eh;

	*k = (struct kernel) { 0 };
	arch = kernel_check_header(&eh, file, size, err);
	if (!arch)
		return -1;

	for (unsigned int i = 0; i < eh.e_phnum; i++) {
		Elf64_Phdr ph = kernel_phdr(&eh, file, i);
		int ret = 0;

		if (ph.p_type == PT_LOAD)
			ret = add_segment(k, &ph, size, err);
		else if (ph.p_type == PT_NOTE && !noted)
			ret = kernel_find_note(k, file, size, &ph, err);
		if (ret < 0)
			return -1;
		noted |= ret > 0;
	}
	if (!noted)
		return err_set(err, "has no coLinux note: a kernel of another system, or of the first coLinux: leave kernel= out, or name a guest kernel");
	if (!k->nr_segs)
		return err_set(err, "has no segment to load: build it again");
	return kernel_check_note(k, arch, err);
}

/**
 * kernel_check_mem() - can the kernel use so much memory?
 * @k:		the kernel, parsed
 * @mem:	bytes of PPRAM
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int kernel_check_mem(const struct kernel *k, uint64_t mem, struct err *err)
{
	if (k->note.arch != CO_ARCH_I386 || mem <= KERNEL_I386_MEM)
		return 0;
	return err_set(err, "mem=%llu: more than an i386 kernel can use (%llu MiB): give less mem=, or an x86_64 kernel",
		       (unsigned long long)(mem >> 20), KERNEL_I386_MEM >> 20);
}

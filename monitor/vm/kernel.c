// SPDX-License-Identifier: GPL-2.0
/*
 * The guest kernel: parses and checks an ELF file in memory. See kernel.h.
 *
 * The file is untrusted. Each offset and size is compared with the size of the file
 * before it is used. They have 64 bits here and 32 in the file, so their sums cannot
 * wrap. Structures are copied out, because they may not be aligned in the file.
 *
 * Only ELF32 files for i386 guests are accepted.
 */
#include <elf.h>
#include <stdbool.h>
#include <string.h>

#include "kernel.h"

#define PAGE_SIZE	4096
#define GIB		(1ULL << 30)

/* Is [off, off + len) inside the file? */
static bool kernel_inside(size_t size, uint64_t off, uint64_t len)
{
	return off <= size && len <= size - off;
}

static int kernel_check_header(const Elf32_Ehdr *eh, size_t size, struct err *err)
{
	if (size < EI_NIDENT || memcmp(eh->e_ident, ELFMAG, SELFMAG))
		return err_set(err, "not an ELF file: name the guest's vmlinux, not a bzImage");
	if (eh->e_ident[EI_CLASS] != ELFCLASS32)
		return err_set(err, "not a 32-bit ELF file: name a guest kernel built for i386");
	if (eh->e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh->e_ident[EI_VERSION] != EV_CURRENT)
		return err_set(err, "an ELF file of another byte order or version: name a guest kernel built for i386");
	if (size < sizeof(*eh))
		return err_set(err, "truncated in its ELF header: copy or build it again");
	if (eh->e_machine != EM_386)
		return err_set(err, "built for another architecture (ELF machine %u): name a guest kernel built for i386",
			       eh->e_machine);
	if (eh->e_type != ET_EXEC)
		return err_set(err, "not an executable ELF file (type %u): name the guest's vmlinux",
			       eh->e_type);
	if (!eh->e_phnum || eh->e_phentsize != sizeof(Elf32_Phdr))
		return err_set(err, "has no program headers: name the guest's vmlinux");
	if (!kernel_inside(size, eh->e_phoff,
			   (uint64_t)eh->e_phnum * sizeof(Elf32_Phdr)))
		return err_set(err, "truncated in its program headers: copy or build it again");
	return 0;
}

static int add_segment(struct kernel *k, const Elf32_Phdr *ph, size_t size,
		       struct err *err)
{
	struct kernel_seg seg = {
		.offset = ph->p_offset,
		.filesz = ph->p_filesz,
		.gpa = ph->p_paddr,
		.memsz = ph->p_memsz,
	};

	if (seg.filesz > seg.memsz)
		return err_set(err, "segment at %#x has more contents than memory: build it again",
			       ph->p_paddr);
	if (!seg.memsz)
		return 0;
	if (!kernel_inside(size, seg.offset, seg.filesz))
		return err_set(err, "truncated: segment at %#x needs %llu bytes, the file has %zu: copy or build it again",
			       ph->p_paddr,
			       (unsigned long long)(seg.offset + seg.filesz),
			       size);
	if (seg.gpa + seg.memsz > CO_BOOT_MAP_MAX)
		return err_set(err, "segment at %#x ends above %u MiB, where a kernel must lie: build it again",
			       ph->p_paddr, CO_BOOT_MAP_MAX >> 20);
	for (unsigned int i = 0; i < k->nr_segs; i++) {
		const struct kernel_seg *s = &k->segs[i];

		if (seg.gpa < s->gpa + s->memsz && s->gpa < seg.gpa + seg.memsz)
			return err_set(err, "segments at %#x and %#llx overlap: build it again",
				       ph->p_paddr, (unsigned long long)s->gpa);
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
			    const Elf32_Phdr *ph, struct err *err)
{
	uint64_t off = ph->p_offset, end = off + ph->p_filesz;

	if (!kernel_inside(size, off, ph->p_filesz))
		return err_set(err, "truncated in its notes: copy or build it again");
	while (end - off >= sizeof(Elf32_Nhdr)) {
		uint64_t name, desc;
		Elf32_Nhdr nh;

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

static int kernel_check_note(const struct kernel *k, struct err *err)
{
	const struct co_elf_note *n = &k->note;
	uint64_t entry = n->entry - n->virt_base;

	if (n->abi != CO_GUEST_ABI)
		return err_set(err, "built for guest ABI %u, this monitor has %u: take a kernel and a monitor of one build",
			       n->abi, CO_GUEST_ABI);
	if (n->arch != CO_ARCH_I386)
		return err_set(err, "its note says architecture %u, its ELF header i386 (%u): build it again",
			       n->arch, CO_ARCH_I386);
	if (!n->virt_base || n->virt_base > UINT32_MAX || n->virt_base % GIB)
		return err_set(err, "its note has a bad base address %#llx: build it again",
			       (unsigned long long)n->virt_base);
	if (n->passage_va > UINT32_MAX || n->passage_va < n->virt_base ||
	    n->passage_va % PAGE_SIZE)
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
	const uint8_t *bytes = file;
	Elf32_Ehdr eh = { 0 };
	bool noted = false;

	*k = (struct kernel) { 0 };
	memcpy(&eh, file, size < sizeof(eh) ? size : sizeof(eh));
	if (kernel_check_header(&eh, size, err))
		return -1;

	for (unsigned int i = 0; i < eh.e_phnum; i++) {
		Elf32_Phdr ph;
		int ret = 0;

		memcpy(&ph, bytes + eh.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_LOAD)
			ret = add_segment(k, &ph, size, err);
		else if (ph.p_type == PT_NOTE && !noted)
			ret = kernel_find_note(k, bytes, size, &ph, err);
		if (ret < 0)
			return -1;
		noted |= ret > 0;
	}
	if (!noted)
		return err_set(err, "has no coLinux note: a kernel of another system, or of the first coLinux: leave kernel= out, or name a guest kernel");
	if (!k->nr_segs)
		return err_set(err, "has no segment to load: build it again");
	return kernel_check_note(k, err);
}

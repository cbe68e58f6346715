// SPDX-License-Identifier: GPL-2.0
/*
 * The ELF loader, with hand-made files of each architecture: each possible error, and a
 * valid file cut at every length.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "vm/kernel.h"

#define BASE_32		0xc0000000u
#define BASE_64		0xffffffff80000000u
#define TEXT_GPA	0x100000u
#define DATA_GPA	0x102000u

struct note {
	Elf64_Nhdr nh;
	char name[8];
	struct co_elf_note desc;
} __attribute__((packed));

/*
 * A valid kernel; the tests damage it. In a file of ELF32, make_file() writes smaller
 * headers in the place of these.
 */
static struct image {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[3];
	struct note other;
	struct note note;
	uint8_t text[600];
	uint8_t data[104];
} img;

enum { TEXT, DATA, NOTE };

static uint64_t base;
static struct kernel kernel;
static struct err err;

static void setup(unsigned char class, Elf64_Half machine, Elf64_Half phentsize)
{
	memset(&img, 0, sizeof(img));
	img.eh = (Elf64_Ehdr) {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, class,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = machine,
		.e_phoff = offsetof(struct image, ph),
		.e_phentsize = phentsize,
		.e_phnum = 3,
	};
	img.ph[TEXT] = (Elf64_Phdr) {
		.p_type = PT_LOAD,
		.p_offset = offsetof(struct image, text),
		.p_paddr = TEXT_GPA,
		.p_filesz = sizeof(img.text),
		.p_memsz = sizeof(img.text),
	};
	img.ph[DATA] = (Elf64_Phdr) {
		.p_type = PT_LOAD,
		.p_offset = offsetof(struct image, data),
		.p_paddr = DATA_GPA,
		.p_filesz = sizeof(img.data),
		.p_memsz = 5000,
	};
	img.ph[NOTE] = (Elf64_Phdr) {
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct image, other),
		.p_filesz = 2 * sizeof(struct note),
	};
	img.other = img.note = (struct note) {
		.nh = {
			.n_namesz = sizeof(CO_NOTE_NAME),
			.n_descsz = sizeof(struct co_elf_note),
			.n_type = CO_NOTE_KERNEL,
		},
		.name = CO_NOTE_NAME,
		.desc = {
			.abi = CO_GUEST_ABI,
			.entry = base + TEXT_GPA + 16,
			.virt_base = base,
		},
	};
	strcpy(img.other.name, "coOther");
	memset(img.text, 0x11, sizeof(img.text));
	memset(img.data, 0x22, sizeof(img.data));
	err.text[0] = '\0';
}

static void setup_i386(void)
{
	base = BASE_32;
	setup(ELFCLASS32, EM_386, sizeof(Elf32_Phdr));
	img.note.desc.arch = CO_ARCH_I386;
	img.note.desc.passage_va = 0xffe00000;
}

static void setup_x86_64(void)
{
	base = BASE_64;
	setup(ELFCLASS64, EM_X86_64, sizeof(Elf64_Phdr));
	img.note.desc.arch = CO_ARCH_X86_64;
	img.note.desc.flags = CO_NOTE_F_5LEVEL;
}

/* Make the file of @img. */
static void make_file(uint8_t *file)
{
	Elf32_Ehdr eh = {
		.e_type = img.eh.e_type,
		.e_machine = img.eh.e_machine,
		.e_phoff = img.eh.e_phoff,
		.e_phentsize = img.eh.e_phentsize,
		.e_phnum = img.eh.e_phnum,
	};

	memcpy(file, &img, sizeof(img));
	if (img.eh.e_ident[EI_CLASS] == ELFCLASS64)
		return;
	memcpy(eh.e_ident, img.eh.e_ident, EI_NIDENT);
	memcpy(file, &eh, sizeof(eh));
	for (size_t i = 0; i < 3; i++) {
		const Elf32_Phdr ph = {
			.p_type = img.ph[i].p_type,
			.p_offset = img.ph[i].p_offset,
			.p_paddr = img.ph[i].p_paddr,
			.p_filesz = img.ph[i].p_filesz,
			.p_memsz = img.ph[i].p_memsz,
		};

		memcpy(file + offsetof(struct image, ph) + i * sizeof(ph), &ph,
		       sizeof(ph));
	}
}

/* Parse a copy of exactly @size bytes: the sanitizer finds accesses beyond its end. */
static int parse_file(const uint8_t *file, size_t size)
{
	void *copy = calloc(1, size ? size : 1);
	int ret;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, file, size);
	ret = kernel_parse(&kernel, copy, size, &err);
	free(copy);
	return ret;
}

static int parse_bytes(size_t size)
{
	uint8_t file[sizeof(img)];

	make_file(file);
	return parse_file(file, size);
}

static void ck_refused(const char *why)
{
	ck_assert_int_eq(parse_bytes(sizeof(img)), -1);
	if (!strstr(err.text, why))
		ck_abort_msg("'%s' is not in '%s'", why, err.text);
}

START_TEST(good)
{
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
	ck_assert_uint_eq(kernel.start, TEXT_GPA);
	ck_assert_uint_eq(kernel.end, DATA_GPA + 5000);
	ck_assert_uint_eq(kernel.note.arch, img.note.desc.arch);
	ck_assert_uint_eq(kernel.note.entry, base + TEXT_GPA + 16);
	ck_assert_uint_eq(kernel.segs[1].filesz, sizeof(img.data));
}
END_TEST

/* A file cut at any length is refused, and never read beyond its end. */
START_TEST(cut)
{
	for (size_t size = 0; size < sizeof(img); size++)
		ck_assert_int_eq(parse_bytes(size), -1);
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
}
END_TEST

START_TEST(cut_messages)
{
	ck_assert_int_eq(parse_bytes(0), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not an ELF file"));
	ck_assert_int_eq(parse_bytes(20), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "truncated in its ELF header"));
	ck_assert_int_eq(parse_bytes(offsetof(struct image, ph)), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "truncated in its program headers"));
	ck_assert_int_eq(parse_bytes(sizeof(img) - 1), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "truncated: segment at 0x102000"));
}
END_TEST

/* No value of any byte of headers and notes may cause a crash. */
START_TEST(every_byte)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	uint8_t file[sizeof(img)];

	make_file(file);
	for (size_t i = 0; i < offsetof(struct image, text); i++) {
		uint8_t old = file[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			file[i] = values[v];
			if (!parse_file(file, sizeof(img)))
				ck_assert_uint_le(kernel.end, CO_BOOT_MAP_MAX);
		}
		file[i] = old;
	}
}
END_TEST

START_TEST(no_elf)
{
	img.eh.e_ident[0] = 'M';
	ck_refused("not an ELF file: name the guest's vmlinux");
}
END_TEST

START_TEST(wrong_class)
{
	img.eh.e_ident[EI_CLASS] = 3;
	ck_refused("an ELF file of another class");
	img.eh.e_ident[EI_CLASS] = ELFCLASSNONE;
	ck_refused("an ELF file of another class");
}
END_TEST

START_TEST(wrong_order)
{
	img.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	ck_refused("an ELF file of another class, byte order or version");
}
END_TEST

START_TEST(wrong_arch)
{
	img.eh.e_machine = EM_ARM;
	ck_refused("built for another architecture (ELF machine 40, ");
}
END_TEST

/* The class of one architecture with the machine of the other: x32, for example. */
START_TEST(mixed_i386)
{
	img.eh.e_machine = EM_X86_64;
	ck_refused("built for another architecture (ELF machine 62, 32 bits)");
}
END_TEST

START_TEST(mixed_x86_64)
{
	img.eh.e_machine = EM_386;
	ck_refused("built for another architecture (ELF machine 3, 64 bits)");
}
END_TEST

START_TEST(wrong_type)
{
	img.eh.e_type = ET_DYN;
	ck_refused("not an executable ELF file (type 3)");
}
END_TEST

START_TEST(no_headers)
{
	img.eh.e_phnum = 0;
	ck_refused("has no program headers");
	img.eh.e_phnum = 3;
	img.eh.e_phentsize--;
	ck_refused("has no program headers");
}
END_TEST

START_TEST(headers_outside)
{
	img.eh.e_phoff = 0xfffffff0;
	ck_refused("truncated in its program headers");
}
END_TEST

/* Numbers whose sums wrap in 64 bits. */
START_TEST(headers_wrap)
{
	img.eh.e_phoff = UINT64_MAX - 2 * sizeof(Elf64_Phdr);
	ck_refused("truncated in its program headers");
}
END_TEST

START_TEST(note_wraps)
{
	img.ph[NOTE].p_offset = UINT64_MAX - 8;
	ck_refused("truncated in its notes");
	img.ph[NOTE].p_offset = offsetof(struct image, other);
	img.ph[NOTE].p_filesz = UINT64_MAX;
	ck_refused("truncated in its notes");
}
END_TEST

START_TEST(segment_wraps)
{
	img.ph[DATA].p_offset = UINT64_MAX - 50;
	ck_refused("truncated: segment at 0x102000 needs 104 bytes from 18446744073709551565 on");
	img.ph[DATA].p_offset = offsetof(struct image, data);
	img.ph[DATA].p_paddr = UINT64_MAX - 4000;
	ck_refused("segment at 0xfffffffffffff05f ends above 512 MiB");
	img.ph[DATA].p_paddr = DATA_GPA;
	img.ph[DATA].p_memsz = UINT64_MAX;
	ck_refused("segment at 0x102000 ends above 512 MiB");
	img.ph[DATA].p_filesz = UINT64_MAX;
	ck_refused("truncated: segment at 0x102000");
}
END_TEST

START_TEST(no_note)
{
	img.ph[NOTE].p_type = PT_NULL;
	ck_refused("has no coLinux note");
}
END_TEST

START_TEST(other_note)
{
	img.note.nh.n_type = 2;
	ck_refused("has no coLinux note");
}
END_TEST

START_TEST(note_outside)
{
	img.ph[NOTE].p_filesz = 0xffffffff;
	ck_refused("truncated in its notes");
}
END_TEST

START_TEST(note_overlong)
{
	img.other.nh.n_namesz = 0xffffffff;
	ck_refused("has no coLinux note");
	img.other.nh.n_namesz = 8;
	img.other.nh.n_descsz = 0xfffffffd;
	ck_refused("has no coLinux note");
}
END_TEST

START_TEST(other_abi)
{
	char why[64];

	snprintf(why, sizeof(why), "built for guest ABI %u, this monitor has %u",
		 CO_GUEST_ABI + 6, CO_GUEST_ABI);
	img.note.desc.abi = CO_GUEST_ABI + 6;
	ck_refused(why);
	/* The note of another ABI may have another length. */
	img.note.nh.n_descsz = 4;
	ck_refused(why);
}
END_TEST

START_TEST(short_note)
{
	img.note.nh.n_descsz = 39;
	ck_refused("its coLinux note is 39 bytes long, not 40");
	img.note.nh.n_descsz = 3;
	ck_refused("its coLinux note is too short");
}
END_TEST

START_TEST(note_arch_i386)
{
	img.note.desc.arch = CO_ARCH_X86_64;
	ck_refused("its note says architecture 2, its ELF header i386 (1)");
}
END_TEST

START_TEST(note_arch_x86_64)
{
	img.note.desc.arch = CO_ARCH_I386;
	ck_refused("its note says architecture 1, its ELF header x86_64 (2)");
}
END_TEST

START_TEST(note_base)
{
	img.note.desc.virt_base = base + 0x1000;
	ck_refused("bad base address");
	img.note.desc.virt_base = 0;
	ck_refused("bad base address");
	img.note.desc.virt_base = 1ULL << 32;
	ck_refused("bad base address 0x100000000");
}
END_TEST

/* In the last 512 GiB, and not below it. */
START_TEST(note_half)
{
	img.note.desc.virt_base = CO_VIRT_BASE_MIN - (1ULL << 30);
	ck_refused("bad base address 0xffffff7fc0000000");
	img.note.desc.virt_base = CO_VIRT_BASE_MIN;
	img.note.desc.entry = CO_VIRT_BASE_MIN + TEXT_GPA;
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
	img.note.desc.virt_base = 0xffffffffc0000000;
	img.note.desc.entry = 0xffffffffc0000000 + TEXT_GPA;
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
}
END_TEST

START_TEST(note_passage_i386)
{
	img.note.desc.passage_va = 0xffe00800;
	ck_refused("bad passage address 0xffe00800");
	img.note.desc.passage_va = 0x100000000;
	ck_refused("bad passage address");
	img.note.desc.passage_va = 0x1000;
	ck_refused("bad passage address");
}
END_TEST

START_TEST(note_passage_x86_64)
{
	img.note.desc.passage_va = CO_AREA_VA_4;
	ck_refused("bad passage address 0xffff800000000000");
}
END_TEST

START_TEST(note_entry)
{
	img.note.desc.entry = base + TEXT_GPA - 1;
	ck_refused("0fffff is in none of its segments");
	/* The zeroes behind a segment's contents hold no code. */
	img.note.desc.entry = base + DATA_GPA + sizeof(img.data);
	ck_refused("is in none of its segments");
	img.note.desc.entry = 0;
	ck_refused("is in none of its segments");
}
END_TEST

START_TEST(no_segment)
{
	img.ph[TEXT].p_memsz = img.ph[TEXT].p_filesz = 0;
	img.ph[DATA].p_type = PT_NULL;
	ck_refused("has no segment to load");
}
END_TEST

START_TEST(segment_overfull)
{
	img.ph[TEXT].p_memsz--;
	ck_refused("segment at 0x100000 has more contents than memory");
}
END_TEST

START_TEST(segment_outside)
{
	img.ph[TEXT].p_offset = 0xffffff00;
	ck_refused("truncated: segment at 0x100000 needs 600 bytes from 4294967040 on, the file has ");
}
END_TEST

START_TEST(segment_too_high)
{
	img.ph[DATA].p_paddr = CO_BOOT_MAP_MAX - 4999;
	ck_refused("ends above 512 MiB");
	img.ph[DATA].p_paddr = 0xfffffff0;
	ck_refused("ends above 512 MiB");
	img.ph[DATA].p_paddr = CO_BOOT_MAP_MAX - 5000;
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
}
END_TEST

START_TEST(segments_overlap)
{
	img.ph[DATA].p_paddr = TEXT_GPA + sizeof(img.text) - 1;
	ck_refused("segments at 0x100257 and 0x100000 overlap");
	img.ph[DATA].p_paddr = TEXT_GPA - 4999;
	ck_refused("overlap");
	img.ph[DATA].p_paddr = TEXT_GPA - 5000;
	ck_assert_int_eq(parse_bytes(sizeof(img)), 0);
	ck_assert_uint_eq(kernel.start, TEXT_GPA - 5000);
}
END_TEST

/* More segments than KERNEL_MAX_SEGS, which img has no room for. */
START_TEST(many_segments)
{
	static struct {
		Elf64_Ehdr eh;
		Elf64_Phdr ph[KERNEL_MAX_SEGS + 1];
	} many;

	many.eh = img.eh;
	many.eh.e_phoff = sizeof(many.eh);
	many.eh.e_phnum = KERNEL_MAX_SEGS + 1;
	for (int i = 0; i <= KERNEL_MAX_SEGS; i++)
		many.ph[i] = (Elf64_Phdr) {
			.p_type = PT_LOAD, .p_paddr = i * 4096, .p_memsz = 1,
		};
	ck_assert_int_eq(kernel_parse(&kernel, &many, sizeof(many), &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "has more than 16 segments"));
}
END_TEST

START_TEST(memory)
{
	struct kernel k = { .note.arch = CO_ARCH_I386 };

	ck_assert_int_eq(kernel_check_mem(&k, 16ULL << 30, &err), 0);
	ck_assert_int_eq(kernel_check_mem(&k, 16386ULL << 20, &err), -1);
	ck_assert_str_eq(err.text,
			 "mem=16386: more than an i386 kernel can use (16384 MiB): give less mem=, or an x86_64 kernel");
	k.note.arch = CO_ARCH_X86_64;
	ck_assert_int_eq(kernel_check_mem(&k, 1ULL << 40, &err), 0);
}
END_TEST

int main(void)
{
	const TTest * const both[] = {
		good, cut, cut_messages, every_byte,
		no_elf, wrong_class, wrong_order, wrong_arch, wrong_type,
		no_headers, headers_outside, no_note, other_note, note_outside,
		note_overlong, other_abi, short_note, note_base, note_entry,
		no_segment, segment_overfull, segment_outside,
		segment_too_high, segments_overlap,
	};
	const TTest * const i386[] = {
		mixed_i386, note_arch_i386, note_passage_i386,
	};
	const TTest * const x86_64[] = {
		mixed_x86_64, headers_wrap, note_wraps, segment_wraps,
		note_arch_x86_64, note_half, note_passage_x86_64,
		many_segments, memory,
	};
	Suite *s = suite_create("kernel");
	TCase *tc = tcase_create("i386");
	TCase *tc_64 = tcase_create("x86_64");

	tcase_add_checked_fixture(tc, setup_i386, NULL);
	tcase_add_checked_fixture(tc_64, setup_x86_64, NULL);
	for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
		tcase_add_test(tc, both[i]);
		tcase_add_test(tc_64, both[i]);
	}
	for (size_t i = 0; i < sizeof(i386) / sizeof(i386[0]); i++)
		tcase_add_test(tc, i386[i]);
	for (size_t i = 0; i < sizeof(x86_64) / sizeof(x86_64[0]); i++)
		tcase_add_test(tc_64, x86_64[i]);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, tc_64);
	return suite_run(s);
}

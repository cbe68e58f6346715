// SPDX-License-Identifier: GPL-2.0
/*
 * The ELF loader, with hand-made files: each possible error, and a valid file cut at
 * every length.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "vm/kernel.h"

#define BASE		0xc0000000u
#define TEXT_GPA	0x100000u
#define DATA_GPA	0x102000u

struct note {
	Elf32_Nhdr nh;
	char name[8];
	struct co_elf_note desc;
} __attribute__((packed));

/* A valid kernel; the tests damage it. */
static struct image {
	Elf32_Ehdr eh;
	Elf32_Phdr ph[3];
	struct note other;
	struct note note;
	uint8_t text[600];
	uint8_t data[100];
} img;

enum { TEXT, DATA, NOTE };

static struct kernel kernel;
static struct err err;

static void setup(void)
{
	memset(&img, 0, sizeof(img));
	img.eh = (Elf32_Ehdr) {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_phoff = offsetof(struct image, ph),
		.e_phentsize = sizeof(Elf32_Phdr),
		.e_phnum = 3,
	};
	img.ph[TEXT] = (Elf32_Phdr) {
		.p_type = PT_LOAD,
		.p_offset = offsetof(struct image, text),
		.p_paddr = TEXT_GPA,
		.p_filesz = sizeof(img.text),
		.p_memsz = sizeof(img.text),
	};
	img.ph[DATA] = (Elf32_Phdr) {
		.p_type = PT_LOAD,
		.p_offset = offsetof(struct image, data),
		.p_paddr = DATA_GPA,
		.p_filesz = sizeof(img.data),
		.p_memsz = 5000,
	};
	img.ph[NOTE] = (Elf32_Phdr) {
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
			.arch = CO_ARCH_I386,
			.entry = BASE + TEXT_GPA + 16,
			.virt_base = BASE,
			.passage_va = 0xffe00000,
		},
	};
	strcpy(img.other.name, "coOther");
	memset(img.text, 0x11, sizeof(img.text));
	memset(img.data, 0x22, sizeof(img.data));
	err.text[0] = '\0';
}

/* Parse a copy of exactly @size bytes: the sanitizer finds accesses beyond its end. */
static int parse_bytes(size_t size)
{
	void *copy = calloc(1, size ? size : 1);
	int ret;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, &img, size);
	ret = kernel_parse(&kernel, copy, size, &err);
	free(copy);
	return ret;
}

static void ck_refused(const char *why)
{
	ck_assert_int_eq(parse_bytes(sizeof(img)), -1);
	if (!strstr(err.text, why))
		ck_abort_msg("'%s' is not in '%s'", why, err.text);
}

START_TEST(good)
{
	ck_assert_int_eq(kernel_parse(&kernel, &img, sizeof(img), &err), 0);
	ck_assert_uint_eq(kernel.start, TEXT_GPA);
	ck_assert_uint_eq(kernel.end, DATA_GPA + 5000);
	ck_assert_uint_eq(kernel.note.entry, BASE + TEXT_GPA + 16);
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
	ck_assert_int_eq(parse_bytes(60), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "truncated in its program headers"));
	ck_assert_int_eq(parse_bytes(sizeof(img) - 1), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "truncated: segment at 0x102000"));
}
END_TEST

/* No value of any byte of headers and notes may cause a crash. */
START_TEST(every_byte)
{
	uint8_t *bytes = (uint8_t *)&img;
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < offsetof(struct image, text); i++) {
		uint8_t old = bytes[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			bytes[i] = values[v];
			if (!parse_bytes(sizeof(img)))
				ck_assert_uint_le(kernel.end, CO_BOOT_MAP_MAX);
		}
		bytes[i] = old;
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
	img.eh.e_ident[EI_CLASS] = ELFCLASS64;
	ck_refused("not a 32-bit ELF file");
}
END_TEST

START_TEST(wrong_order)
{
	img.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	ck_refused("another byte order");
}
END_TEST

START_TEST(wrong_arch)
{
	img.eh.e_machine = EM_ARM;
	ck_refused("another architecture (ELF machine 40)");
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
	img.note.desc.abi = CO_GUEST_ABI + 6;
	ck_refused("built for guest ABI 7, this monitor has 1");
	/* The note of another ABI may have another length. */
	img.note.nh.n_descsz = 4;
	ck_refused("built for guest ABI 7, this monitor has 1");
}
END_TEST

START_TEST(short_note)
{
	img.note.nh.n_descsz = 31;
	ck_refused("its coLinux note is 31 bytes long, not 32");
	img.note.nh.n_descsz = 3;
	ck_refused("its coLinux note is too short");
}
END_TEST

START_TEST(note_arch)
{
	img.note.desc.arch = CO_ARCH_X86_64;
	ck_refused("its note says architecture 2");
}
END_TEST

START_TEST(note_base)
{
	img.note.desc.virt_base = BASE + 0x1000;
	ck_refused("bad base address 0xc0001000");
	img.note.desc.virt_base = 0;
	ck_refused("bad base address");
	img.note.desc.virt_base = 1ULL << 32;
	ck_refused("bad base address");
}
END_TEST

START_TEST(note_passage)
{
	img.note.desc.passage_va = 0xffe00800;
	ck_refused("bad passage address 0xffe00800");
	img.note.desc.passage_va = 0x100000000;
	ck_refused("bad passage address");
	img.note.desc.passage_va = 0x1000;
	ck_refused("bad passage address");
}
END_TEST

START_TEST(note_entry)
{
	img.note.desc.entry = BASE + TEXT_GPA - 1;
	ck_refused("entry point 0xc00fffff is in none of its segments");
	/* The zeroes behind a segment's contents hold no code. */
	img.note.desc.entry = BASE + DATA_GPA + 100;
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
	ck_refused("truncated: segment at 0x100000 needs 4294967640 bytes");
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
		Elf32_Ehdr eh;
		Elf32_Phdr ph[KERNEL_MAX_SEGS + 1];
	} many;

	many.eh = img.eh;
	many.eh.e_phoff = sizeof(many.eh);
	many.eh.e_phnum = KERNEL_MAX_SEGS + 1;
	for (int i = 0; i <= KERNEL_MAX_SEGS; i++)
		many.ph[i] = (Elf32_Phdr) {
			.p_type = PT_LOAD, .p_paddr = i * 4096, .p_memsz = 1,
		};
	ck_assert_int_eq(kernel_parse(&kernel, &many, sizeof(many), &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "has more than 16 segments"));
}
END_TEST

int main(void)
{
	const TTest * const tests[] = {
		good, cut, cut_messages, every_byte,
		no_elf, wrong_class, wrong_order, wrong_arch, wrong_type,
		no_headers, headers_outside, no_note, other_note, note_outside,
		note_overlong, other_abi, short_note, note_arch, note_base,
		note_passage, note_entry, no_segment, segment_overfull,
		segment_outside, segment_too_high, segments_overlap,
		many_segments,
	};
	Suite *s = suite_create("kernel");
	TCase *tc = tcase_create("kernel");

	tcase_add_checked_fixture(tc, setup, NULL);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

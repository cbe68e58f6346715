// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of an installed kernel: by arch=, by the note in an image, by default. The
 * notes that a guest's root could write.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/imagenote.h"
#include "suite.h"
#include "vm/choice.h"

static char dir[32], image[64], kernel[64], kernel_64[96], disk_word[80];
static struct params params;
static int said, saved;

static void make_file(const char *path, const void *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	close(fd);
}

static void setup(void)
{
	strcpy(dir, "/tmp/choice.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(image, sizeof(image), "%s/image", dir);
	snprintf(disk_word, sizeof(disk_word), "cobd0=%s", image);
	snprintf(kernel, sizeof(kernel), "%s/vmlinux", dir);
	snprintf(kernel_64, sizeof(kernel_64), "%s-x86_64", kernel);
	make_file(kernel, "", 0);
	make_file(kernel_64, "", 0);
	make_file(image, "", 0);
	params_init(&params);
	said = memfd_create("said", 0);
	saved = dup(STDERR_FILENO);
	dup2(said, STDERR_FILENO);
}

static void teardown(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(said);
	params_free(&params);
	unlink(image);
	unlink(kernel);
	unlink(kernel_64);
	rmdir(dir);
}

static void parse(char **words, int nr)
{
	char *argv[8] = { "colinux-run" };
	struct err err;

	for (int i = 0; i < nr; i++)
		argv[i + 1] = words[i];
	if (params_parse(&params, nr + 1, argv, &err))
		ck_abort_msg("%s", err.text);
}

#define PARSE(...)	parse((char *[]){ __VA_ARGS__ },		\
			      sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *))

/* What was said is @text, and nothing if that is empty. */
static void ck_said(const char *text)
{
	char is[1024] = "";

	ck_assert_int_ge(pread(said, is, sizeof(is) - 1, 0), 0);
	if (*text ? !strstr(is, text) : *is)
		ck_abort_msg("'%s' is not in '%s'", text, is);
}

static void note(unsigned int arch)
{
	int fd = open(image, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(imagenote_write(fd, arch), 0);
	close(fd);
}

static unsigned int choose(void)
{
	choice_make(&params, kernel);
	return params.arch;
}

START_TEST(named)
{
	note(CO_ARCH_X86_64);
	PARSE("kernel=k", disk_word);
	ck_assert_uint_eq(choose(), 0);
	PARSE("arch=i386");
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
}
END_TEST

START_TEST(noted)
{
	PARSE(disk_word, "root=/dev/cobd0");
	for (unsigned int arch = CO_ARCH_I386; arch <= CO_ARCH_X86_64; arch++) {
		note(arch);
		params.arch = 0;
		ck_assert_uint_eq(choose(), arch);
	}
	ck_said("");
}
END_TEST

START_TEST(other_disk)
{
	char root[80];

	note(CO_ARCH_X86_64);
	snprintf(root, sizeof(root), "hda1=%s", kernel);
	PARSE(disk_word, root, "root=/dev/hda1");
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("/vmlinux: has no note");
}
END_TEST

/* The i386 kernel, and the user learns what to say. */
START_TEST(no_note)
{
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("/image: has no note of its architecture: the i386 kernel is taken: say arch=i386, or arch=x86_64 for 64-bit programs\n");
}
END_TEST

START_TEST(no_disk)
{
	PARSE("initrd=x");
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
}
END_TEST

START_TEST(no_image)
{
	unlink(image);
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
}
END_TEST

/* An image that is a FIFO blocks nobody. */
START_TEST(fifo)
{
	unlink(image);
	ck_assert_int_eq(mkfifo(image, 0600), 0);
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
}
END_TEST

START_TEST(only_i386)
{
	unlink(kernel_64);
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
	/* The i386 kernel cannot run it: the error is that the other is missing. */
	note(CO_ARCH_X86_64);
	params.arch = 0;
	ck_assert_uint_eq(choose(), CO_ARCH_X86_64);
	ck_assert_str_eq(params_kernel(&params), CO_KERNEL "-x86_64");
}
END_TEST

START_TEST(only_x86_64)
{
	unlink(kernel);
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_X86_64);
	note(CO_ARCH_I386);
	params.arch = 0;
	ck_assert_uint_eq(choose(), CO_ARCH_X86_64);
	ck_said("");
}
END_TEST

START_TEST(none_installed)
{
	unlink(kernel);
	unlink(kernel_64);
	PARSE(disk_word);
	ck_assert_uint_eq(choose(), CO_ARCH_I386);
	ck_said("");
}
END_TEST

START_TEST(wrong_kernel)
{
	PARSE(disk_word);
	choice_check(&params, CO_ARCH_I386);
	choice_check(&params, CO_ARCH_X86_64);
	note(CO_ARCH_I386);
	choice_check(&params, CO_ARCH_I386);
	ck_said("");
	choice_check(&params, CO_ARCH_X86_64);
	ck_said("/image: has i386 programs: the x86_64 kernel runs them as 32-bit programs\n");
	note(CO_ARCH_X86_64);
	choice_check(&params, CO_ARCH_I386);
	ck_said("/image: has x86_64 programs, which an i386 kernel cannot run: say arch=x86_64, or name an x86_64 kernel\n");
}
END_TEST

#define BYTES(text)	{ text, sizeof(text) - 1 }

/* What is no note. */
static const struct {
	const char *bytes;
	size_t size;
} odd_notes[] = {
	BYTES(""),
	BYTES("\n"),
	BYTES("colinux-image arch="),
	BYTES("colinux-image arch=\n"),
	BYTES("colinux-image arch=x86_64"),
	BYTES("colinux-image arch=arm\n"),
	BYTES("colinux-image arch=x86_64\x20\n"),
	BYTES("colinux-image arch=x86_64\0\n"),
	BYTES("colinux-image arch=../../../x\n"),
	BYTES("\0colinux-image arch=x86_64\n"),
	BYTES(" colinux-image arch=x86_64\n"),
	BYTES("colinux-image arch=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n"),
};

START_TEST(odd_note)
{
	make_file(image, odd_notes[_i].bytes, odd_notes[_i].size);
	ck_assert_uint_eq(imagenote_of(image), 0);
}
END_TEST

/* The note is the first line; what is behind it does not matter. */
START_TEST(long_image)
{
	static char bytes[4096];

	memset(bytes, 0xff, sizeof(bytes));
	make_file(image, bytes, sizeof(bytes));
	ck_assert_uint_eq(imagenote_of(image), 0);
	note(CO_ARCH_X86_64);
	ck_assert_uint_eq(imagenote_of(image), CO_ARCH_X86_64);
	note(CO_ARCH_I386);
	ck_assert_uint_eq(imagenote_of(image), CO_ARCH_I386);
}
END_TEST

int main(void)
{
	const TTest * const tests[] = {
		named, noted, other_disk, no_note, no_disk, no_image, fifo,
		only_i386, only_x86_64, none_installed, wrong_kernel, long_image,
	};
	Suite *s = suite_create("choice");
	TCase *tc = tcase_create("choice");

	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	tcase_add_loop_test(tc, odd_note, 0,
			    (int)(sizeof(odd_notes) / sizeof(odd_notes[0])));
	suite_add_tcase(s, tc);
	return suite_run(s);
}

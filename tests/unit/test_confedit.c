// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of configuration files by 'colinux'.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#include "tools/colinux/confedit.c"

static char dir[32];
static char path[64];
static struct confedit edit;
static struct params params;
static struct err err;

static void put(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static void setup(void)
{
	strcpy(dir, "/tmp/test_confedit.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/demo.conf", dir);
}

/* rmdir() fails if another file is left. */
static void teardown(void)
{
	confedit_end(&edit);
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static const struct {
	const char *text;
	const char *without;	/* the file without cobd1 */
	const char *with;	/* the file with another cobd1 */
} cases[] = {
	{ "", "", "cobd1=x\n" },
	{ "mem=64", "mem=64", "mem=64\ncobd1=x\n" },
	{ "cobd1=a", "", "cobd1=x" },
	{ "cobd1=a\n", "", "cobd1=x\n" },
	{ "a\n  cobd1=a\t\nb\n", "a\nb\n", "a\n  cobd1=x\t\nb\n" },
	{ "a cobd1=a b\n", "a b\n", "a cobd1=x b\n" },
	{ "a cobd1=a\nb\n", "a\nb\n", "a cobd1=x\nb\n" },
	{ "cobd1=a # data\n", "# data\n", "cobd1=x # data\n" },
	{ "# cobd1=c\ncobd1=a\n", "# cobd1=c\n", "# cobd1=c\ncobd1=x\n" },
	{ "cobd1=\"a b\",ro c\n", "c\n", "cobd1=x c\n" },
	{ "\"cobd1=a # b\"\nc\n", "c\n", "cobd1=x\nc\n" },
	{ "x=\"cobd1=a\" 'cobd12=b'\n", "x=\"cobd1=a\" 'cobd12=b'\n",
	  "x=\"cobd1=a\" 'cobd12=b'\ncobd1=x\n" },
	{ "cobd1=a\nm\ncobd1=b\n", "m\n", "cobd1=a\nm\ncobd1=x\n" },
	{ "a\r\ncobd1=a\r\nb\r\n", "a\r\nb\r\n", "a\r\ncobd1=x\r\nb\r\n" },
	{ "\xef\xbb\xbf\ncobd1=a\nb\n", "\xef\xbb\xbf\nb\n",
	  "\xef\xbb\xbf\ncobd1=x\nb\n" },
};

START_TEST(words)
{
	put(cases[_i].text, 0600);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_int_ge(confedit_remove(&edit, "cobd1", &err), 0);
	ck_assert_str_eq(edit.text, cases[_i].without);
	confedit_end(&edit);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_int_eq(confedit_set(&edit, "cobd1", "cobd1=x", &err), 0);
	ck_assert_str_eq(edit.text, cases[_i].with);
	ck_assert_uint_eq(edit.size, strlen(edit.text));
}
END_TEST

START_TEST(replaced)
{
	struct stat st;
	char link_path[80];

	put("mem=64\n", 0640);
	snprintf(link_path, sizeof(link_path), "%s/link.conf", dir);
	ck_assert_int_eq(symlink("demo.conf", link_path), 0);
	ck_assert_int_eq(confedit_load(&edit, link_path, &err), 0);
	ck_assert_int_eq(confedit_set(&edit, "mem", "mem=128", &err), 0);
	ck_assert_int_eq(confedit_write(&edit, edit.path, &params, &err), 0);
	ck_assert_uint_eq(params.mem, 128 << 20);
	params_free(&params);
	ck_assert_int_eq(confedit_replace(&edit, &err), 0);
	confedit_end(&edit);
	ck_assert_int_eq(lstat(link_path, &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(unlink(link_path), 0);
	ck_assert_int_eq(confedit_params(path, &params, &err), 0);
	ck_assert_uint_eq(params.mem, 128 << 20);
	params_free(&params);
}
END_TEST

/* Another process's change is not lost, and a result that cannot be parsed is refused. */
START_TEST(refused)
{
	put("mem=64\n", 0600);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_int_eq(confedit_set(&edit, "mem", "mem=lots", &err), 0);
	ck_assert_int_eq(confedit_write(&edit, edit.path, &params, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "mem=lots"));
	params_free(&params);
	confedit_end(&edit);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_int_eq(confedit_set(&edit, "mem", "mem=128", &err), 0);
	ck_assert_int_eq(confedit_write(&edit, edit.path, &params, &err), 0);
	params_free(&params);
	put("mem=64 quiet\n", 0600);
	ck_assert_int_eq(confedit_replace(&edit, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "meanwhile"));
	confedit_end(&edit);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_str_eq(edit.text, "mem=64 quiet\n");
	ck_assert_int_eq(confedit_write(&edit, path, &params, &err), 0);
	params_free(&params);
	ck_assert_int_eq(confedit_place(&edit, path, &err), -1);
}
END_TEST

START_TEST(unreadable)
{
	put("\xff\xfem", 0600);
	ck_assert_int_eq(confedit_load(&edit, path, &err), -1);
	confedit_end(&edit);
	put("<colinux>", 0600);
	ck_assert_int_eq(confedit_load(&edit, path, &err), -1);
	confedit_end(&edit);
	put("\"cobd1=a\n", 0600);
	ck_assert_int_eq(confedit_load(&edit, path, &err), 0);
	ck_assert_int_eq(confedit_remove(&edit, "cobd1", &err), -1);
	ck_assert_int_eq(confedit_set(&edit, "cobd1", "x", &err), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("confedit");
	TCase *tc = tcase_create("confedit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, words, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, replaced);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, unreadable);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

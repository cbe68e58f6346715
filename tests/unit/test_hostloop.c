// SPDX-License-Identifier: GPL-2.0
/*
 * The host's loop devices, in a directory that stands for /sys/block.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/common/hostloop.c"

#include "suite.h"

static char dir[32];
static char image[64];
static struct stat st;
static struct err err;

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "%s\n", text);
	fclose(f);
}

static void make_dir(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void setup(void)
{
	strcpy(dir, "/tmp/colinux-loop-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	sys_block = dir;
	snprintf(image, sizeof(image), "%s/image", dir);
	write_file("image", "");
	ck_assert_int_eq(stat(image, &st), 0);
	/* A loop device without a file, and a disk that is no loop device. */
	make_dir("loop0");
	make_dir("sda");
}

static void teardown(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	ck_assert_int_eq(system(command), 0);
}

static void show(const char *path, const char *autoclear, const char *ro)
{
	make_dir("loop1");
	make_dir("loop1/loop");
	write_file("loop1/loop/backing_file", path);
	write_file("loop1/loop/autoclear", autoclear);
	write_file("loop1/ro", ro);
}

START_TEST(nothing)
{
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), 0);
	show("/etc/passwd", "1", "0");
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), 0);
	sys_block = "/nonexistent";
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), 0);
}
END_TEST

START_TEST(gone)
{
	char name[80];

	snprintf(name, sizeof(name), "%s (deleted)", image);
	show(name, "1", "0");
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), 0);
}
END_TEST

START_TEST(mounted)
{
	show(image, "1", "0");
	ck_assert_int_eq(hostloop_check("disk", &st, false, &err), -1);
	ck_assert_str_eq(err.text, "disk: in use by the host as /dev/loop1: unmount it first: umount /dev/loop1");
	ck_assert_int_eq(hostloop_check("disk", &st, true, &err), -1);
}
END_TEST

START_TEST(set_up)
{
	show(image, "0", "0");
	ck_assert_int_eq(hostloop_check("disk", &st, false, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "then: losetup -d /dev/loop1"));
}
END_TEST

/* The file is recognized under another name. */
START_TEST(other_name)
{
	char name[80];

	snprintf(name, sizeof(name), "%s/other", dir);
	ck_assert_int_eq(link(image, name), 0);
	show(name, "1", "0");
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), -1);
}
END_TEST

START_TEST(both_read)
{
	show(image, "1", "1");
	ck_assert_int_eq(hostloop_check(image, &st, true, &err), 0);
	ck_assert_int_eq(hostloop_check(image, &st, false, &err), -1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hostloop");
	TCase *tc = tcase_create("hostloop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, nothing);
	tcase_add_test(tc, gone);
	tcase_add_test(tc, mounted);
	tcase_add_test(tc, set_up);
	tcase_add_test(tc, other_name);
	tcase_add_test(tc, both_read);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

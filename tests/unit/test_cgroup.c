// SPDX-License-Identifier: GPL-2.0
/*
 * Limits of control groups, in a directory that looks like cgroupfs. The inner group
 * has a limit of 100 MiB, of which 30 are in use; each test sets that of the outer
 * one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "vm/cgroup.h"

#define MIB	(1ULL << 20)

static char dir[32];
static struct err err;

static const char * const dirs[] = { "", "/outer", "/outer/inner" };

static void path_of(char *buf, size_t size, const char *in, const char *name)
{
	ck_assert_int_lt(snprintf(buf, size, "%s%s/%s", dir, in, name), size);
}

static void write_file(const char *in, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	path_of(path, sizeof(path), in, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

static void setup(void)
{
	char path[128];

	strcpy(dir, "/tmp/colinux-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	for (size_t i = 1; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		path_of(path, sizeof(path), dirs[i], "");
		ck_assert_int_eq(mkdir(path, 0700), 0);
	}
	write_file("", "self", "1:name=x:/elsewhere\n0::/outer/inner\n");
	write_file("/outer/inner", "memory.max", "104857600\n");
	write_file("/outer/inner", "memory.stat",
		   "anon_thp 99999999999\nanon 31457280\nfile 73400320\n");
	write_file("/outer", "memory.max", "max\n");
}

static void teardown(void)
{
	static const char * const names[] = {
		"self", "memory.max", "memory.stat", "",
	};
	char path[128];

	for (size_t i = sizeof(dirs) / sizeof(dirs[0]); i--;)
		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			path_of(path, sizeof(path), dirs[i], names[j]);
			remove(path);
		}
}

static int check(uint64_t mib)
{
	char self[128];

	path_of(self, sizeof(self), "", "self");
	return cgroup_check(self, dir, mib * MIB, &err);
}

START_TEST(own)
{
	char want[256];

	ck_assert_int_eq(check(70), 0);
	ck_assert_int_eq(check(71), -1);
	snprintf(want, sizeof(want), "mem=71: the control group may have 100 MiB, of which 30 are in use (%s/outer/inner/memory.max): give less mem=, or the group more (MemoryMax=)",
		 dir);
	ck_assert_str_eq(err.text, want);
	write_file("/outer/inner", "memory.max", "1048576\n");
	ck_assert_int_eq(check(0), -1);
}
END_TEST

START_TEST(around)
{
	write_file("/outer", "memory.max", "52428800\n");
	ck_assert_int_eq(check(50), 0);
	ck_assert_int_eq(check(51), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "/outer/memory.max"));
	/* In a cgroup namespace the monitor's own group is the root. */
	write_file("", "self", "0::/\n");
	ck_assert_int_eq(check(1000), 0);
	write_file("", "memory.max", "52428800\n");
	ck_assert_int_eq(check(51), -1);
}
END_TEST

START_TEST(unknown)
{
	write_file("/outer/inner", "memory.max", "");
	ck_assert_int_eq(check(1000), 0);
	write_file("/outer/inner", "memory.max", "12x\n");
	ck_assert_int_eq(check(1000), 0);
	write_file("", "self", "1:memory:/outer/inner\n");
	write_file("/outer/inner", "memory.max", "1\n");
	ck_assert_int_eq(check(1000), 0);
	write_file("", "self", "0::/gone/away\n");
	ck_assert_int_eq(check(1000), 0);
	write_file("", "self", "0::relative\n");
	ck_assert_int_eq(check(1000), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cgroup");
	TCase *tc = tcase_create("cgroup");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, own);
	tcase_add_test(tc, around);
	tcase_add_test(tc, unknown);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

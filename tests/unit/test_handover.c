// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of the monitor that runs the guest when the loaded module has another ABI.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/handover.h"
#include "suite.h"

#define OTHER_STATUS	42

static char libdir[32];
static char *args[] = { "colinux-run", "mem=64", NULL };
static struct co_info info;

/* Make the monitor of ABI 7.9: a script that checks its arguments. */
static void make_other(mode_t mode)
{
	char path[64];
	FILE *script;

	snprintf(path, sizeof(path), "%s/7.9", libdir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/7.9/colinux-run", libdir);
	script = fopen(path, "w");
	ck_assert_ptr_nonnull(script);
	fprintf(script, "#!/bin/sh\n[ \"$*\" = mem=64 ] && exit %d\n", OTHER_STATUS);
	ck_assert_int_eq(fclose(script), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static void setup(void)
{
	strcpy(libdir, "/tmp/handover.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(libdir));
	info = (struct co_info) { .host_abi = 7, .guest_abi = 9 };
}

static void teardown(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", libdir);
	ck_assert_int_eq(system(command), 0);
}

/* Return: the status of a process that calls handover_to(); 0 if that returned. */
static int ends(void)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		handover_to(libdir, &info, args);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

START_TEST(other)
{
	make_other(0700);
	ck_assert_int_eq(ends(), OTHER_STATUS);
	info.guest_abi++;
	ck_assert_int_eq(ends(), 0);
}
END_TEST

START_TEST(own)
{
	make_other(0700);
	info = (struct co_info) { .host_abi = CO_HOST_ABI,
				  .guest_abi = CO_GUEST_ABI };
	ck_assert_int_eq(ends(), 0);
}
END_TEST

START_TEST(unusable)
{
	make_other(0600);
	ck_assert_int_eq(ends(), 0);
}
END_TEST

/* A link to the program itself would execute itself for ever: it is not used. */
START_TEST(itself)
{
	char path[64], self[256];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(len, 0);
	self[len] = '\0';
	snprintf(path, sizeof(path), "%s/7.9", libdir);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/7.9/colinux-run", libdir);
	ck_assert_int_eq(symlink(self, path), 0);
	ck_assert_int_eq(ends(), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("handover");
	TCase *tc = tcase_create("handover");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, other);
	tcase_add_test(tc, own);
	tcase_add_test(tc, unusable);
	tcase_add_test(tc, itself);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

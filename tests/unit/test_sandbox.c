// SPDX-License-Identifier: GPL-2.0
/*
 * Loading of the monitor's seccomp filter. libseccomp's system call is replaced, and no
 * filter comes into force.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "process/sandbox.h"
#include "suite.h"

static unsigned long flags;
static unsigned int loaded;

static long real_syscall(long number, const unsigned long *arg)
{
	register unsigned long r10 asm("r10") = arg[3];
	register unsigned long r8 asm("r8") = arg[4];
	register unsigned long r9 asm("r9") = arg[5];
	long ret;

	asm volatile("syscall"
		     : "=a" (ret)
		     : "a" (number), "D" (arg[0]), "S" (arg[1]), "d" (arg[2]),
		       "r" (r10), "r" (r8), "r" (r9)
		     : "rcx", "r11", "memory");
	if (ret >= 0 || ret < -4095)
		return ret;
	errno = (int)-ret;
	return -1;
}

/* Replaces libc's. A call without a filter is libseccomp's query for known flags. */
long syscall(long number, ...)
{
	unsigned long arg[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		arg[i] = va_arg(args, unsigned long);
	va_end(args);

	if (number != SYS_seccomp || arg[0] != SECCOMP_SET_MODE_FILTER ||
	    !arg[2])
		return real_syscall(number, arg);
	flags = arg[1];
	loaded++;
	return 0;
}

/*
 * Kernels before 5.16 give a process with a filter the mitigations for Speculative
 * Store Bypass and for indirect branches between threads, unless the flags of the
 * filter decline them. They would apply to the guest, which runs in the monitor's
 * thread and has its own mitigations.
 */
START_TEST(no_mitigations)
{
	static struct err err;

	ck_assert_int_eq(sandbox_monitor(0, false, &err), 0);
	ck_assert_uint_eq(loaded, 1);
	ck_assert(flags & SECCOMP_FILTER_FLAG_SPEC_ALLOW);
	ck_assert(flags & SECCOMP_FILTER_FLAG_TSYNC);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sandbox");
	TCase *tc = tcase_create("sandbox");

	tcase_add_test(tc, no_mitigations);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

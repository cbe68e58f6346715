// SPDX-License-Identifier: GPL-2.0
/*
 * filtered NUMBER: print the nanoseconds of a system call under a seccomp filter,
 * which compares an argument NUMBER times before it allows the call. A filter that
 * used only the call's number would not run: the kernel caches its result.
 */
#include <err.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS		2000
/* The arguments are never this value or greater. */
#define NONE		100000

static void install(unsigned int number)
{
	struct sock_filter *code = calloc(number + 2, sizeof(*code));
	struct sock_fprog prog = { .len = number + 2, .filter = code };
	unsigned int i;

	if (!code)
		err(1, "calloc");
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args));
	for (i = 1; i <= number; i++)
		code[i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			NONE + i, number - i < 255 ? number - i : 255, 0);
	code[number + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		err(1, "seccomp");
}

int main(int argc, char *argv[])
{
	struct timespec from, to;
	int i;

	if (argc != 2)
		errx(2, "usage: filtered NUMBER");
	install(atoi(argv[1]));
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (i = 0; i < ROUNDS; i++)
		syscall(SYS_getppid, 0);
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("%lld\n", ((to.tv_sec - from.tv_sec) * 1000000000LL +
			  to.tv_nsec - from.tv_nsec) / ROUNDS);
	return 0;
}

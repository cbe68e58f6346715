// SPDX-License-Identifier: GPL-2.0
/*
 * provoke PROCESS THREAD NUMBER: make hook.c, which is preloaded into PROCESS, run
 * attempt NUMBER in THREAD.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	if (argc != 4)
		return 2;
	info.si_value.sival_int = atoi(argv[3]);
	if (!syscall(SYS_rt_tgsigqueueinfo, atoi(argv[1]), atoi(argv[2]),
		     SIGFPE, &info))
		return 0;
	perror("rt_tgsigqueueinfo");
	return 1;
}

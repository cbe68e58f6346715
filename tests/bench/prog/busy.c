// SPDX-License-Identifier: GPL-2.0
/*
 * busy computing|kernel: keep a CPU busy until killed, either only in user space, or
 * mostly in the kernel by processes, page faults and system calls. It is the load of
 * latency.bench on host and guest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAP_SIZE	(256 * 1024)
#define PAGE		4096
#define CALLS		200

static void compute(void)
{
	static volatile unsigned int sum;

	for (;;)
		sum = sum * 1664525 + 1013904223;
}

static void fault_in(void)
{
	char *p = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		exit(1);
	for (size_t i = 0; i < MAP_SIZE; i += PAGE)
		p[i] = 1;
	munmap(p, MAP_SIZE);
}

static void kernel(void)
{
	pid_t pid;

	for (;;) {
		fault_in();
		for (int i = 0; i < CALLS; i++)
			syscall(SYS_getppid);
		pid = fork();
		if (pid < 0) {
			perror("busy: fork");
			exit(1);
		}
		if (!pid) {
			fault_in();
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "computing"))
		compute();
	if (argc == 2 && !strcmp(argv[1], "kernel"))
		kernel();
	fprintf(stderr, "usage: busy computing|kernel\n");
	return 2;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * work SECONDS: repeat a round of work, half of it computing, half making processes that
 * touch some memory. Prints the rounds per second, for scale.bench.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAP_SIZE	(128 * 1024)
#define PAGE		4096
#define STEPS		200000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void compute(void)
{
	static volatile unsigned int sum;

	for (int i = 0; i < STEPS; i++)
		sum = sum * 1664525 + 1013904223;
}

static void touch(void)
{
	char *p = mmap(NULL, MAP_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	for (size_t i = 0; i < MAP_SIZE; i += PAGE)
		p[i] = 1;
}

static void make_process(void)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		touch();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0 || status)
		errx(1, "a process failed");
}

int main(int argc, char **argv)
{
	int seconds = argc == 2 ? atoi(argv[1]) : 0;
	double start = now(), end;
	unsigned int rounds = 0;

	if (seconds < 1)
		errx(2, "usage: work SECONDS");
	do {
		compute();
		make_process();
		rounds++;
		end = now();
	} while (end - start < seconds);
	printf("%.1f\n", rounds / (end - start));
	return 0;
}

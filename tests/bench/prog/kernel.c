// SPDX-License-Identifier: GPL-2.0
/*
 * kernel [DIR]: measure the cost of the kernel's services. Prints "NAME CYCLES", TSC
 * cycles per operation, for each. DIR is a directory on a tmpfs (default: /tmp).
 *
 * All peers read the same TSC: where the emulator counts instructions, a cycle is an
 * instruction. A sample is long enough to contain timer ticks, also those of a host. The
 * result is the median of several samples.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define SAMPLES		7
#define SAMPLE_CYCLES	(40UL * 1000 * 1000)
#define FAULT_PAGES	512
#define PAGE		4096UL

static const char *self;
static const char *dir = "/tmp";
static int zero_fd;

static void check(long result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
}

static void do_syscall(unsigned long n)
{
	while (n--)
		syscall(SYS_getppid);
}

static void do_read(unsigned long n)
{
	char byte;

	while (n--)
		check(read(zero_fd, &byte, 1), "read");
}

static void handler(int sig __attribute__((unused)))
{
}

static void do_signal(unsigned long n)
{
	pid_t pid = getpid();

	signal(SIGUSR1, handler);
	while (n--)
		kill(pid, SIGUSR1);
}

/* One operation is one page fault; many pages share one mmap(). */
static void do_fault(unsigned long n)
{
	while (n) {
		unsigned long pages = n < FAULT_PAGES ? n : FAULT_PAGES;
		char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			err(1, "mmap");
		for (unsigned long i = 0; i < pages; i++)
			*(volatile char *)(p + i * PAGE) = 1;
		munmap(p, pages * PAGE);
		n -= pages;
	}
}

static void do_mmap(unsigned long n)
{
	while (n--) {
		void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			err(1, "mmap");
		munmap(p, PAGE);
	}
}

static void do_mprotect(unsigned long n)
{
	static char *p;

	if (!p) {
		p = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (p == MAP_FAILED)
			err(1, "mmap");
	}
	while (n--) {
		mprotect(p, 16 * PAGE, PROT_READ);
		mprotect(p, 16 * PAGE, PROT_READ | PROT_WRITE);
	}
}

/* Echo bytes until the other end is closed. */
static void __attribute__((noreturn)) echo(int in, int out)
{
	char byte;

	while (read(in, &byte, 1) == 1)
		if (write(out, &byte, 1) != 1)
			break;
	_exit(0);
}

static uint64_t round_trips(int in, int out, unsigned long n)
{
	uint64_t start = __rdtsc();
	char byte = 0;

	while (n--) {
		check(write(out, &byte, 1), "write");
		check(read(in, &byte, 1), "read");
	}
	return __rdtsc() - start;
}

/* Pass a token round @others processes and back, @n times. */
static uint64_t ring(unsigned long n, int others)
{
	int first[2], in, out[2];
	uint64_t cycles;

	check(pipe(first), "pipe");
	in = first[0];
	for (int i = 0; i < others; i++) {
		check(pipe(out), "pipe");
		switch (fork()) {
		case -1:
			err(1, "fork");
		case 0:
			close(first[1]);
			close(out[0]);
			echo(in, out[1]);
		}
		close(in);
		close(out[1]);
		in = out[0];
	}
	cycles = round_trips(in, first[1], n);
	close(first[1]);
	close(in);
	for (int i = 0; i < others; i++)
		wait(NULL);
	return cycles;
}

static uint64_t do_pipe(unsigned long n)
{
	return ring(n, 1);
}

/* One operation is one round through 16 processes. */
static uint64_t do_ring16(unsigned long n)
{
	return ring(n, 15);
}

static uint64_t do_unix(unsigned long n)
{
	uint64_t cycles;
	int fds[2];

	check(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), "socketpair");
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		close(fds[0]);
		echo(fds[1], fds[1]);
	}
	close(fds[1]);
	cycles = round_trips(fds[0], fds[0], n);
	close(fds[0]);
	wait(NULL);
	return cycles;
}

static void do_fork(unsigned long n)
{
	while (n--) {
		pid_t pid = fork();

		check(pid, "fork");
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void do_exec(unsigned long n)
{
	while (n--) {
		pid_t pid = fork();

		check(pid, "fork");
		if (!pid) {
			execl(self, self, "--exit", (char *)NULL);
			_exit(127);
		}
		waitpid(pid, NULL, 0);
	}
}

static void do_futex(unsigned long n)
{
	static uint32_t word;

	while (n--)
		syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void do_create(unsigned long n)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/bench.%d", dir, getpid());
	while (n--) {
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

		check(fd, path);
		close(fd);
		unlink(path);
	}
}

/* A function in @timed measures the time itself, without its setup. */
static const struct bench {
	const char *name;
	void (*run)(unsigned long n);
	uint64_t (*timed)(unsigned long n);
} benches[] = {
	{ "syscall", do_syscall, NULL },
	{ "read", do_read, NULL },
	{ "signal", do_signal, NULL },
	{ "futex", do_futex, NULL },
	{ "fault", do_fault, NULL },
	{ "mmap", do_mmap, NULL },
	{ "mprotect", do_mprotect, NULL },
	{ "pipe", NULL, do_pipe },
	{ "ring16", NULL, do_ring16 },
	{ "unix", NULL, do_unix },
	{ "fork", do_fork, NULL },
	{ "exec", do_exec, NULL },
	{ "create", do_create, NULL },
};

static uint64_t sample(const struct bench *b, unsigned long n)
{
	uint64_t start = __rdtsc();

	if (b->timed)
		return b->timed(n);
	b->run(n);
	return __rdtsc() - start;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const struct bench *b)
{
	double each[SAMPLES];
	unsigned long n = 1;
	uint64_t cycles;

	/* Find the count that makes a sample long enough; this also warms up caches. */
	while ((cycles = sample(b, n)) < SAMPLE_CYCLES)
		n *= cycles < SAMPLE_CYCLES / 8 ? 4 : 2;
	for (int i = 0; i < SAMPLES; i++)
		each[i] = (double)sample(b, n) / n;
	qsort(each, SAMPLES, sizeof(each[0]), compare);
	printf("%s %.1f\n", b->name, each[SAMPLES / 2]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--exit"))
		return 0;
	if (argc > 1)
		dir = argv[1];
	self = "/proc/self/exe";
	zero_fd = open("/dev/zero", O_RDONLY);
	check(zero_fd, "/dev/zero");
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++)
		measure(&benches[i]);
	return 0;
}

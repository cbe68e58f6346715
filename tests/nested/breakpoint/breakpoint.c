// SPDX-License-Identifier: GPL-2.0
/*
 * breakpoint: hardware breakpoints of a process, at addresses of the passage.
 *
 *   breakpoint own			a debugger gets the traps of its breakpoints
 *   breakpoint sweep DATA CODE [HOW]	breakpoints all over the user's addresses
 *   breakpoint refuse ADDRESS...	the kernel refuses breakpoints there to root
 *   breakpoint refuse-code ADDRESS...	the same, on instructions alone
 *
 * sweep, i386: the passage area may lie at any address that is 64 KiB aligned. For each
 * such address it sets a watchpoint at DATA and a breakpoint on the instruction at
 * CODE, both offsets in the area. It handles two areas at a time. HOW is ptrace
 * (the default) or perf. After each change the process runs until its own timer has
 * fired. For this the guest has made a passage and back with these debug registers.
 *
 * x86-64: the passage area is in the kernel's half. The sweep takes as many addresses,
 * from all parts of the user's half.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define AREA_ALIGN	0x10000UL
#define AREAS		(0xc0000000UL / AREA_ALIGN)
#define PAGE		4096UL
#define ROUNDS		1000
#define DR7_ENABLE(i)	(1u << (2 * (i)))
#define DR7_CODE(i)	0u
#define DR7_RW4(i)	(0xfu << (16 + 4 * (i)))	/* 4 bytes, read or write */

static void die(const char *what)
{
	printf("breakpoint: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void poke(pid_t child, int reg, unsigned long value)
{
	size_t offset = offsetof(struct user, u_debugreg) +
			reg * sizeof(value);

	if (ptrace(PTRACE_POKEUSER, child, offset, value))
		die("PTRACE_POKEUSER");
}

static unsigned long peek(pid_t child, int reg)
{
	errno = 0;
	return ptrace(PTRACE_PEEKUSER, child,
		      offsetof(struct user, u_debugreg) +
		      reg * sizeof(unsigned long), 0);
}

/* Let the child run until it stops by @sig. */
static void resume(pid_t child, int sig)
{
	int status;

	if (ptrace(PTRACE_CONT, child, 0, 0))
		die("PTRACE_CONT");
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    WSTOPSIG(status) != sig) {
		printf("breakpoint: status %#x, not a stop by %s\n", status,
		       strsignal(sig));
		exit(1);
	}
}

static pid_t traced(void (*run)(void))
{
	pid_t child = fork();

	if (!child) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		for (;;)
			run();
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		die("fork");
	return child;
}

static volatile int watched;

__attribute__((noinline)) static void target(void)
{
	asm volatile("nop");
}

static void own_child(void)
{
	watched = 1;
	target();
	raise(SIGSTOP);
}

/* Let the child run; its next trap must be that of breakpoint @nr. */
static void trap(pid_t child, int nr)
{
	unsigned long dr6;

	resume(child, SIGTRAP);
	dr6 = peek(child, 6) & 0xf;
	if (dr6 != 1u << nr) {
		printf("breakpoint: DR6 %#lx at the trap of number %d\n", dr6, nr);
		exit(1);
	}
}

static void own(void)
{
	pid_t child = traced(own_child);
	int i;

	poke(child, 0, (unsigned long)&watched);
	poke(child, 1, (unsigned long)target);
	poke(child, 7, DR7_ENABLE(0) | DR7_ENABLE(1) | DR7_RW4(0) |
		       DR7_CODE(1));
	for (i = 0; i < ROUNDS; i++) {
		trap(child, 0);
		trap(child, 1);
		resume(child, SIGSTOP);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	printf("breakpoint: %d traps of its own\n", 2 * ROUNDS);
}

/* The end of the user's addresses: of three GiB, or of 47 or 56 bits. */
static unsigned long task_end(void)
{
#ifdef __x86_64__
	void *high = (void *)(1UL << 55);
	bool five_levels = mmap(high, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS |
				MAP_FIXED_NOREPLACE, -1, 0) == high;

	return (1UL << (five_levels ? 56 : 47)) - PAGE;
#else
	return AREAS * AREA_ALIGN;
#endif
}

/* Stay on the CPU until a timer has fired. */
static void await_passage(void)
{
	static const struct itimerspec soon = { .it_value.tv_nsec = 20000 };
	static int timer = -1;
	uint64_t fired;

	if (timer < 0)
		timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (timerfd_settime(timer, 0, &soon, NULL))
		die("timerfd_settime");
	while (read(timer, &fired, sizeof(fired)) < 0)
		if (errno != EAGAIN)
			die("timerfd");
}

static void swept_child(void)
{
	await_passage();
	raise(SIGSTOP);
}

static void sweep_ptrace(unsigned long data, unsigned long code)
{
	unsigned long end = task_end(), step = (end / AREAS + 1) & -AREA_ALIGN, area;
	pid_t child = traced(swept_child);
	int i;

	for (area = step; area < end - step; area += 2 * step) {
		poke(child, 7, 0);
		for (i = 0; i < 2; i++) {
			poke(child, 2 * i, area + i * step + data);
			poke(child, 2 * i + 1, area + i * step + code);
		}
		poke(child, 7, DR7_ENABLE(0) | DR7_ENABLE(1) | DR7_ENABLE(2) |
			       DR7_ENABLE(3) | DR7_RW4(0) | DR7_RW4(2));
		resume(child, SIGSTOP);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static int breakpoint(unsigned long addr, bool code, bool kernel)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_BREAKPOINT,
		.size		= sizeof(attr),
		.sample_period	= 1,
		.bp_type	= code ? HW_BREAKPOINT_X : HW_BREAKPOINT_RW,
		.bp_addr	= addr,
		.bp_len		= code ? sizeof(long) : HW_BREAKPOINT_LEN_4,
		.exclude_kernel	= !kernel,
		.exclude_hv	= 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static void sweep_perf(unsigned long data, unsigned long code)
{
	unsigned long end = task_end(), step = (end / AREAS + 1) & -AREA_ALIGN, area;
	int fd[4], i;

	for (area = step; area < end - step; area += 2 * step) {
		for (i = 0; i < 4; i++) {
			fd[i] = breakpoint(area + i / 2 * step +
					   (i & 1 ? code : data), i & 1, false);
			if (fd[i] < 0)
				die("perf_event_open");
		}
		await_passage();
		for (i = 0; i < 4; i++)
			close(fd[i]);
	}
}

/* Return: true if the kernel accepts a kernel breakpoint at @addr. */
static bool taken(unsigned long addr, bool only_code)
{
	int code, fd;

	for (code = only_code; code <= 1; code++) {
		fd = breakpoint(addr, code, true);
		if (fd >= 0)
			return true;
		if (errno != EINVAL)
			die("perf_event_open");
	}
	return false;
}

static void refuse(char **addr, bool only_code)
{
	for (; *addr; addr++) {
		if (taken(strtoul(*addr, NULL, 16), only_code)) {
			printf("breakpoint: taken at %s\n", *addr);
			exit(1);
		}
	}
	puts("breakpoint: refused");
}

int main(int argc, char **argv)
{
	unsigned long data, code;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc >= 2 && !strcmp(argv[1], "own")) {
		own();
	} else if (argc >= 4 && !strcmp(argv[1], "sweep")) {
		data = strtoul(argv[2], NULL, 0);
		code = strtoul(argv[3], NULL, 0);
		if (argc > 4 && !strcmp(argv[4], "perf"))
			sweep_perf(data, code);
		else
			sweep_ptrace(data, code);
		puts("breakpoint: swept");
	} else if (argc >= 3 && !strcmp(argv[1], "refuse")) {
		refuse(argv + 2, false);
	} else if (argc >= 3 && !strcmp(argv[1], "refuse-code")) {
		refuse(argv + 2, true);
	} else {
		return 2;
	}
	return 0;
}

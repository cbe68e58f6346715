// SPDX-License-Identifier: GPL-2.0
/*
 * attack: what a user of an x86-64 guest can do to the entry code of two kernels.
 *
 *   attack SECONDS	every attack, for so many seconds each, as user nobody
 *   attack storm	for ever what is worst while NMIs come, as user nobody
 *
 * An attack is a process of its own. Some must return and find all of their registers
 * unchanged; others may only end by a signal, in their child. A fault of the kernel would
 * end the guest.
 *
 * x86-64. No function of the C library may run while FS or the stack is not its own.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define UNUSED		__attribute__((unused))
#define NOBODY		65534
#define PAGE		4096UL
#define SPINS		200000		/* some ticks of the host's timer */
#define HWCAP2_FSGSBASE	2
#define EFLAGS_TF	0x100
#define LDT_SELECTOR	7		/* entry 0, ring 3 */
#define SWAPGS_BYTES	3
#define I386_GETPID	20
#define CODE_PAGE	0x1000		/* in the passage area */

/* The passage area with four levels of page tables and with five. */
#define AREA_4		0xffff800000000000UL
#define AREA_5		0xff00000000000000UL

/* Stack pointers, bases and addresses that no user has. */
static const uint64_t rubbish[] = {
	0, 1, 8, 0x7ffffffff000, 0x800000000000, 0x8000000000000000,
	AREA_4, AREA_4 + 0xff8, AREA_4 + 0x1000, AREA_5, AREA_5 + 0xff8,
	0xfffffe0000000000, 0xffff888000000000, 0xffffffff81000000,
	0xffffffff80200000, 0xfffffffffffffff8, 0xffffffffffffffff,
	0xdeadbeefdeadbeef,
};

#define NR_RUBBISH	(sizeof(rubbish) / sizeof(*rubbish))

static time_t end;
static unsigned long rounds;
static uint8_t alternate[65536] __attribute__((aligned(16)));

/* True until the time of the attack is over. */
static bool more(void)
{
	rounds++;
	return time(NULL) < end;
}

static void __attribute__((noreturn)) broken(const char *what, uint64_t got, uint64_t wanted)
{
	printf("attack: %s: %#lx, not %#lx\n", what, got, wanted);
	_exit(1);
}

static bool canonical(uint64_t addr)
{
	return (int64_t)(addr << 16) >> 16 == (int64_t)addr;
}

static void on_signal(int sig, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction act = {
		.sa_sigaction	= handler,
		.sa_flags	= SA_SIGINFO | SA_ONSTACK | SA_NODEFER,
	};
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };

	if (sigaltstack(&stack, NULL) || sigaction(sig, &act, NULL)) {
		perror("attack: sigaction");
		_exit(1);
	}
}

/* Run @attack with @value in a child, which may end in any way. */
static int in_child(void (*attack)(uint64_t value), uint64_t value)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		alarm(5);
		attack(value);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("attack: fork");
		_exit(1);
	}
	return status;
}

/* System calls and ticks with a stack pointer of rubbish. */
static void stack_attack(void)
{
	uint64_t pid = getpid(), got, sp;
	unsigned int spins;

	while (more()) {
		for (size_t i = 0; i < NR_RUBBISH; i++) {
			asm volatile("movq %%rsp, %%r12\n\t"
				     "movq %[rubbish], %%rsp\n\t"
				     "syscall\n\t"
				     "movq %%rsp, %[sp]\n\t"
				     "movq %%r12, %%rsp"
				     : "=a" (got), [sp] "=&r" (sp)
				     : "0" (SYS_getpid), [rubbish] "r" (rubbish[i])
				     : "rcx", "r11", "r12", "memory", "cc");
			if (got != pid || sp != rubbish[i])
				broken("SYSCALL: stack pointer", sp, rubbish[i]);
			asm volatile("movq %%rsp, %%r12\n\t"
				     "movq %[rubbish], %%rsp\n\t"
				     "int $0x80\n\t"
				     "movq %%rsp, %[sp]\n\t"
				     "movq %%r12, %%rsp"
				     : "=a" (got), [sp] "=&r" (sp)
				     : "0" (I386_GETPID), [rubbish] "r" (rubbish[i])
				     : "r8", "r9", "r10", "r11", "r12", "memory", "cc");
			if (got != pid || sp != rubbish[i])
				broken("int $0x80: stack pointer", sp, rubbish[i]);
			spins = SPINS;
			asm volatile("movq %%rsp, %%r12\n\t"
				     "movq %[rubbish], %%rsp\n"
				     "1:\tpause\n\t"
				     "decl %[spins]\n\t"
				     "jnz 1b\n\t"
				     "movq %%rsp, %[sp]\n\t"
				     "movq %%r12, %%rsp"
				     : [sp] "=&r" (sp), [spins] "+&r" (spins)
				     : [rubbish] "r" (rubbish[i])
				     : "r12", "memory", "cc");
			if (sp != rubbish[i])
				broken("tick: stack pointer", sp, rubbish[i]);
		}
	}
}

/* SYSENTER from 64-bit code; where the CPU has it, the kernel returns to 32-bit code. */
static void do_sysenter(uint64_t value)
{
	asm volatile("movq %0, %%rsp\n\t"
		     "movq %0, %%rbp\n\t"
		     "sysenter" : : "r" (value), "a" (I386_GETPID) : "memory");
}

/* A fault with this stack pointer: the signal has no stack, and ends the child. */
static void do_fault(uint64_t value)
{
	asm volatile("movq %0, %%rsp\n\tud2" : : "r" (value) : "memory");
}

static void do_push(uint64_t value)
{
	asm volatile("movq %0, %%rsp\n\tpushq %%rax" : : "r" (value) : "memory");
}

static void fault_attack(void)
{
	while (more()) {
		for (size_t i = 0; i < NR_RUBBISH; i++) {
			in_child(do_sysenter, rubbish[i]);
			in_child(do_fault, rubbish[i]);
			in_child(do_push, rubbish[i]);
		}
	}
}

static bool has_fsgsbase(void)
{
	return getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE;
}

static void skip_swapgs(int sig UNUSED, siginfo_t *info UNUSED, void *context)
{
	ucontext_t *c = context;

	c->uc_mcontext.gregs[REG_RIP] += SWAPGS_BYTES;
}

/* Bases of FS and GS in the kernel's half, with ticks, system calls and SWAPGS. */
static void base_attack(void)
{
	uint64_t fs, gs, got;
	unsigned int spins;

	if (!has_fsgsbase()) {
		for (size_t i = 0; i < NR_RUBBISH; i++)
			if (rubbish[i] >= 1UL << 56 &&
			    !syscall(SYS_arch_prctl, ARCH_SET_GS, rubbish[i]))
				broken("arch_prctl: base", rubbish[i], 0);
		puts("attack: no FSGSBASE");
		return;
	}
	on_signal(SIGSEGV, skip_swapgs);
	while (more()) {
		for (size_t i = 0; i < NR_RUBBISH; i++) {
			if (!canonical(rubbish[i]))
				continue;
			spins = SPINS;
			asm volatile("rdfsbase %[fs]\n\t"
				     "wrgsbase %[rubbish]\n\t"
				     "wrfsbase %[rubbish]\n"
				     "1:\tpause\n\t"
				     "decl %[spins]\n\t"
				     "jnz 1b\n\t"
				     "movl %[nr], %%eax\n\t"
				     "syscall\n\t"
				     "rdfsbase %[got]\n\t"
				     "wrfsbase %[fs]\n\t"
				     "rdgsbase %[gs]"
				     : [fs] "=&r" (fs), [gs] "=&r" (gs),
				       [got] "=&r" (got), [spins] "+&r" (spins)
				     : [rubbish] "r" (rubbish[i]),
				       [nr] "i" (SYS_sched_yield)
				     : "rax", "rcx", "r11", "memory", "cc");
			if (got != rubbish[i])
				broken("FS base", got, rubbish[i]);
			if (gs != rubbish[i])
				broken("GS base", gs, rubbish[i]);
			asm volatile("swapgs" : : : "memory");
			asm volatile("rdgsbase %0" : "=r" (gs));
			if (gs != rubbish[i])
				broken("GS base after SWAPGS", gs, rubbish[i]);
		}
	}
}

static void do_wrgsbase(uint64_t value)
{
	asm volatile("wrgsbase %0" : : "r" (value));
}

static void do_wrfsbase(uint64_t value)
{
	asm volatile("wrfsbase %0" : : "r" (value));
}

static void do_jump(uint64_t value)
{
	asm volatile("jmp *%0" : : "r" (value));
}

/* Bases and jumps to which the CPU or the page tables object. */
static void address_attack(void)
{
	while (more()) {
		for (size_t i = 0; i < NR_RUBBISH; i++) {
			if (has_fsgsbase() && !canonical(rubbish[i])) {
				in_child(do_wrgsbase, rubbish[i]);
				in_child(do_wrfsbase, rubbish[i]);
			}
			if (!WIFSIGNALED(in_child(do_jump, rubbish[i])))
				broken("jump", rubbish[i], 0);
		}
	}
}

static volatile uint64_t next_target, faults;

/* Go on behind the jump, whose address is in RBX. */
static void return_from(int sig UNUSED, siginfo_t *info UNUSED, void *context)
{
	ucontext_t *c = context;

	faults++;
	c->uc_mcontext.gregs[REG_RIP] = c->uc_mcontext.gregs[REG_RBX];
}

/*
 * Jumps into the code page of the passage. Until the fault of the fetch the instruction
 * pointer is there, in user mode. An NMI at that moment must not be taken for one that
 * interrupted the passage.
 */
static void page_attack(void)
{
	on_signal(SIGSEGV, return_from);
	on_signal(SIGBUS, return_from);
	while (more()) {
		for (uint64_t offset = 0; offset < PAGE; offset += 5) {
			for (int five = 0; five <= 1; five++) {
				next_target = (five ? AREA_5 : AREA_4) + CODE_PAGE + offset;
				asm volatile("leaq 1f(%%rip), %%rbx\n\t"
					     "jmp *%0\n"
					     "1:" : : "r" (next_target)
					     : "rbx", "memory");
			}
		}
	}
	if (!faults)
		broken("faults of jumps", faults, 1);
}

/* What change_context() does; SELECTORS, with STRICT_SS or without, or an address alone. */
#define STRICT_SS	1
#define SELECTORS	2
#define UC_STRICT_RESTORE_SS 4UL	/* <asm/ucontext.h> */

static volatile int odd_cs, odd_ss, odd_registers;
static volatile uint64_t odd_ip;

static void change_context(int sig UNUSED, siginfo_t *info UNUSED, void *context)
{
	ucontext_t *c = context;

	if (odd_registers) {
		c->uc_mcontext.gregs[REG_CSGSFS] = (uint16_t)odd_cs |
			(c->uc_mcontext.gregs[REG_CSGSFS] & 0xffff0000) |
			(uint64_t)(uint16_t)odd_ss << 48;
		c->uc_flags &= ~UC_STRICT_RESTORE_SS;
		if (odd_registers & STRICT_SS)
			c->uc_flags |= UC_STRICT_RESTORE_SS;
	}
	if (odd_ip)
		c->uc_mcontext.gregs[REG_RIP] = odd_ip;
}

static void do_sigreturn(uint64_t value)
{
	odd_ip = value;
	odd_registers = 0;
	on_signal(SIGUSR1, change_context);
	raise(SIGUSR1);
}

static void do_selectors(uint64_t value)
{
	odd_cs = value & 0xffff;
	odd_ss = value >> 16 & 0xffff;
	odd_registers = SELECTORS | (value >> 32 & STRICT_SS);
	on_signal(SIGUSR1, change_context);
	raise(SIGUSR1);
	/* Ticks with whatever the kernel has accepted. */
	for (unsigned int i = 0; i < SPINS; i++)
		asm volatile("pause");
}

/* The arguments of set_ldt() below. Contents 1 is expand-down, 2 and 3 are code. */
#define LDT_32BIT	1
#define LDT_CONTENTS(x)	((x) >> 1 & 3)
#define LDT_READ_EXEC	8
#define LDT_ABSENT	16

/* Write a descriptor to the LDT, whatever the kernel and the CPU think of it. */
static bool set_ldt(unsigned int entry, unsigned int bits)
{
	struct user_desc desc = {
		.entry_number = entry, .limit = 0xfffff, .limit_in_pages = 1,
		.seg_32bit = !!(bits & LDT_32BIT), .contents = LDT_CONTENTS(bits),
		.read_exec_only = !!(bits & LDT_READ_EXEC),
		.seg_not_present = !!(bits & LDT_ABSENT), .useable = 1,
	};

	return !syscall(SYS_modify_ldt, 0x11, &desc, sizeof(desc));
}

/*
 * Returns of the kernel to rubbish. Not IRETQ in user mode: QEMU 7.2 reads its frame as
 * the kernel would, and with SMAP this is a fault of the kernel's.
 */
static void return_attack(void)
{
	static const uint16_t selectors[] = {
		0, 3, 0x10, 0x13, 0x18, 0x1b, 0x23, 0x28, 0x2b, 0x33, 0x40, 0x43, 0x50,
		0x53, 0x63, 0x6b, 0x73, 0x7b, LDT_SELECTOR, LDT_SELECTOR + 8, 0xffff,
	};
	const size_t nr = sizeof(selectors) / sizeof(*selectors);
	unsigned int bits = 0;

	while (more()) {
		for (size_t i = 0; i < NR_RUBBISH; i++)
			if (rubbish[i])
				in_child(do_sigreturn, rubbish[i]);
		/*
		 * Stacks and code, absent, expanding down. Kernels without
		 * CONFIG_X86_16BIT refuse those of 16 bits.
		 */
		set_ldt(0, bits ^ LDT_32BIT);
		set_ldt(1, bits >> 2 | LDT_32BIT);
		for (size_t i = 0; i < 2 * nr; i++) {
			in_child(do_selectors, selectors[i / 2] | 0x2b << 16 |
				 (uint64_t)(i & 1) << 32);
			in_child(do_selectors, 0x33 | (uint32_t)selectors[i / 2] << 16 |
				 (uint64_t)(i & 1) << 32);
			if (!more())
				break;
		}
		bits++;
	}
}

/*
 * A stack segment in the LDT, if the kernel has these of 16 bits: an IRET alone would keep
 * the kernel's bits 16 to 31. The passage leaves such a frame to the kernel.
 */
static void ldt_stack_attack(void)
{
	const struct itimerval often = { { 0, 4000 }, { 0, 4000 } };
	uint64_t sp, wanted;
	unsigned int spins;

	if (!set_ldt(0, 0) && !set_ldt(0, LDT_32BIT))
		broken("modify_ldt", errno, 0);
	/* Signals would have the flat stack segment again. */
	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &often, NULL);
	while (more()) {
		spins = SPINS;
		asm volatile("movq %%rsp, %%r12\n\t"
			     "movl %%ss, %%r13d\n\t"
			     "movl %[ldt], %%ss\n\t"
			     "movl $0x7654fff0, %%esp\n\t"
			     "movq %%rsp, %[wanted]\n"
			     "1:\tpause\n\t"
			     "decl %[spins]\n\t"
			     "jnz 1b\n\t"
			     "movq %%rsp, %[sp]\n\t"
			     "movl %%r13d, %%ss\n\t"
			     "movq %%r12, %%rsp"
			     : [sp] "=&r" (sp), [wanted] "=&r" (wanted),
			       [spins] "+&r" (spins)
			     : [ldt] "r" (LDT_SELECTOR)
			     : "r12", "r13", "memory", "cc");
		if ((uint32_t)sp != (uint32_t)wanted)
			broken("stack in the LDT", sp, wanted);
	}
}

/* Descriptors removed and changed while segment registers hold them. */
static void ldt_attack(void)
{
	unsigned int seed = 1;

	while (more()) {
		for (int i = 0; i < 1000; i++) {
			seed = seed * 1103515245 + 12345;
			set_ldt(seed >> 10 & 7, seed >> 16 & 0x1f);
			seed = seed * 1103515245 + 12345;
			/* The selector of an entry that is usable, or the fault's end. */
			if (!set_ldt(9, LDT_32BIT))
				broken("modify_ldt", errno, 0);
			asm volatile("movl %0, %%ds\n\t"
				     "movl %0, %%es\n\t"
				     "movl %0, %%gs" : : "r" (9 << 3 | LDT_SELECTOR));
			set_ldt(9, LDT_ABSENT | LDT_32BIT);
			asm volatile("syscall" : : "a" (SYS_sched_yield)
				     : "rcx", "r11", "memory");
		}
		for (unsigned int i = 0; i < SPINS; i++)
			asm volatile("pause");
	}
	asm volatile("movl %0, %%ds\n\t"
		     "movl %0, %%es\n\t"
		     "movl %0, %%gs" : : "r" (0));
}

static volatile unsigned long traps;

static void count_trap(int sig UNUSED, siginfo_t *info UNUSED, void *context UNUSED)
{
	traps++;
}

/* System calls while each instruction traps. */
static void step_attack(void)
{
	uint64_t pid = getpid(), got;

	on_signal(SIGTRAP, count_trap);
	while (more()) {
		asm volatile("pushfq\n\t"
			     "orl %[tf], (%%rsp)\n\t"
			     "popfq\n\t"
			     "syscall\n\t"
			     "pushfq\n\t"
			     "andl %[no_tf], (%%rsp)\n\t"
			     "popfq"
			     : "=a" (got)
			     : "0" (SYS_getpid), [tf] "i" (EFLAGS_TF),
			       [no_tf] "i" (~EFLAGS_TF)
			     : "rcx", "r11", "memory", "cc");
		if (got != pid)
			broken("SYSCALL with TF", got, pid);
		asm volatile("pushfq\n\t"
			     "orl %[tf], (%%rsp)\n\t"
			     "popfq\n\t"
			     "int $0x80\n\t"
			     "pushfq\n\t"
			     "andl %[no_tf], (%%rsp)\n\t"
			     "popfq"
			     : "=a" (got)
			     : "0" (I386_GETPID), [tf] "i" (EFLAGS_TF),
			       [no_tf] "i" (~EFLAGS_TF)
			     : "r8", "r9", "r10", "r11", "memory", "cc");
		if (got != pid)
			broken("int $0x80 with TF", got, pid);
	}
	if (!traps)
		broken("traps", traps, 1);
}

static void do_int(uint64_t vector)
{
	uint8_t *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (code == MAP_FAILED)
		_exit(3);
	code[0] = 0xcd;		/* int $vector; ret */
	code[1] = vector;
	code[2] = 0xc3;
	asm volatile("call *%0" : : "r" (code), "a" (I386_GETPID)
		     : "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory");
}

/* int $N of the user, for every N. */
static void int_attack(void)
{
	do {
		for (unsigned int i = 0; i < 256; i++) {
			int status = in_child(do_int, i);
			bool ended = WIFSIGNALED(status);

			/* The system call's vector alone returns; that of INT3 traps. */
			if (ended != (i != 0x80) ||
			    (ended && WTERMSIG(status) != (i == 3 ? SIGTRAP : SIGSEGV)))
				broken("int: status", status, i);
		}
	} while (more());
}

static uint32_t watched_ss;

/* A MOV to SS defers the trap of its operand's watchpoint to behind the next insn. */
static void do_mov_ss(uint64_t how)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	switch (how) {
	case 0:
		asm volatile("movw %0, %%ss\n\tsyscall" : : "m" (watched_ss), "a" (SYS_getpid)
			     : "rcx", "r11", "memory");
		break;
	case 1:
		asm volatile("movw %0, %%ss\n\tint $0x80" : : "m" (watched_ss), "a" (I386_GETPID)
			     : "r8", "r9", "r10", "r11", "memory");
		break;
	case 2:
		asm volatile("movw %0, %%ss\n\tint3" : : "m" (watched_ss) : "memory");
		break;
	case 3:
		asm volatile("movw %0, %%ss\n\tint $0xec" : : "m" (watched_ss) : "memory");
		break;
	case 4:
		asm volatile("movw %0, %%ss\n\tud2" : : "m" (watched_ss) : "memory");
		break;
	default:
		asm volatile("movw %0, %%ss\n\tsysenter" : : "m" (watched_ss),
			     "a" (I386_GETPID) : "memory");
	}
	_exit(0);
}

static void mov_ss_attack(void)
{
	const size_t debugreg = offsetof(struct user, u_debugreg);
	int status;
	pid_t pid;

	asm volatile("movl %%ss, %0" : "=r" (watched_ss));
	while (more()) {
		for (uint64_t how = 0; how <= 5; how++) {
			pid = fork();
			if (!pid)
				do_mov_ss(how);
			if (pid < 0 || waitpid(pid, &status, 0) != pid ||
			    ptrace(PTRACE_POKEUSER, pid, debugreg, &watched_ss) ||
			    ptrace(PTRACE_POKEUSER, pid, debugreg + 7 * 8, 0xf0001UL)) {
				perror("attack: watchpoint");
				_exit(1);
			}
			/* Some stops by traps and faults: let it go on without them. */
			for (int i = 0; i < 20 && WIFSTOPPED(status); i++) {
				ptrace(PTRACE_CONT, pid, 0, 0);
				waitpid(pid, &status, 0);
			}
			if (WIFSTOPPED(status)) {
				kill(pid, SIGKILL);
				waitpid(pid, &status, 0);
			}
		}
	}
}

static const struct attack {
	const char *name;
	void (*run)(void);
	bool storm;
} attacks[] = {
	{ "stack", stack_attack, true },
	{ "base", base_attack, true },
	{ "page", page_attack, true },
	{ "step", step_attack, true },
	{ "ldt-stack", ldt_stack_attack, true },
	{ "fault", fault_attack, false },
	{ "address", address_attack, false },
	{ "return", return_attack, false },
	{ "ldt", ldt_attack, false },
	{ "int", int_attack, false },
	{ "mov-ss", mov_ss_attack, false },
};

#define NR_ATTACKS	(sizeof(attacks) / sizeof(*attacks))

/* Return: true if the attack's process ended as it should. */
static bool attack_ok(const struct attack *a, unsigned int seconds)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		end = time(NULL) + seconds;
		a->run();
		printf("attack: %s: %lu rounds\n", a->name, rounds);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return false;
	if (status)
		printf("attack: %s: status %#x\n", a->name, status);
	return !status;
}

int main(int argc, char **argv)
{
	bool storm = argc == 2 && !strcmp(argv[1], "storm"), good = true;
	unsigned int seconds = argc == 2 && !storm ? atoi(argv[1]) : 1;

	setvbuf(stdout, NULL, _IONBF, 0);
	if (argc != 2 || !seconds || setgid(NOBODY) || setuid(NOBODY))
		return 2;
	do {
		for (size_t i = 0; good && i < NR_ATTACKS; i++)
			if (!storm || attacks[i].storm)
				good = attack_ok(&attacks[i], seconds);
	} while (storm && good);
	puts(good ? "attack: all ended" : "attack: FAILED");
	return !good;
}

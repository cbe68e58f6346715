// SPDX-License-Identifier: GPL-2.0
/*
 * guestroot: attempts of the guest's root, and of nobody, to access its kernel.
 * Prints the result of each attempt; fails if one succeeds.
 *
 * The guest's kernel is linked at fixed addresses. So is the passage area, at the top of
 * the address space of an i386 guest, and where entry 256 of the top level leads in an
 * x86-64 guest.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
#define KERNEL_TEXT	0xffffffff80200000UL
#define PASSAGE_4	0xffff800000000000UL	/* with four levels of page tables */
#define PASSAGE_5	0xff00000000000000UL
#define LONG		"q"		/* suffix and first letter of full registers */
#define REG		"r"
#else
#define KERNEL_TEXT	0xc0200000UL
#define PASSAGE_4	0xffffd000UL
#define LONG		"l"
#define REG		"e"
#endif
#define NOBODY		65534
#define SYSLOG_READ_ALL	3

static const char missing[] = "Function not implemented";

static int failures;
static unsigned long passage_page, passage_code;

/* The two pages of the passage that the guest's kernel maps. */
static void find_passage(void)
{
	passage_page = PASSAGE_4;
#ifdef __x86_64__
	char line[4096];
	FILE *info = fopen("/proc/cpuinfo", "r");

	while (info && fgets(line, sizeof(line), info))
		if (strstr(line, " la57"))
			passage_page = PASSAGE_5;
	if (!info)
		exit(2);
	fclose(info);
#endif
	passage_code = passage_page + 4096;
}

static void report(const char *what, bool refused, const char *how)
{
	printf("%s: %s%s\n", what, refused ? "refused, " : "ALLOWED, ", how);
	fflush(stdout);
	failures += !refused;
}

/* A system call that returned @result must fail, with @wanted, or any error if 0. */
static void expect_error(const char *what, long result, int wanted)
{
	int err = errno;

	report(what, result == -1 && (!wanted || err == wanted),
	       result == -1 ? strerror(err) : "done");
}

/* The kernel must not have this system call. */
static void expect_none(const char *what, long result)
{
	const char *how = result == -1 ? strerror(errno) : "done";

	report(what, !strcmp(how, missing), how);
}

/* The kernel must refuse it with @wanted, or not have this system call. */
static void expect_refused(const char *what, long result, int wanted)
{
	if (result == -1 && !strcmp(strerror(errno), missing))
		expect_none(what, result);
	else
		expect_error(what, result, wanted);
}

struct attempt {
	const char *what;
	void (*run)(void);
};

#define INSN(name, text)				\
	static void do_##name(void)			\
	{						\
		asm volatile(text : : "a" (0), "b" (&scratch), "c" (0), "d" (0)	\
			     : "memory");		\
	}

static uint64_t scratch;

INSN(in, "inb $0x80, %%al")
INSN(out, "outb %%al, $0x80")
INSN(rdmsr, "rdmsr")
INSN(wrmsr, "wrmsr")
INSN(rdpmc, "rdpmc")
INSN(cli, "cli")
INSN(hlt, "hlt")
INSN(invd, "invd")
INSN(lgdt, "lgdt (%%" REG "bx)")
INSN(lidt, "lidt (%%" REG "bx)")
INSN(ltr, "ltr %%ax")
INSN(lldt, "lldt %%ax")
INSN(clts, "clts")
INSN(cr0, "mov" LONG " %%" REG "ax, %%cr0")
INSN(cr3, "mov" LONG " %%" REG "ax, %%cr3")
INSN(cr4, "mov" LONG " %%" REG "ax, %%cr4")
INSN(dr7, "mov" LONG " %%" REG "ax, %%db7")
INSN(xsetbv, "xsetbv")
INSN(int_df, "int $8")
INSN(int_irq, "int $0xec")
INSN(int_nmi, "int $2")

static void read_text(void)
{
	scratch = *(volatile int *)KERNEL_TEXT;
}

static void write_text(void)
{
	*(volatile int *)KERNEL_TEXT = 0;
}

static void write_page(void)
{
	*(volatile int *)passage_page = 0;
}

static void call_text(void)
{
	((void (*)(void))KERNEL_TEXT)();
}

static void call_passage(void)
{
	((void (*)(void))passage_code)();
}

static const struct attempt attempts[] = {
	{ "in", do_in }, { "out", do_out }, { "rdmsr", do_rdmsr },
	{ "wrmsr", do_wrmsr }, { "rdpmc", do_rdpmc }, { "cli", do_cli },
	{ "hlt", do_hlt }, { "invd", do_invd }, { "lgdt", do_lgdt },
	{ "lidt", do_lidt }, { "ltr", do_ltr }, { "lldt", do_lldt },
	{ "clts", do_clts }, { "mov to CR0", do_cr0 },
	{ "mov to CR3", do_cr3 }, { "mov to CR4", do_cr4 },
	{ "mov to DR7", do_dr7 }, { "xsetbv", do_xsetbv },
	{ "int 8", do_int_df }, { "int 0xec", do_int_irq },
	{ "int 2", do_int_nmi },
	{ "read of kernel text", read_text },
	{ "write to kernel text", write_text },
	{ "write to the vCPU page", write_page },
	{ "call of kernel text", call_text },
	{ "call of the passage", call_passage },
};

/* Each attempt must end the process by a signal. */
static void try_instructions(void)
{
	char how[32];
	int status;
	size_t i;
	pid_t pid;

	for (i = 0; i < sizeof(attempts) / sizeof(*attempts); i++) {
		pid = fork();
		if (!pid) {
			attempts[i].run();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			exit(2);
		snprintf(how, sizeof(how), "signal %d", WTERMSIG(status));
		report(attempts[i].what,
		       WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV ||
					       WTERMSIG(status) == SIGILL), how);
	}
}

/* Makes its own device node: devtmpfs may have none. */
static void try_device(const char *what, unsigned int major, unsigned int minor)
{
	const char *path = "/tmp/node";

	unlink(path);
	if (mknod(path, S_IFCHR | 0600, makedev(major, minor)))
		exit(2);
	expect_error(what, open(path, O_RDWR), 0);
	unlink(path);
}

static void try_devices(void)
{
	try_device("/dev/mem", 1, 1);
	try_device("/dev/kmem", 1, 2);
	try_device("/dev/port", 1, 4);
	try_device("/dev/cpu/0/msr", 202, 0);
	try_device("/dev/cpu/0/cpuid", 203, 0);
	expect_error("/proc/kcore", open("/proc/kcore", O_RDONLY), ENOENT);
	expect_error("/proc/mtrr", open("/proc/mtrr", O_RDWR), ENOENT);
	expect_error("/sys/power/state", open("/sys/power/state", O_WRONLY), 0);
}

static void try_system_calls(void)
{
	expect_none("init_module", syscall(SYS_init_module, &scratch, 8, ""));
	expect_none("finit_module", syscall(SYS_finit_module, 0, "", 0));
	expect_none("delete_module", syscall(SYS_delete_module, "x", 0));
	expect_none("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	expect_none("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
	expect_none("iopl", syscall(SYS_iopl, 3));
#ifdef __i386__
	expect_none("vm86", syscall(SYS_vm86, 1, &scratch));
#endif
}

/* System calls with kernel addresses as arguments. */
static void try_pointers(void)
{
	struct iovec local = { &scratch, 8 }, remote = { (void *)KERNEL_TEXT, 8 };
	int zero = open("/dev/zero", O_RDWR), mem = open("/proc/self/mem", O_RDWR);
	int ends[2];
	pid_t pid;

	if (zero < 0 || mem < 0 || pipe(ends))
		exit(2);
	expect_error("read() to kernel text",
		     read(zero, (void *)KERNEL_TEXT, 8), EFAULT);
	expect_error("read() to the vCPU page",
		     read(zero, (void *)passage_page, 8), EFAULT);
	expect_error("write() from kernel text",
		     write(ends[1], (void *)KERNEL_TEXT, 8), EFAULT);
	expect_error("/proc/self/mem at kernel text",
		     pwrite(mem, &scratch, 8, (off_t)KERNEL_TEXT), 0);
	expect_error("process_vm_writev() to kernel text",
		     process_vm_writev(getpid(), &local, 1, &remote, 1, 0), EFAULT);
	expect_error("mmap() of the kernel's addresses",
		     mmap((void *)KERNEL_TEXT, 4096, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		     MAP_FAILED ? -1 : 0, 0);

	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	expect_error("ptrace() to kernel text",
		     ptrace(PTRACE_POKEDATA, pid, (void *)KERNEL_TEXT, NULL), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void try_lockdown(void)
{
	const char *path = "/sys/kernel/security/lockdown";
	char text[64] = "";
	int fd;

	fd = open(path, O_RDWR);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		exit(2);
	text[strcspn(text, "\n")] = '\0';
	report("lockdown less than integrity", strstr(text, "[integrity]"), text);
	expect_error("lifting of lockdown", write(fd, "none", 4), 0);
	close(fd);
}

static void try_nobody(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4,
		.value_size = 4, .max_entries = 1,
	};
	struct perf_event_attr perf = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(perf),
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};
	int fd;

	if (setgid(NOBODY) || setuid(NOBODY))
		exit(2);
	expect_refused("bpf() by nobody",
		       syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)), EPERM);
	expect_error("perf of the kernel by nobody",
		     syscall(SYS_perf_event_open, &perf, 0, -1, -1, 0), EACCES);
	expect_refused("userfaultfd() by nobody", syscall(SYS_userfaultfd, 0), EPERM);
	expect_error("the kernel's log by nobody",
		     klogctl(SYSLOG_READ_ALL, (char *)&scratch, 8), EPERM);
	expect_error("mmap() at 0 by nobody",
		     mmap(NULL, 4096, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
		     MAP_FAILED ? -1 : 0, 0);
	expect_error("reboot() by nobody",
		     syscall(SYS_reboot, 0xfee1dead, 672274793, 0x1234567, NULL),
		     EPERM);
	fd = open("/proc/kallsyms", O_RDONLY);
	if (fd < 0 || read(fd, &scratch, 8) != 8)
		exit(2);
	report("the kernel's addresses by nobody",
	       !memcmp(&scratch, "00000000", 8), "/proc/kallsyms shows zeroes");
}

int main(void)
{
	find_passage();
	try_devices();
	try_system_calls();
	try_pointers();
	try_lockdown();
	try_instructions();
	try_nobody();
	printf("%d allowed\n", failures);
	return failures != 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Forbidden system calls of an attacker who has taken the monitor over. Preloaded
 * into colinux-run, it waits for SIGFPE with a number (provoke.c), and makes the
 * attempt of that number in the thread that gets the signal. An attempt that
 * returns prints a line; none should. The script inside has the same order.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <colinux/ioctl.h>

#define FDS		64

static long read_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY);
}

static long write_file(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/hook", O_RDWR | O_CREAT, 0600);
}

static long open_old(void)
{
	return syscall(SYS_open, "/dev/mem", O_RDWR);
}

static long remove_file(void)
{
	return syscall(SYS_unlink, "/etc/passwd");
}

static long make_socket(void)
{
	return syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0);
}

static long make_unix(void)
{
	return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static long start_program(void)
{
	static char *const argv[] = { NULL };

	return syscall(SYS_execve, "/bin/sh", argv, argv);
}

static long make_process(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static long make_thread(void)
{
	return syscall(SYS_clone3, NULL, 0);
}

static long trace(void)
{
	return syscall(SYS_ptrace, PTRACE_ATTACH, 1, 0, 0);
}

static long write_memory(void)
{
	return syscall(SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0);
}

static long signal_other(void)
{
	return syscall(SYS_kill, 1, 0);
}

static long signal_thread(void)
{
	return syscall(SYS_tgkill, 1, 1, SIGTERM);
}

static long mount_directory(void)
{
	return syscall(SYS_mount, "/", "/", "", MS_BIND, NULL);
}

static long leave_jail(void)
{
	return syscall(SYS_chroot, "..");
}

static long new_namespace(void)
{
	return syscall(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNS);
}

static long be_root(void)
{
	return syscall(SYS_setresuid, 0, 0, 0);
}

static long run_memory(void)
{
	return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static long make_runnable(void)
{
	return syscall(SYS_mprotect, (long)read_file & -4096L, 4096,
		       PROT_READ | PROT_WRITE | PROT_EXEC);
}

static long type_for_user(void)
{
	return syscall(SYS_ioctl, STDERR_FILENO, TIOCSTI, "x");
}

static long more_memory(void)
{
	static struct co_set_mem mem;

	return syscall(SYS_ioctl, STDERR_FILENO, CO_IOC_SET_MEM, &mem);
}

/*
 * The filter allows this ioctl only on the module's file, which is one of these
 * descriptors.
 */
static long run_elsewhere(void)
{
	long ret = -1;

	for (int fd = 0; fd < FDS; fd++)
		ret = syscall(SYS_ioctl, fd, CO_IOC_STATS, NULL);
	return ret;
}

static long another_ring(void)
{
	return syscall(SYS_io_uring_setup, 8, NULL);
}

static long free_ring(void)
{
	return syscall(SYS_io_uring_register, 0, 0, NULL, 0);
}

static long load_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long watch_faults(void)
{
	return syscall(SYS_userfaultfd, 0);
}

static long count_events(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long loosen(void)
{
	return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static long ignore_filter(void)
{
	return syscall(SYS_rt_sigaction, SIGSYS, NULL, NULL, 8);
}

static long old_abi(void)
{
	long ret;

	/* getpid() of i386 */
	asm volatile("int $0x80" : "=a" (ret) : "a" (20) : "memory");
	return ret;
}

static const struct {
	const char *name;
	long (*make)(void);
} attempts[] = {
	{ "openat", read_file },
	{ "openat", write_file },
	{ "open", open_old },
	{ "unlink", remove_file },
	{ "socket", make_socket },
	{ "socket", make_unix },
	{ "execve", start_program },
	{ "clone", make_process },
	{ "clone3", make_thread },
	{ "ptrace", trace },
	{ "process_vm_writev", write_memory },
	{ "kill", signal_other },
	{ "tgkill", signal_thread },
	{ "mount", mount_directory },
	{ "chroot", leave_jail },
	{ "unshare", new_namespace },
	{ "setresuid", be_root },
	{ "mmap", run_memory },
	{ "mprotect", make_runnable },
	{ "ioctl", type_for_user },
	{ "ioctl", more_memory },
	{ "ioctl", run_elsewhere },
	{ "io_uring_setup", another_ring },
	{ "io_uring_register", free_ring },
	{ "bpf", load_bpf },
	{ "userfaultfd", watch_faults },
	{ "perf_event_open", count_events },
	{ "prctl", loosen },
	{ "rt_sigaction", ignore_filter },
	{ "", old_abi },
};

#define NR_ATTEMPTS	(sizeof(attempts) / sizeof(attempts[0]))

static void on_signal(int sig __attribute__((unused)), siginfo_t *info,
		      void *context __attribute__((unused)))
{
	size_t n = info->si_value.sival_int;
	char line[128];
	long ret;
	int len;

	if (n >= NR_ATTEMPTS)
		return;
	ret = attempts[n].make();
	len = snprintf(line, sizeof(line), "hook: %zu, %s: %ld, errno %d\n", n,
		       attempts[n].name, ret, errno);
	if (write(STDERR_FILENO, line, len) != len)
		_exit(1);
}

__attribute__((constructor))
static void wait_for_signal(void)
{
	const struct sigaction sa = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO,
	};

	sigaction(SIGFPE, &sa, NULL);
}

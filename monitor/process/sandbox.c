// SPDX-License-Identifier: GPL-2.0
/*
 * seccomp filters: see sandbox.h.
 *
 * The lists have the calls that strace shows with all kinds of guests, and the calls of
 * rarer paths from the sources of glibc, liburing and libslirp. Where the arguments
 * decide what a call can do, they are checked, too.
 *
 * seccomp does not see the operations of io_uring. aio_uring.c restricts them when it
 * makes the ring, and this filter does not allow another ring.
 *
 * For a new device: open what has a name in machine_open(), and make timers before
 * confine_calls(). Afterwards the device has the calls of plain_calls[] only. It can
 * read with read() after lseek(), or with preadv(); pread64, openat, timerfd_create and
 * sysinfo are not allowed. Prefer other code to a longer list.
 *
 * A call that is not on the list ends the process. A signal handler prints its name
 * first. The handler's table is static, because there is only one handler.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <colinux/ioctl.h>

#include "sandbox.h"

#define NR(list)	(sizeof(list) / sizeof((list)[0]))

/* More than the number of any system call. */
#define CALLS_MAX	512

static const char *call_names[CALLS_MAX];
static struct sigaction before;

/* Allowed in any case. */
static const int plain_calls[] = {
	/* the event loop and its files */
	SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_wait),
	SCMP_SYS(eventfd2), SCMP_SYS(timerfd_settime),
	SCMP_SYS(close), SCMP_SYS(dup2), SCMP_SYS(fstat), SCMP_SYS(lseek),
	SCMP_SYS(newfstatat), SCMP_SYS(read), SCMP_SYS(readv),
	SCMP_SYS(write), SCMP_SYS(writev),
	/* disks */
	SCMP_SYS(fallocate), SCMP_SYS(fdatasync), SCMP_SYS(ftruncate),
	SCMP_SYS(io_uring_enter), SCMP_SYS(statx),
	SCMP_SYS(preadv), SCMP_SYS(pwritev), SCMP_SYS(pwritev2),
	/* existing sockets */
	SCMP_SYS(accept4), SCMP_SYS(getsockopt), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto),
	SCMP_SYS(shutdown),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mremap), SCMP_SYS(munmap),
	/* threads, signals, exit */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(futex),
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sched_yield), SCMP_SYS(sigaltstack),
	/* time and random numbers */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(getrandom), SCMP_SYS(gettimeofday),
	/* identity, which has no privileges any more */
	SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getuid),
};

/* Allowed in addition with user-mode networking, which makes sockets for the guest. */
static const int slirp_calls[] = {
	SCMP_SYS(accept), SCMP_SYS(bind), SCMP_SYS(connect),
	SCMP_SYS(getpeername), SCMP_SYS(getsockname), SCMP_SYS(listen),
	SCMP_SYS(setsockopt),
};

static const int cleaner_calls[] = {
	SCMP_SYS(exit_group), SCMP_SYS(recvfrom), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sendto), SCMP_SYS(unlinkat),
};

static const int fcntl_commands[] = {
	F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_OFD_SETLK,
	F_OFD_GETLK,
};

/* Only for the descriptor of /dev/colinux. */
static const unsigned int vm_ioctls[] = {
	CO_IOC_RUN, CO_IOC_STATS, CO_IOC_KICKFD, CO_IOC_IRQFD,
};

static const unsigned int ioctls[] = {
	/* terminals; TCGETS stands for isatty() too */
	TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ,
	/* sockets of user-mode networking */
	FIONREAD, FIONBIO, SIOCGIFINDEX,
	/* a TAP that was removed and made again */
	SIOCGIFFLAGS, TUNGETIFF, TUNSETIFF, TUNSETVNETHDRSZ, TUNSETOFFLOAD,
	/* a disk that is added while the guest runs */
	BLKGETSIZE64, BLKSSZGET, BLKPBSZGET, BLKIOOPT,
};

/*
 * Each of these returns 0 or a negated errno.
 */

static int allow(scmp_filter_ctx ctx, const int *calls, size_t nr)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < nr; i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	return ret;
}

/* Allow a call if (argument & @mask) == @value. The upper 32 bits are not checked. */
static int allow_if(scmp_filter_ctx ctx, int call, unsigned int arg,
		    unsigned int mask, unsigned int value)
{
	const struct scmp_arg_cmp cmp = {
		arg, SCMP_CMP_MASKED_EQ, mask, value,
	};

	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, call, 1, &cmp);
}

static int allow_ioctls(scmp_filter_ctx ctx, int vm_fd)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < NR(vm_ioctls); i++) {
		const struct scmp_arg_cmp cmp[] = {
			{ 0, SCMP_CMP_EQ, vm_fd, 0 },
			{ 1, SCMP_CMP_EQ, vm_ioctls[i], 0 },
		};

		ret = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW,
					     SCMP_SYS(ioctl), NR(cmp), cmp);
	}
	for (size_t i = 0; !ret && i < NR(ioctls); i++)
		ret = allow_if(ctx, SCMP_SYS(ioctl), 1, ~0U, ioctls[i]);
	return ret;
}

static int allow_fcntl(scmp_filter_ctx ctx)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < NR(fcntl_commands); i++)
		ret = allow_if(ctx, SCMP_SYS(fcntl), 1, ~0U, fcntl_commands[i]);
	return ret;
}

static int allow_memory(scmp_filter_ctx ctx)
{
	int ret = allow_if(ctx, SCMP_SYS(mmap), 2, PROT_EXEC, 0);

	return ret ? ret : allow_if(ctx, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
}

/* Signals to this process only, and no change of the handler of SIGSYS. */
static int allow_signals(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp other = { 0, SCMP_CMP_NE, SIGSYS, 0 };
	int ret = allow_if(ctx, SCMP_SYS(tgkill), 0, ~0U, getpid());

	return ret ? ret : seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW,
						  SCMP_SYS(rt_sigaction), 1,
						  &other);
}

/*
 * For the index of an interface (of a name server like fe80::1%eth0), libc opens a UNIX
 * socket. With EAFNOSUPPORT it tries an IPv4 socket instead.
 */
static int deny_unix(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp cmp[] = {
		{ 0, SCMP_CMP_EQ, AF_UNIX, 0 },
		{ 1, SCMP_CMP_MASKED_EQ, ~(unsigned int)SOCK_CLOEXEC, SOCK_DGRAM },
	};

	return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
				      SCMP_SYS(socket), NR(cmp), cmp);
}

/* openat(), because libslirp reads the host's name servers when the guest needs one. */
static int allow_slirp(scmp_filter_ctx ctx)
{
	int ret = allow(ctx, slirp_calls, NR(slirp_calls));

	if (!ret)
		ret = deny_unix(ctx);
	if (!ret)
		ret = allow_if(ctx, SCMP_SYS(socket), 0, ~0U, AF_INET);
	if (!ret)
		ret = allow_if(ctx, SCMP_SYS(socket), 0, ~0U, AF_INET6);
	if (!ret)
		ret = allow_if(ctx, SCMP_SYS(openat), 2, ~(unsigned int)O_CLOEXEC,
			       O_RDONLY);
	return ret;
}

/*
 * CTL_OPTIMIZE 2: a binary tree instead of a list, so that no call has to pass many
 * comparisons. CTL_SSB: the filter does not switch on the mitigation of speculative
 * store bypass, because the process runs no foreign code.
 */
static int set_attributes(scmp_filter_ctx ctx)
{
	int ret = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
				   SCMP_ACT_KILL_PROCESS);

	if (!ret)
		ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!ret)
		ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_SSB, 1);
	if (!ret)
		ret = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	return ret;
}

static int load_monitor(int vm_fd, bool slirp)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_TRAP);
	int ret;

	if (!ctx)
		return -ENOMEM;
	ret = set_attributes(ctx);
	if (!ret)
		ret = allow(ctx, plain_calls, NR(plain_calls));
	if (!ret)
		ret = allow_ioctls(ctx, vm_fd);
	if (!ret)
		ret = allow_fcntl(ctx);
	if (!ret)
		ret = allow_memory(ctx);
	if (!ret)
		ret = allow_signals(ctx);
	if (!ret && slirp)
		ret = allow_slirp(ctx);
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret;
}

/*
 * The process ends here, so a call that is not async-signal-safe does no further harm.
 * msg_error() takes no lock.
 */
static void on_violation(int sig, siginfo_t *info,
			 void *context __attribute__((unused)))
{
	unsigned int call = info->si_syscall;

	msg_error("system call %s (%u) is not in the seccomp filter: ended: the filter has a bug, or the monitor was taken over",
		  call < CALLS_MAX && call_names[call] ? call_names[call] :
							 "unknown", call);
	/* The handler of tty.c, which restores the terminal. */
	if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
		before.sa_handler(sig);
	raise(sig);
}

static int catch_violations(void)
{
	const struct sigaction sa = {
		.sa_sigaction = on_violation,
		.sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER,
	};

	for (int i = 0; i < CALLS_MAX; i++)
		call_names[i] = seccomp_syscall_resolve_num_arch(
						SCMP_ARCH_NATIVE, i);
	return sigaction(SIGSYS, &sa, &before);
}

/**
 * sandbox_monitor() - load the monitor's filter
 * @vm_fd:	descriptor of /dev/colinux
 * @slirp:	true if the guest has user-mode networking
 * @err:	reason for the failure
 *
 * It applies to all existing threads.
 *
 * Return: 0 or -1.
 */
int sandbox_monitor(int vm_fd, bool slirp, struct err *err)
{
	int ret;

#ifdef __SANITIZE_ADDRESS__
	msg_warn("built with sanitizers: no seccomp filter");
	return 0;
#endif
	ret = catch_violations() ? -errno : load_monitor(vm_fd, slirp);
	if (!ret)
		return 0;
	return err_set(err, "seccomp: %s: does this kernel have CONFIG_SECCOMP_FILTER?",
		       strerror(-ret));
}

/**
 * sandbox_cleaner() - load the cleaner's filter
 *
 * Return: 0 or -1.
 */
int sandbox_cleaner(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int ret;

	if (!ctx)
		return -1;
	ret = allow(ctx, cleaner_calls, NR(cleaner_calls));
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret ? -1 : 0;
}

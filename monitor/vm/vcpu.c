// SPDX-License-Identifier: GPL-2.0
/*
 * The vCPU: runs the guest, and handles the exits that the module passes to the
 * monitor. Started by machine.c.
 *
 * The guest runs inside the ioctl CO_IOC_RUN. It returns for console text of the early
 * guest, when the guest reports that it is ready, for the end of the guest, and for
 * signals.
 *
 * To end a guest from outside, vcpu_stop() sets a flag and sends a signal. The signal
 * may come just before the ioctl is entered, and would then be lost. So its handler
 * also makes the ioctl's argument invalid, and the ioctl fails at once. vcpu_pause()
 * interrupts the ioctl in the same way.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/event.h"
#include "vcpu.h"

#define STOP_SIGNAL	SIGRTMIN
#define NO_VCPU		UINT32_MAX
#define REASON_MAX	256

/* Exception vectors. */
#define PAGE_FAULT	14
#define MACHINE_CHECK	18

static _Thread_local volatile struct co_run *running;

static void on_stop_signal(int sig __attribute__((unused)))
{
	if (running)
		running->vcpu = NO_VCPU;
}

/*
 * SIGBUS: a page of the machine's memory has an error. On the vCPU's thread the signal
 * is ignored: CO_IOC_RUN returns with the guest's machine check, which has the same
 * cause. Another thread cannot go on: it accesses the page again, and the default
 * action of the second signal ends the monitor.
 */
static void on_memory_error(int sig)
{
	static const char text[] =
		"colinux-run: guest: its memory has an error the hardware found: ended\n";

	if (running)
		return;
	signal(sig, SIG_DFL);
	/* If this fails, nobody is left to tell. */
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		return;
}

static void console_text(const struct vcpu *vcpu)
{
	const char *text = ppram_at(vcpu->ram, vcpu->run.arg[0],
				    vcpu->run.arg[1]);

	if (text)
		msg_text(text, vcpu->run.arg[1]);
}

/* Copy the guest's reason as one line of printable characters. */
static void shutdown_reason(const struct vcpu *vcpu, char *buf, size_t size)
{
	uint64_t len = vcpu->run.arg[2];
	const char *text;
	size_t n = 0;

	if (len > size - 1)
		len = size - 1;
	text = ppram_at(vcpu->ram, vcpu->run.arg[1], len);
	for (; text && n < len && text[n]; n++)
		buf[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : ' ';
	while (n && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
}

static enum end shutdown(const struct vcpu *vcpu)
{
	char reason[REASON_MAX];

	switch (vcpu->run.arg[0]) {
	case CO_SHUTDOWN_POWEROFF:
		msg_info("guest: powered off");
		return END_POWEROFF;
	case CO_SHUTDOWN_HALT:
		msg_info("guest: halted");
		return END_HALT;
	case CO_SHUTDOWN_REBOOT:
		msg_info("guest: asks for a reboot");
		return END_REBOOT;
	default:
		shutdown_reason(vcpu, reason, sizeof(reason));
		msg_error("guest: panic: %s: see its last messages",
			  reason[0] ? reason : "no reason given");
		return END_PANIC;
	}
}

static enum end run_error(int error)
{
	switch (error) {
	case -EBUSY:
		msg_error("vCPU: %s", VM_VMX_IN_USE);
		break;
	case -EOPNOTSUPP:
		msg_error("vCPU: this CPU cannot be used: see the kernel log");
		break;
	default:
		msg_error("vCPU: CO_IOC_RUN: %s: see the kernel log",
			  strerror(-error));
	}
	return END_ERROR;
}

/*
 * A crash: one line with its cause, then the registers in the order of a kernel oops.
 */

static const char *vector_name(unsigned int vector)
{
	static const char * const names[] = {
		"divide error", "debug exception", "NMI", "breakpoint",
		"overflow", "bound range exceeded", "invalid opcode",
		"no FPU", "double fault", "coprocessor overrun",
		"invalid TSS", "segment not present", "stack fault",
		"general protection fault", "page fault", "exception 15",
		"x87 error", "alignment check", "machine check",
		"SIMD error", "virtualization exception",
		"control protection fault",
	};

	if (vector < sizeof(names) / sizeof(names[0]))
		return names[vector];
	return "unexpected exception";
}

/**
 * struct dump_arch - what a dump of an architecture's registers looks like
 * @ip:		name of the instruction pointer
 * @flags:	name of the flags
 * @digits:	digits of a register
 * @per_line:	registers on a line
 * @regs:	the registers: name, index in co_regs.gpr; the stack pointer has no index,
 *		as its line has the stack's segment, too
 */
struct dump_arch {
	const char *ip;
	const char *flags;
	int digits;
	unsigned int per_line;
	struct {
		const char *name;
		int gpr;
	} regs[16 + 1];
};

#define SP	(-1)

static const struct dump_arch dump_i386 = {
	.ip = "eip", .flags = "eflags", .digits = 8, .per_line = 4,
	.regs = {
		{ "eax", 0 }, { "ebx", 3 }, { "ecx", 1 }, { "edx", 2 },
		{ "esi", 6 }, { "edi", 7 }, { "ebp", 5 }, { "esp", SP },
	},
};

static const struct dump_arch dump_x86_64 = {
	.ip = "rip", .flags = "rflags", .digits = 16, .per_line = 3,
	.regs = {
		{ "rax", 0 }, { "rbx", 3 }, { "rcx", 1 },
		{ "rdx", 2 }, { "rsi", 6 }, { "rdi", 7 },
		{ "rbp", 5 }, { "r8 ", 8 }, { "r9 ", 9 },
		{ "r10", 10 }, { "r11", 11 }, { "r12", 12 },
		{ "r13", 13 }, { "r14", 14 }, { "r15", 15 },
		{ "rsp", SP },
	},
};

/* Text of a dump, of which the buffer has room for the longest: test_text.c. */
struct dump {
	char *buf;
	size_t size;
	size_t len;
};

static void __attribute__((format(printf, 2, 3)))
dump_add(struct dump *d, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(d->buf + d->len, d->size - d->len, format, args);
	va_end(args);
	if (n > 0 && (size_t)n < d->size - d->len)
		d->len += n;
}

static void dump_first_line(struct dump *d, const struct co_regs *r, bool stuck,
			    int digits)
{
	dump_add(d, "colinux-run: guest: ");
	if (stuck)
		dump_add(d, "stuck with interrupts off");
	else if (r->vector == MACHINE_CHECK)
		dump_add(d, "machine check");
	else if (r->vector == PAGE_FAULT)
		dump_add(d, "page fault (%s %0*llx, error %llx)",
			 r->error & 16 ? "execute" :
			 r->error & 2 ? "write" : "read",
			 digits, (unsigned long long)r->cr2,
			 (unsigned long long)r->error);
	else
		dump_add(d, "%s (vector %u, error %llx)",
			 vector_name(r->vector), r->vector,
			 (unsigned long long)r->error);
	dump_add(d, " at %0*llx: ", digits, (unsigned long long)r->ip);
	if (!stuck && r->vector == MACHINE_CHECK)
		dump_add(d, "its memory has an error the hardware found: ");
	dump_add(d, "ended\n");
}

static void dump_registers(struct dump *d, const struct co_regs *r,
			   const struct dump_arch *arch)
{
	for (unsigned int i = 0; arch->regs[i].name; i++) {
		bool last = !arch->regs[i + 1].name ||
			    (i + 1) % arch->per_line == 0;

		dump_add(d, "  %s ", arch->regs[i].name);
		if (arch->regs[i].gpr == SP)
			dump_add(d, "%04llx:%0*llx", (unsigned long long)r->ss,
				 arch->digits, (unsigned long long)r->sp);
		else
			dump_add(d, "%0*llx", arch->digits,
				 (unsigned long long)r->gpr[arch->regs[i].gpr]);
		if (last)
			dump_add(d, "\n");
	}
}

/**
 * vcpu_dump() - describe the state in which a guest crashed
 * @regs:	its registers
 * @arch:	CO_ARCH_* of the guest
 * @stuck:	true if it was stuck, false for a fault
 * @buf:	filled in with complete lines
 * @size:	size of @buf, VCPU_DUMP_MAX
 */
void vcpu_dump(const struct co_regs *regs, unsigned int arch, bool stuck,
	       char *buf, size_t size)
{
	const struct dump_arch *how = arch == CO_ARCH_X86_64 ? &dump_x86_64 :
							       &dump_i386;
	struct dump d = { .buf = buf, .size = size };

	dump_first_line(&d, regs, stuck, how->digits);
	dump_add(&d, "  %s %04llx:%0*llx  %s %08llx%s\n", how->ip,
		 (unsigned long long)regs->cs, how->digits,
		 (unsigned long long)regs->ip, how->flags,
		 (unsigned long long)regs->flags,
		 regs->valid ? "" : "  (its stack could not be read)");
	dump_registers(&d, regs, how);
	dump_add(&d, "  cr0 %08llx  cr2 %0*llx  cr3 %0*llx  cr4 %08llx\n",
		 (unsigned long long)regs->cr0,
		 how->digits, (unsigned long long)regs->cr2,
		 how->digits, (unsigned long long)regs->cr3,
		 (unsigned long long)regs->cr4);
}

static enum end crash(const struct vcpu *vcpu, bool stuck)
{
	char dump[VCPU_DUMP_MAX];
	struct co_regs regs;

	memcpy(&regs, (const void *)&vcpu->run.regs, sizeof(regs));
	vcpu_dump(&regs, vcpu->vm->arch, stuck, dump, sizeof(dump));
	msg_text(dump, strlen(dump));
	return stuck ? END_STUCK : END_FAULT;
}

static void signal_event(int fd)
{
	if (event_signal(fd))
		msg_error("vCPU: eventfd: %s", strerror(errno));
}

/* A signal ends the read, too: the caller then checks the flags again. */
static void wait_paused(const struct vcpu *vcpu)
{
	event_take(vcpu->resume_fd);
}

static enum end vcpu_run(struct vcpu *vcpu)
{
	for (;;) {
		int error;

		/*
		 * Before the flags are read: a signal that comes after this makes
		 * the argument invalid again, see on_stop_signal().
		 */
		vcpu->run.vcpu = 0;
		if (atomic_load(&vcpu->stop))
			return END_STOPPED;
		if (atomic_load(&vcpu->paused)) {
			wait_paused(vcpu);
			continue;
		}
		error = vm_run(vcpu->vm, &vcpu->run);
		if (error == -EINTR || (error && vcpu->run.vcpu == NO_VCPU))
			continue;
		if (error)
			return atomic_load(&vcpu->stop) ? END_STOPPED :
							  run_error(error);

		switch (vcpu->run.reason) {
		case CO_EXIT_INTR:
			break;
		case CO_EXIT_CONSOLE:
			console_text(vcpu);
			break;
		case CO_EXIT_READY:
			msg_info("guest: its user land is up");
			atomic_store(&vcpu->ready, true);
			signal_event(vcpu->event_fd);
			break;
		case CO_EXIT_SHUTDOWN:
			return shutdown(vcpu);
		case CO_EXIT_FAULT:
			return crash(vcpu, false);
		case CO_EXIT_STUCK:
			return crash(vcpu, true);
		default:
			msg_error("vCPU: unknown exit %u: install a module and a monitor of one build",
				  vcpu->run.reason);
			return END_ERROR;
		}
	}
}

static void *thread(void *arg)
{
	struct vcpu *vcpu = arg;

	pthread_setname_np(pthread_self(), "vcpu0");
	running = &vcpu->run;
	sem_post(&vcpu->begun);
	vcpu->end = vcpu_run(vcpu);
	running = NULL;
	atomic_store(&vcpu->ended, true);
	signal_event(vcpu->event_fd);
	return NULL;
}

static void close_events(struct vcpu *vcpu)
{
	if (vcpu->event_fd >= 0)
		close(vcpu->event_fd);
	if (vcpu->resume_fd >= 0)
		close(vcpu->resume_fd);
}

/**
 * vcpu_start() - make the thread of vCPU 0, paused until vcpu_pause()
 * @vcpu:	filled in
 * @vm:		its machine, after CO_IOC_VCPU
 * @ram:	the guest's memory
 * @err:	reason for the failure
 *
 * The thread inherits the caller's mask of blocked signals, so these signals go to the
 * thread that serves the devices.
 *
 * Return: 0 or -1.
 */
int vcpu_start(struct vcpu *vcpu, const struct vm *vm, const struct ppram *ram,
	       struct err *err)
{
	struct sigaction sa = { .sa_handler = on_stop_signal };
	struct sigaction bus = { .sa_handler = on_memory_error };
	int error;

	*vcpu = (struct vcpu) { .vm = vm, .ram = ram, .paused = true };
	vcpu->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	vcpu->resume_fd = eventfd(0, EFD_CLOEXEC);
	if (vcpu->event_fd < 0 || vcpu->resume_fd < 0) {
		err_set(err, "vCPU: eventfd: %s: raise the limit of open files",
			strerror(errno));
		goto out_close;
	}
	sem_init(&vcpu->begun, 0, 0);
	sigaction(STOP_SIGNAL, &sa, NULL);
	sigaction(SIGBUS, &bus, NULL);
	error = pthread_create(&vcpu->thread, NULL, thread, vcpu);
	if (error) {
		err_set(err, "vCPU: cannot start its thread: %s: raise the limit of processes",
			strerror(error));
		goto out_close;
	}
	/* The seccomp filter that follows refuses what a thread does as it begins. */
	while (sem_wait(&vcpu->begun))
		;
	return 0;

out_close:
	close_events(vcpu);
	return -1;
}

/**
 * vcpu_stop() - end the guest by force
 * @vcpu:	running or not; the thread still has to be joined
 */
void vcpu_stop(struct vcpu *vcpu)
{
	atomic_store(&vcpu->stop, true);
	signal_event(vcpu->resume_fd);
	pthread_kill(vcpu->thread, STOP_SIGNAL);
}

/**
 * vcpu_pause() - pause the guest, or resume it
 * @vcpu:	the vCPU, not joined yet
 * @pause:	true to pause
 */
void vcpu_pause(struct vcpu *vcpu, bool pause)
{
	atomic_store(&vcpu->paused, pause);
	if (pause)
		pthread_kill(vcpu->thread, STOP_SIGNAL);
	else
		signal_event(vcpu->resume_fd);
}

/**
 * vcpu_join() - wait for the end of the thread, and free the vCPU
 * @vcpu:	the vCPU, ended or after vcpu_stop()
 */
void vcpu_join(struct vcpu *vcpu)
{
	pthread_join(vcpu->thread, NULL);
	close_events(vcpu);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The whole monitor, except main(). This file replaces vm.c and the module: the guest
 * is a function of the test, which runs in the vCPU's thread. It finds its devices in
 * its memory as a guest kernel does, and drives them.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <colinux/guest.h>

#include "block/cobd.h"
#include "common/rundir.h"
#include "fake_guest.h"
#include "machine.h"
#include "process/detach.h"
#include "process/hold.h"
#include "suite.h"

#define MIB		(1 << 20)
#define KERNEL_GPA	MIB
#define SCRATCH_GPA	(12 * MIB)	/* above all areas of the layout */
#define TABLES_SIZE	8192

/*
 * The module.
 */

struct guest {
	uint8_t *mem;
	const struct co_boot_info *boot;
	int kick[CO_NR_KICKS];
	int irq[CO_NR_VIRQS];
	volatile struct co_run *run;
	sigset_t waiting;	/* signals blocked while the guest waits */
};

static struct guest guest;
static int (*guest_main)(struct guest *g);

/* Errors that the module shall report, and the number of machines that have it open. */
static bool no_module, kernel_refused;
static unsigned int vms;

int vm_open(struct vm *vm, unsigned int arch, struct err *err)
{
	if (no_module)
		return err_set(err, "no module");
	/* A second machine, beside a guest that runs, is only checked. */
	if (!vms++) {
		memset(guest.kick, -1, sizeof(guest.kick));
		memset(guest.irq, -1, sizeof(guest.irq));
	}
	vm->fd = -1;
	vm->arch = arch;
	vm->info = (struct co_info) {
		.host_abi = CO_HOST_ABI,
		.guest_abi = CO_GUEST_ABI,
		.archs = 1 << CO_ARCH_I386,
		.max_vcpus = 1,
		.max_mem = 1ULL << 32,
	};
	return 0;
}

/* Signal sent to the monitor while memory is pinned; 0 for none. */
static int pin_signal;

int vm_set_mem(const struct vm *vm __attribute__((unused)),
	       struct co_set_mem *mem)
{
	if (pin_signal)
		kill(getpid(), pin_signal);
	guest.mem = (uint8_t *)(uintptr_t)mem->user_addr;
	mem->tables_size = TABLES_SIZE;
	return 0;
}

/* The image is that of write_kernel(), and has one segment. */
int vm_kernel(const struct vm *vm __attribute__((unused)), const void *image,
	      size_t size, struct err *err)
{
	const uint8_t *bytes = image;
	const Elf32_Ehdr *eh = image;
	const Elf32_Phdr *ph = (const void *)(bytes + eh->e_phoff);

	if (kernel_refused)
		return err_set(err, "not on the list");
	ck_assert_uint_ge(size, ph->p_offset + ph->p_filesz);
	memcpy(guest.mem + ph->p_paddr, bytes + ph->p_offset, ph->p_filesz);
	return 0;
}

int vm_kickfd(const struct vm *vm __attribute__((unused)), unsigned int kick,
	      int fd, struct err *err __attribute__((unused)))
{
	guest.kick[kick] = fd;
	return 0;
}

int vm_irqfd(const struct vm *vm __attribute__((unused)), unsigned int virq,
	     int fd, struct err *err __attribute__((unused)))
{
	guest.irq[virq] = fd;
	return 0;
}

int vm_vcpu(const struct vm *vm __attribute__((unused)),
	    const struct co_vcpu *vcpu, struct err *err __attribute__((unused)))
{
	guest.boot = (void *)(guest.mem + vcpu->boot_gpa);
	return 0;
}

/* As in the module, a signal that arrives after the check is not lost. */
int vm_run(const struct vm *vm __attribute__((unused)),
	   volatile struct co_run *run)
{
	sigset_t stop;
	int ret;

	sigemptyset(&stop);
	sigaddset(&stop, SIGRTMIN);
	pthread_sigmask(SIG_BLOCK, &stop, &guest.waiting);
	guest.run = run;
	ret = run->vcpu ? -EINVAL : guest_main(&guest);
	pthread_sigmask(SIG_SETMASK, &guest.waiting, NULL);
	return ret;
}

static struct co_stats counters = { .passages = 42 };

int vm_stats(const struct vm *vm __attribute__((unused)),
	     struct co_stats *stats, struct err *err __attribute__((unused)))
{
	*stats = counters;
	return 0;
}

void vm_close(struct vm *vm __attribute__((unused)))
{
}

/*
 * Functions of the guests.
 */

static int power_off(struct guest *g)
{
	g->run->reason = CO_EXIT_SHUTDOWN;
	g->run->arg[0] = CO_SHUTDOWN_POWEROFF;
	return 0;
}

static const struct co_dev *find_dev(struct guest *g, unsigned int type,
				     unsigned int unit)
{
	const struct co_dev *dev = (void *)(g->mem + g->boot->dev_gpa);

	for (unsigned int i = 0; i < g->boot->dev_count; i++)
		if (dev[i].type == type && dev[i].unit == unit)
			return &dev[i];
	return NULL;
}

static void find_queue(struct guest *g, const struct co_dev *dev,
		       unsigned int nr, struct fake_queue *q)
{
	fake_queue_init(q, g->mem + dev->queue_gpa[nr], dev->queue_size[nr], 0);
}

static void kick(struct guest *g, const struct co_dev *dev, unsigned int nr)
{
	uint64_t one = 1;

	ck_assert_int_eq(write(g->kick[dev->kick + nr], &one, 8), 8);
}

/* Return: 0, or -EINTR for a signal, like the module. */
static int wait_virq(struct guest *g, unsigned int virq)
{
	struct pollfd pfd = { .fd = g->irq[virq], .events = POLLIN };
	uint64_t n;

	if (ppoll(&pfd, 1, NULL, &g->waiting) < 0)
		return -errno;
	ck_assert_int_eq(read(pfd.fd, &n, sizeof(n)), 8);
	return 0;
}

static int wait_answer(struct guest *g, const struct co_dev *dev,
		       struct fake_queue *q, struct co_comp *comp)
{
	int ret;

	while (!fake_queue_get(q, comp)) {
		if (!fake_queue_rearm(q))
			continue;
		ret = wait_virq(g, dev->virq);
		if (ret)
			return ret;
	}
	return 0;
}

/*
 * The host's side of a test.
 */

static char test_dir[32];
static char kernel_path[64];
static char image_path[64];
static char out_path[64];

/* Write the smallest possible kernel: one page and a note. */
static void write_kernel(void)
{
	struct {
		Elf32_Ehdr eh;
		Elf32_Phdr ph[2];
		Elf32_Nhdr nh;
		char name[8];
		struct co_elf_note note;
		char text[64];
	} k = {
		.eh = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
				     ELFCLASS32, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_386,
			.e_phoff = sizeof(Elf32_Ehdr),
			.e_phentsize = sizeof(Elf32_Phdr),
			.e_phnum = 2,
		},
		.nh = {
			.n_namesz = sizeof(CO_NOTE_NAME),
			.n_descsz = sizeof(struct co_elf_note),
			.n_type = CO_NOTE_KERNEL,
		},
		.name = CO_NOTE_NAME,
		.note = {
			.abi = CO_GUEST_ABI,
			.arch = CO_ARCH_I386,
			.entry = 0xc0000000 + KERNEL_GPA,
			.virt_base = 0xc0000000,
			.passage_va = 0xffe00000,
		},
		.text = "kernel",
	};
	FILE *f = fopen(kernel_path, "w");

	k.ph[0] = (Elf32_Phdr) {
		.p_type = PT_LOAD,
		.p_offset = offsetof(typeof(k), text),
		.p_paddr = KERNEL_GPA,
		.p_filesz = sizeof(k.text),
		.p_memsz = 4096,
	};
	k.ph[1] = (Elf32_Phdr) {
		.p_type = PT_NOTE,
		.p_offset = offsetof(typeof(k), nh),
		.p_filesz = offsetof(typeof(k), text) - offsetof(typeof(k), nh),
	};
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fwrite(&k, sizeof(k), 1, f), 1);
	ck_assert_int_eq(fclose(f), 0);
}

static void setup(void)
{
	strcpy(test_dir, "/tmp/colinux-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(test_dir));
	setenv("TERM", "xterm", 1);
	snprintf(kernel_path, sizeof(kernel_path), "%s/vmlinux", test_dir);
	snprintf(image_path, sizeof(image_path), "%s/image", test_dir);
	snprintf(out_path, sizeof(out_path), "%s/out", test_dir);
	write_kernel();
}

static void teardown(void)
{
	unlink(kernel_path);
	unlink(image_path);
	unlink(out_path);
	rmdir(test_dir);
}

static void make_image(off_t size)
{
	int fd = open(image_path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	close(fd);
}

/* Start a guest with the kernel and these words. */
static void start_guest(struct machine *m, struct params *params,
			int (*main)(struct guest *g), char **words)
{
	char kernel[96], mem[] = "mem=32";
	char *argv[16] = { "colinux-run", kernel, mem };
	struct err err;
	int argc = 3;

	snprintf(kernel, sizeof(kernel), "kernel=%s", kernel_path);
	while (*words)
		argv[argc++] = *words++;
	guest_main = main;
	params_init(params);
	if (params_parse(params, argc, argv, &err) ||
	    machine_open(m, params, &err) || machine_make(m, &err) ||
	    machine_start(m, false, &err))
		ck_abort_msg("%s", err.text);
}

/* Return: how the guest ended. */
static enum end finish_guest(struct machine *m, struct params *params)
{
	enum end end = machine_run(m);

	machine_free(m);
	params_free(params);
	return end;
}

static enum end run_guest(int (*main)(struct guest *g), char **words)
{
	struct params params;
	struct machine m;

	start_guest(&m, &params, main, words);
	return finish_guest(&m, &params);
}

#define RUN(main, ...)	run_guest(main, (char *[]){ __VA_ARGS__, NULL })

/*
 * Boot and end.
 */

#define CMDLINE	"TERM=xterm hostname=tester root=/dev/cobd0 single"

static int check_boot(struct guest *g)
{
	const struct co_boot_info *b = g->boot;

	ck_assert_uint_eq(b->magic, CO_BOOT_MAGIC);
	ck_assert_uint_eq(b->size, sizeof(*b));
	ck_assert_uint_eq(b->mem_size, 32 * MIB);
	ck_assert_str_eq((char *)g->mem + b->cmdline_gpa,
			 CMDLINE);
	ck_assert_uint_eq(b->cmdline_size, sizeof(CMDLINE));
	ck_assert_uint_eq(b->dev_count, CO_MAX_DEVS);
	ck_assert_str_eq(b->name, "tester");
	ck_assert_str_eq((char *)g->mem + KERNEL_GPA, "kernel");
	ck_assert_ptr_nonnull(find_dev(g, CO_DEV_COCON, 0));
	ck_assert_ptr_null(find_dev(g, CO_DEV_COBD, 0));
	return power_off(g);
}

START_TEST(boots)
{
	ck_assert_int_eq(RUN(check_boot, "root=/dev/cobd0", "single",
			     "--name=tester", "--console=none"), END_POWEROFF);
}
END_TEST

static int do_panic(struct guest *g)
{
	strcpy((char *)g->mem + SCRATCH_GPA, "not syncing\n");
	g->run->reason = CO_EXIT_SHUTDOWN;
	g->run->arg[0] = CO_SHUTDOWN_PANIC;
	g->run->arg[1] = SCRATCH_GPA;
	g->run->arg[2] = 12;
	return 0;
}

START_TEST(panics)
{
	ck_assert_int_eq(RUN(do_panic, "--console=none"), END_PANIC);
}
END_TEST

static int do_fault(struct guest *g)
{
	g->run->reason = CO_EXIT_FAULT;
	g->run->regs.vector = 14;
	g->run->regs.valid = 1;
	return 0;
}

START_TEST(faults)
{
	ck_assert_int_eq(RUN(do_fault, "--console=none"), END_FAULT);
}
END_TEST

static int do_nonsense(struct guest *g)
{
	g->run->reason = 4711;
	return 0;
}

START_TEST(unknown_exit)
{
	ck_assert_int_eq(RUN(do_nonsense, "--console=none"), END_ERROR);
}
END_TEST

/* The guest itself sends the signal that ends it: so it is certain to run. */
static int obey_power(struct guest *g)
{
	kill(getpid(), SIGTERM);
	return wait_virq(g, CO_VIRQ_POWER) ?: power_off(g);
}

START_TEST(stops_on_request)
{
	ck_assert_int_eq(RUN(obey_power, "--console=none"), END_POWEROFF);
}
END_TEST

static int ignore_power(struct guest *g)
{
	static bool told;

	if (!told)
		kill(getpid(), SIGTERM);
	told = true;
	return wait_virq(g, CO_VIRQ_TIMER) ?: power_off(g);
}

START_TEST(stopped_after_timeout)
{
	ck_assert_int_eq(RUN(ignore_power, "--console=none",
			     "--stop-timeout=0"), END_STOPPED);
}
END_TEST

static int await_power(struct guest *g)
{
	return wait_virq(g, CO_VIRQ_POWER) ?: power_off(g);
}

/* The timer expires in the same batch of events as a request that sets it again. */
START_TEST(given_more_time)
{
	struct params params;
	struct machine m;

	start_guest(&m, &params, await_power,
		    (char *[]){ "--console=none", NULL });
	machine_stop(&m, 1000);
	m.timer.ready(&m.timer, EPOLLIN);
	ck_assert_int_eq(finish_guest(&m, &params), END_POWEROFF);
}
END_TEST

/*
 * systemd.
 */

static char systemd_path[64];

/* Return: the socket on which systemd listens. */
static int be_systemd(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	snprintf(systemd_path, sizeof(systemd_path), "%s/notify", test_dir);
	strcpy(addr.sun_path, systemd_path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	setenv("NOTIFY_SOCKET", systemd_path, 1);
	return fd;
}

/* Return: the messages received since the last call, a newline after each. */
static const char *told(int fd)
{
	static char all[1024];
	size_t len = 0;
	ssize_t n;

	while ((n = recv(fd, all + len, sizeof(all) - 2 - len, 0)) >= 0) {
		len += n;
		all[len++] = '\n';
	}
	all[len] = '\0';
	return all;
}

/* Let the timer expire. Return: the messages to systemd. */
static const char *look_for_life(struct machine *m, int fd)
{
	const struct itimerspec now = { .it_value.tv_nsec = 1 };
	struct pollfd pfd = { .fd = m->life_timer.fd, .events = POLLIN };

	told(fd);
	ck_assert_int_eq(timerfd_settime(pfd.fd, 0, &now, NULL), 0);
	ck_assert_int_eq(poll(&pfd, 1, -1), 1);
	m->life_timer.ready(&m->life_timer, EPOLLIN);
	return told(fd);
}

#define MORE_TIME	"EXTEND_TIMEOUT_USEC=60000000\n"

/* A guest that shows activity gets more time for its start. */
START_TEST(slow_start)
{
	int fd = be_systemd();
	struct params params;
	struct machine m;

	start_guest(&m, &params, await_power,
		    (char *[]){ "--console=none", "--ready-timeout=10000", NULL });
	ck_assert_str_eq(told(fd), "STATUS=Booting\n" MORE_TIME);
	ck_assert_str_eq(look_for_life(&m, fd), "");
	counters.exit_kick++;
	ck_assert_str_eq(look_for_life(&m, fd), MORE_TIME);
	ck_assert_str_eq(look_for_life(&m, fd), "");
	counters.guest_ns += 40000000;
	ck_assert_str_eq(look_for_life(&m, fd), "");
	counters.guest_ns += 60000000;
	ck_assert_str_eq(look_for_life(&m, fd), MORE_TIME);
	/* The time ends with the user's limit. */
	m.started_ms -= 3601000;
	counters.exit_kick++;
	ck_assert_str_eq(look_for_life(&m, fd), "");
	m.opened = true;
	counters.exit_kick++;
	ck_assert_str_eq(look_for_life(&m, fd), MORE_TIME);
	m.ready = true;
	counters.exit_kick++;
	ck_assert_str_eq(look_for_life(&m, fd), "");
	machine_stop(&m, 1000);
	ck_assert_str_eq(told(fd), "STOPPING=1\nEXTEND_TIMEOUT_USEC=1035000000\n"
			 "STATUS=Powering off\n");
	ck_assert_int_eq(finish_guest(&m, &params), END_POWEROFF);
	close(fd);
	unlink(systemd_path);
}
END_TEST

static int insist(struct guest *g)
{
	static bool asked;

	if (!asked) {
		asked = true;
		kill(getpid(), SIGTERM);
		ck_assert_int_eq(wait_virq(g, CO_VIRQ_POWER), 0);
		kill(getpid(), SIGTERM);
	}
	return wait_virq(g, CO_VIRQ_TIMER) ?: power_off(g);
}

START_TEST(stopped_when_asked_twice)
{
	ck_assert_int_eq(RUN(insist, "--console=none"), END_STOPPED);
}
END_TEST

static const int end_signals[] = { SIGTERM, SIGINT, SIGHUP };

/* The monitor removes its files first, and then ends by the signal. */
START_TEST(stopped_while_made)
{
	char name[] = "--name=unmade", console[] = "--console=none";
	char kernel[96], mem[] = "mem=32", path[sizeof(test_dir) + 16];
	char *argv[5] = { "colinux-run", name, console, kernel, mem };
	struct params params;
	struct machine m;
	struct err err;
	sigset_t set;

	snprintf(kernel, sizeof(kernel), "kernel=%s", kernel_path);
	setenv(RUNDIR_ENV, test_dir, 1);
	pin_signal = end_signals[_i];
	/* The suite has its own handlers. */
	signal(pin_signal, SIG_DFL);
	params_init(&params);
	ck_assert_int_eq(params_parse(&params, 5, argv, &err), 0);
	ck_assert_int_eq(machine_open(&m, &params, &err), 0);
	ck_assert_int_eq(machine_make(&m, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "the guest is not started"));
	snprintf(path, sizeof(path), "%s/unmade.lock", test_dir);
	ck_assert_int_eq(access(path, F_OK), 0);
	machine_free(&m);
	params_free(&params);
	ck_assert_int_eq(access(path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/unmade.sock", test_dir);
	ck_assert_int_eq(access(path, F_OK), -1);
	sigpending(&set);
	ck_assert_int_eq(sigismember(&set, pin_signal), 1);
	teardown();
	hold_release();
}
END_TEST

/* A signal that is ignored from the start, as under nohup(1), stays ignored. */
START_TEST(ignored_while_made)
{
	signal(SIGHUP, SIG_IGN);
	pin_signal = SIGHUP;
	ck_assert_int_eq(RUN(power_off, "--console=none"), END_POWEROFF);
}
END_TEST

/*
 * --check.
 */

/* Return: 0, or -1 with the reason in *@err. */
static int check_guest(char **words, struct err *err)
{
	char kernel[96], mem[] = "mem=32", check[] = "--check";
	char console[] = "--console=none";
	char *argv[16] = { "colinux-run", kernel, mem, check, console };
	struct params params;
	struct machine m;
	int argc = 5, ret;

	snprintf(kernel, sizeof(kernel), "kernel=%s", kernel_path);
	while (*words)
		argv[argc++] = *words++;
	params_init(&params);
	ck_assert_int_eq(params_parse(&params, argc, argv, err), 0);
	ret = machine_open(&m, &params, err) || machine_check(&m, err) ? -1 : 0;
	machine_free(&m);
	params_free(&params);
	return ret;
}

#define CHECK(err, ...)	check_guest((char *[]){ __VA_ARGS__, NULL }, err)

static void ck_wrong(int ret, const struct err *err, const char *why)
{
	ck_assert_int_eq(ret, -1);
	ck_assert_msg(strstr(err->text, why) != NULL, "'%s' is not in '%s'",
		      why, err->text);
}

START_TEST(checked)
{
	char disk[96], again[96], shared[96];
	struct err err;

	make_image(MIB);
	snprintf(disk, sizeof(disk), "cobd0=%s", image_path);
	snprintf(again, sizeof(again), "cobd3=%s", image_path);
	snprintf(shared, sizeof(shared), "cobd4=%s,ro", image_path);
	ck_assert_int_eq(CHECK(&err, disk), 0);
	ck_wrong(CHECK(&err, disk, again), &err, "cobd3: ");
	ck_wrong(CHECK(&err, disk, again), &err, "named twice");
	ck_wrong(CHECK(&err, disk, shared), &err, "named twice");
	ck_wrong(CHECK(&err, "cobd0=/nonexistent"), &err, "check the path");
	ck_wrong(CHECK(&err, "mem=8192"), &err, "mem=8192: more than a guest can have ");
	ck_wrong(CHECK(&err, "mem=16386"), &err, "mem=16386: more than an i386 kernel can use ");
	ck_wrong(CHECK(&err, "arch=x86_64"), &err,
		 "/vmlinux: an i386 kernel, but arch=x86_64: leave kernel= or arch= out");
	no_module = true;
	ck_wrong(CHECK(&err, disk), &err, "no module");
	no_module = false;
	kernel_refused = true;
	ck_wrong(CHECK(&err, disk), &err, "/vmlinux: not on the list");
}
END_TEST

/* --check of a guest that runs succeeds, and does not affect it. */
START_TEST(checked_while_running)
{
	char disk[96], port[] = "eth0=slirp,,tcp:127.0.0.1:18097:80";
	char path[sizeof(test_dir) + 16];
	struct params params;
	struct machine m;
	struct err err;

	setenv(RUNDIR_ENV, test_dir, 1);
	make_image(MIB);
	snprintf(disk, sizeof(disk), "cobd0=%s", image_path);
	start_guest(&m, &params, await_power,
		    (char *[]){ "--console=none", "--name=run", disk, port, NULL });
	if (CHECK(&err, "--name=run", disk, port))
		ck_abort_msg("%s", err.text);
	/* As in the unit, whose configuration file has no --name. */
	if (CHECK(&err, disk, port))
		ck_abort_msg("%s", err.text);
	ck_wrong(CHECK(&err, "--name=other", port), &err, "cannot listen there");
	snprintf(path, sizeof(path), "%s/run.sock", test_dir);
	ck_assert_int_eq(access(path, F_OK), 0);
	machine_stop(&m, 1000);
	ck_assert_int_eq(finish_guest(&m, &params), END_POWEROFF);
}
END_TEST

START_TEST(checked_limit)
{
	struct rlimit limit = { .rlim_cur = 4096, .rlim_max = 4096 };
	struct err err;

	ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	if (!geteuid()) {
		ck_assert_int_eq(CHECK(&err, "mem=32"), 0);
		ck_assert_int_eq(setegid(65534) || chmod(test_dir, 0755) ||
				 seteuid(65534), 0);
	}
	ck_wrong(CHECK(&err, "mem=32"), &err, "mem=32: more than the 0 MiB that may be locked");
	if (!getuid())
		ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/*
 * The pidfile.
 */

static const char *contents(const char *path)
{
	static char text[64];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return "none";
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* A second guest with the same pidfile fails and does not change it. */
START_TEST(pidfile_taken)
{
	char pid[16];
	struct err err;
	int fd;

	snprintf(pid, sizeof(pid), "%d\n", getpid());
	fd = pidfile_open(out_path, &err);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pidfile_open(out_path, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "another guest that runs"));
	ck_assert_int_eq(pidfile_write(fd, out_path, &err), 0);
	ck_assert_str_eq(contents(out_path), pid);
	ck_assert_int_eq(pidfile_open(out_path, &err), -1);
	ck_assert_int_eq(pidfile_check(out_path, &err), 0);
	ck_assert_str_eq(contents(out_path), pid);
	close(fd);
}
END_TEST

/* A pidfile left by a crash is replaced, also if it is longer than the new one. */
START_TEST(pidfile_left)
{
	char pid[16];
	struct err err;
	FILE *f = fopen(out_path, "w");
	int fd;

	fputs("12345678901234\n", f);
	fclose(f);
	snprintf(pid, sizeof(pid), "%d\n", getpid());
	fd = pidfile_open(out_path, &err);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pidfile_write(fd, out_path, &err), 0);
	ck_assert_str_eq(contents(out_path), pid);
	close(fd);
	fd = pidfile_open("/dev/null", &err);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(pidfile_open("/dev/null", &err), 0);
}
END_TEST

/*
 * The console.
 */

static uint8_t pattern(uint64_t i)
{
	return 'a' + (i * 7 + i / 251) % 26;
}

#define SHOW_BYTES	(3 * MIB + 17)
#define SHOW_CHUNK	1000

/* Print more than the backlog holds, in requests of two segments. */
static int show_much(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COCON, 0);
	uint64_t made = 0, answered = 0;
	struct fake_queue q;
	struct co_comp comp;
	uint16_t id = 0;

	find_queue(g, dev, CO_COCON_TX, &q);
	while (made < SHOW_BYTES) {
		uint64_t at = SCRATCH_GPA + (id % 32) * SHOW_CHUNK;
		uint32_t len = SHOW_BYTES - made < SHOW_CHUNK ?
			       SHOW_BYTES - made : SHOW_CHUNK;

		if (id >= 32 + answered) {
			if (wait_answer(g, dev, &q, &comp))
				return -EINTR;
			ck_assert_int_eq(comp.id, answered % q.size);
			ck_assert_int_eq(comp.status, 0);
			answered++;
			continue;
		}
		for (uint32_t i = 0; i < len; i++)
			g->mem[at + i] = pattern(made + i);
		fake_queue_add(&q, &(struct co_sub) {
			.addr = at, .len = len / 3, .id = id % q.size,
			.flags = CO_SUB_MORE });
		fake_queue_add(&q, &(struct co_sub) {
			.addr = at + len / 3, .len = len - len / 3,
			.id = id % q.size });
		if (fake_queue_publish(&q))
			kick(g, dev, CO_COCON_TX);
		made += len;
		id++;
	}
	/* Power off before the last completions: no output may be lost. */
	return power_off(g);
}

static void check_shown(int fd)
{
	static uint8_t buf[65536];
	uint64_t seen = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++, seen++)
			if (buf[i] != pattern(seen))
				ck_abort_msg("the output differs at byte %lu", (long)seen);
	ck_assert_int_eq(seen, SHOW_BYTES);
}

START_TEST(console_to_file)
{
	char console[96];
	int fd;

	snprintf(console, sizeof(console), "--console=file:%s", out_path);
	ck_assert_int_eq(RUN(show_much, console), END_POWEROFF);
	fd = open(out_path, O_RDONLY);
	check_shown(fd);
	close(fd);
}
END_TEST

static void *slow_reader(void *arg)
{
	int fd = *(int *)arg;

	usleep(300000);
	check_shown(fd);
	return NULL;
}

START_TEST(console_to_slow_pipe)
{
	pthread_t thread;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	pthread_create(&thread, NULL, slow_reader, &fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	ck_assert_int_eq(RUN(show_much, "--console=stdio"), END_POWEROFF);
	close(STDOUT_FILENO);
	pthread_join(thread, NULL);
}
END_TEST

START_TEST(console_to_closed_pipe)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	close(fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	ck_assert_int_eq(RUN(show_much, "--console=stdio"), END_POWEROFF);
}
END_TEST

START_TEST(console_to_nobody)
{
	ck_assert_int_eq(RUN(show_much, "--console=pty"), END_POWEROFF);
}
END_TEST

#define TYPE_BYTES	300000

/* Print the typed characters, until all have arrived. */
static int echo(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COCON, 0);
	struct fake_queue rx, tx;
	struct co_comp comp;
	uint64_t seen = 0;

	find_queue(g, dev, CO_COCON_RX, &rx);
	find_queue(g, dev, CO_COCON_TX, &tx);
	for (uint16_t id = 0; id < 8; id++)
		fake_queue_add(&rx, &(struct co_sub) {
			.addr = SCRATCH_GPA + id * 64, .len = 64, .id = id,
			.flags = CO_SUB_WRITE });
	fake_queue_publish(&rx);
	kick(g, dev, CO_COCON_RX);
	while (seen < TYPE_BYTES) {
		uint64_t at;

		if (wait_answer(g, dev, &rx, &comp))
			return -EINTR;
		at = SCRATCH_GPA + comp.id * 64;
		for (uint32_t i = 0; i < comp.len; i++)
			ck_assert_int_eq(g->mem[at + i], pattern(seen++));
		fake_queue_add(&tx, &(struct co_sub) {
			.addr = at, .len = comp.len, .id = comp.id });
		if (fake_queue_publish(&tx))
			kick(g, dev, CO_COCON_TX);
		while (!fake_queue_get(&tx, &comp)) {
			if (fake_queue_rearm(&tx) &&
			    wait_virq(g, dev->virq))
				return -EINTR;
		}
		fake_queue_add(&rx, &(struct co_sub) {
			.addr = at, .len = 64, .id = comp.id,
			.flags = CO_SUB_WRITE });
		if (fake_queue_publish(&rx))
			kick(g, dev, CO_COCON_RX);
	}
	return power_off(g);
}

static void make_typed(const char *path)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; i < TYPE_BYTES; i++)
		fputc(pattern(i), f);
	fclose(f);
}

/* Typed characters come from a file, which epoll cannot watch, and from a pipe. */
START_TEST(console_typed)
{
	char cmd[96];
	FILE *p;

	make_typed(out_path);
	snprintf(cmd, sizeof(cmd), "cat %s", out_path);
	p = _i ? popen(cmd, "r") : fopen(out_path, "r");
	ck_assert_ptr_nonnull(p);
	dup2(fileno(p), STDIN_FILENO);
	dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
	ck_assert_int_eq(RUN(echo, "--console=stdio"), END_POWEROFF);
}
END_TEST

/* The guest of a terminal at which characters, Ctrl-C and a power-off are typed. */
static int terminal_guest(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COCON, 0);
	static const char prompt[] = "login:\n";
	struct fake_queue rx, tx;
	struct co_comp comp;
	int ret;

	ck_assert_int_eq(dev->cocon.cols, 100);
	ck_assert_int_eq(dev->cocon.rows, 30);
	find_queue(g, dev, CO_COCON_RX, &rx);
	find_queue(g, dev, CO_COCON_TX, &tx);
	memcpy(g->mem + SCRATCH_GPA, prompt, sizeof(prompt));
	fake_queue_add(&tx, &(struct co_sub) {
		.addr = SCRATCH_GPA, .len = sizeof(prompt) - 1 });
	fake_queue_add(&rx, &(struct co_sub) {
		.addr = SCRATCH_GPA + 64, .len = 1, .flags = CO_SUB_WRITE });
	fake_queue_publish(&tx);
	kick(g, dev, CO_COCON_TX);
	fake_queue_publish(&rx);
	kick(g, dev, CO_COCON_RX);
	ret = wait_answer(g, dev, &rx, &comp);
	if (ret)
		return ret;
	ck_assert_int_eq(comp.len, 1);
	ck_assert_int_eq(g->mem[SCRATCH_GPA + 64], 3);	/* Ctrl-C */
	return wait_virq(g, CO_VIRQ_POWER) ?: power_off(g);
}

static void expect(int fd, const char *what)
{
	char buf[4096] = "";
	size_t len = 0;

	while (len < sizeof(buf) - 1) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };

		if (poll(&pfd, 1, 20000) != 1 || read(fd, buf + len, 1) != 1)
			break;
		buf[++len] = '\0';
		if (len >= strlen(what) &&
		    !strcmp(buf + len - strlen(what), what))
			return;
	}
	ck_abort_msg("the terminal does not show '%s', but: %s", what, buf);
}

START_TEST(console_on_terminal)
{
	struct winsize ws = { .ws_col = 100, .ws_row = 30 };
	struct termios before, after;
	int fd, status, slave;
	pid_t pid;

	ck_assert_int_eq(openpty(&fd, &slave, NULL, NULL, &ws), 0);
	tcgetattr(slave, &before);
	pid = fork();
	if (!pid) {
		login_tty(slave);
		_exit(RUN(terminal_guest, "--console=auto"));
	}
	expect(fd, "login:\n");
	tcgetattr(slave, &after);
	ck_assert(!(after.c_lflag & (ICANON | ECHO | ISIG)));
	ck_assert_int_eq(write(fd, "\x1d?\x03", 3), 3);
	expect(fd, "show this\r\n");
	ck_assert_int_eq(write(fd, "\x1dq", 2), 2);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), END_POWEROFF);
	tcgetattr(slave, &after);
	ck_assert_int_eq(before.c_lflag, after.c_lflag);
	ck_assert_int_eq(before.c_oflag, after.c_oflag);
	ck_assert_int_eq(before.c_iflag, after.c_iflag);
}
END_TEST

static int crash(struct guest *g __attribute__((unused)))
{
	raise(SIGSEGV);
	return -EIO;
}

START_TEST(terminal_restored_after_crash)
{
	struct termios before, after;
	int fd, status, slave;
	pid_t pid;

	ck_assert_int_eq(openpty(&fd, &slave, NULL, NULL, NULL), 0);
	tcgetattr(slave, &before);
	pid = fork();
	if (!pid) {
		login_tty(slave);
		_exit(RUN(crash, "--console=tty"));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	tcgetattr(slave, &after);
	ck_assert_int_eq(before.c_lflag, after.c_lflag);
	ck_assert_int_eq(before.c_oflag, after.c_oflag);
}
END_TEST

/* A viewer that opens the pseudo-terminal late sees the earlier output. */
static int pty_guest(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COCON, 0);
	struct fake_queue rx, tx;
	struct co_comp comp;

	find_queue(g, dev, CO_COCON_RX, &rx);
	find_queue(g, dev, CO_COCON_TX, &tx);
	strcpy((char *)g->mem + SCRATCH_GPA, "early\n");
	fake_queue_add(&tx, &(struct co_sub) { .addr = SCRATCH_GPA, .len = 6 });
	fake_queue_add(&rx, &(struct co_sub) {
		.addr = SCRATCH_GPA + 64, .len = 1, .flags = CO_SUB_WRITE });
	fake_queue_publish(&tx);
	kick(g, dev, CO_COCON_TX);
	fake_queue_publish(&rx);
	kick(g, dev, CO_COCON_RX);
	return wait_answer(g, dev, &rx, &comp) ?: power_off(g);
}

static void *pty_viewer(void *arg)
{
	char line[128], *path;
	int fd;

	expect(*(int *)arg, "console on ");
	ck_assert_int_gt(read(*(int *)arg, line, sizeof(line)), 0);
	path = strtok(line, "\n");
	/* The viewer opens it, closes it, and opens it again. */
	for (int i = 0; i < 2; i++) {
		fd = open(path, O_RDWR | O_NOCTTY);
		ck_assert_int_ge(fd, 0);
		if (!i)
			expect(fd, "early\n");
		else
			ck_assert_int_eq(write(fd, "x", 1), 1);
		if (!i)
			close(fd);
	}
	return NULL;
}

START_TEST(console_on_pty)
{
	pthread_t thread;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	pthread_create(&thread, NULL, pty_viewer, &fds[0]);
	ck_assert_int_eq(RUN(pty_guest, "--console=pty"), END_POWEROFF);
	pthread_join(thread, NULL);
}
END_TEST

/*
 * The disk.
 */

#define DISK_SECTORS	20480
#define STEP		24		/* sectors per request */

static uint32_t disk_word(uint32_t sector, uint32_t i)
{
	return sector * 2654435761u + i;
}

static void fill(struct guest *g, uint64_t at, uint32_t sector, bool check)
{
	for (uint32_t s = 0; s < STEP; s++) {
		uint32_t *p = (void *)(g->mem + at + s * 512);

		for (uint32_t i = 0; i < 128; i++) {
			uint32_t word = disk_word(sector + s, i);

			if (!check)
				p[i] = word;
			else if (p[i] != word)
				ck_abort_msg("sector %u has wrong contents", sector + s);
		}
	}
}

static void add_transfer(struct fake_queue *q, uint16_t op, uint64_t at,
			 uint64_t sector, uint16_t id, uint16_t opflags)
{
	uint16_t dir = op == CO_BD_READ ? CO_SUB_WRITE : 0;
	uint32_t part = 512 * (1 + sector % (STEP - 1));

	fake_queue_add(q, &(struct co_sub) {
		.addr = at, .len = part, .id = id, .arg = sector, .op = op,
		.opflags = opflags, .flags = dir | CO_SUB_MORE });
	fake_queue_add(q, &(struct co_sub) {
		.addr = at + part, .len = STEP * 512 - part, .id = id,
		.flags = dir });
}

/*
 * Read or write the whole disk with many requests in flight.
 *
 * Return: 0 or -EINTR.
 */
static int move_disk(struct guest *g, const struct co_dev *dev,
		     struct fake_queue *q, uint16_t op)
{
	uint32_t where[64], next = 0, left = DISK_SECTORS / STEP, free = 64;
	uint16_t ids[64];
	struct co_comp comp;

	for (int i = 0; i < 64; i++)
		ids[i] = i;
	while (left) {
		bool want = false;

		while (free && next + STEP <= DISK_SECTORS &&
		       fake_queue_space(q) >= 2) {
			uint16_t id = ids[--free];
			uint64_t at = SCRATCH_GPA + id * STEP * 512;

			if (op == CO_BD_WRITE)
				fill(g, at, next, false);
			else
				memset(g->mem + at, 0xee, STEP * 512);
			where[id] = next;
			add_transfer(q, op, at, next, id,
				     next % 5 ? 0 : CO_BD_FUA);
			want |= fake_queue_publish(q);
			next += STEP;
		}
		if (want)
			kick(g, dev, 0);
		if (wait_answer(g, dev, q, &comp))
			return -EINTR;
		ck_assert_int_eq(comp.status, 0);
		if (op == CO_BD_READ) {
			ck_assert_int_eq(comp.len, STEP * 512);
			fill(g, SCRATCH_GPA + comp.id * STEP * 512,
			     where[comp.id], true);
		}
		ids[free++] = comp.id;
		left--;
	}
	return 0;
}

static int simple(struct guest *g, const struct co_dev *dev,
		  struct fake_queue *q, const struct co_sub *sub,
		  struct co_comp *comp)
{
	fake_queue_add(q, sub);
	if (fake_queue_publish(q))
		kick(g, dev, 0);
	return wait_answer(g, dev, q, comp);
}

static int status_of(struct guest *g, const struct co_dev *dev,
		     struct fake_queue *q, struct co_sub sub)
{
	struct co_comp comp;

	sub.id = 77;
	ck_assert_int_eq(simple(g, dev, q, &sub, &comp), 0);
	ck_assert_int_eq(comp.id, 77);
	return comp.status;
}

/* Return: the feature bit for the number of CPUs that this test may use. */
static unsigned int one_cpu(void)
{
	cpu_set_t cpus;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(cpus), &cpus), 0);
	return CPU_COUNT(&cpus) == 1 ? CO_BD_F_ONE_CPU : 0;
}

static void use_one_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
}

static int use_disk(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COBD, 3);
	struct fake_queue q;
	uint32_t *p = (void *)(g->mem + SCRATCH_GPA);

	ck_assert_ptr_nonnull(dev);
	ck_assert_uint_eq(dev->cobd.sectors, DISK_SECTORS);
	ck_assert_uint_eq(dev->features, CO_BD_F_FLUSH | CO_BD_F_DISCARD |
			  one_cpu());
	find_queue(g, dev, 0, &q);
	ck_assert_int_eq(move_disk(g, dev, &q, CO_BD_WRITE), 0);
	ck_assert_int_eq(move_disk(g, dev, &q, CO_BD_READ), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_FLUSH }), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_WRITE_ZEROES, .opflags = CO_BD_NOUNMAP,
		.arg = 8, .arg2 = 16 }), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_DISCARD, .arg = 1024, .arg2 = 2048 }), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .arg = 8, .addr = SCRATCH_GPA, .len = 8192,
		.flags = CO_SUB_WRITE }), 0);
	for (int i = 0; i < 2048; i++)
		ck_assert_uint_eq(p[i], 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_GET_ID, .addr = SCRATCH_GPA, .len = 64,
		.flags = CO_SUB_WRITE }), 0);
	ck_assert_str_eq((char *)p, "image");

	/* Invalid requests are completed with an error. */
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .arg = DISK_SECTORS, .addr = SCRATCH_GPA,
		.len = 512, .flags = CO_SUB_WRITE }), -EIO);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .arg = ~0ULL, .addr = SCRATCH_GPA,
		.len = 512, .flags = CO_SUB_WRITE }), -EIO);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_DISCARD, .arg = DISK_SECTORS - 1, .arg2 = 2 }),
		-EIO);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .addr = SCRATCH_GPA, .len = 511,
		.flags = CO_SUB_WRITE }), -EINVAL);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .addr = SCRATCH_GPA, .len = 512 }), -EINVAL);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_WRITE, .addr = SCRATCH_GPA, .len = 512,
		.flags = CO_SUB_WRITE }), -EINVAL);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_GET_ID, .addr = SCRATCH_GPA, .len = 65,
		.flags = CO_SUB_WRITE }), -EINVAL);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = 99 }), -EOPNOTSUPP);
	return power_off(g);
}

static char *io_words[] = { "--io=uring", "--io=threads" };

/* Run a guest with the disk cobdNUMBER, by an engine. Return: how the guest ended. */
static enum end run_disk(int (*main)(struct guest *g), int number,
			 const char *options, int engine)
{
	char cobd[96];

	snprintf(cobd, sizeof(cobd), "cobd%d=%s%s", number, image_path, options);
	return RUN(main, cobd, io_words[engine], "--console=none");
}

START_TEST(disk)
{
	make_image(DISK_SECTORS * 512 + 100);
	ck_assert_int_eq(run_disk(use_disk, 3, "", _i), END_POWEROFF);
}
END_TEST

static int use_ro_disk(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COBD, 0);
	struct fake_queue q;

	ck_assert_uint_eq(dev->features, CO_BD_F_RO | CO_BD_F_ONE_CPU);
	find_queue(g, dev, 0, &q);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .addr = SCRATCH_GPA, .len = 4096,
		.flags = CO_SUB_WRITE }), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_WRITE, .addr = SCRATCH_GPA, .len = 512 }), -EROFS);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_DISCARD, .arg2 = 1 }), -EROFS);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_FLUSH }), 0);
	return power_off(g);
}

START_TEST(ro_disk)
{
	use_one_cpu();
	make_image(MIB);
	ck_assert_int_eq(run_disk(use_ro_disk, 0, ",ro", _i), END_POWEROFF);
}
END_TEST

/* The image shrinks while the guest runs: a read fails, and returns no old data. */
static int read_shrunk(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COBD, 0);
	struct fake_queue q;

	find_queue(g, dev, 0, &q);
	ck_assert_int_eq(truncate(image_path, 6144), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .addr = SCRATCH_GPA, .len = 4096,
		.flags = CO_SUB_WRITE }), 0);
	ck_assert_int_eq(status_of(g, dev, &q, (struct co_sub) {
		.op = CO_BD_READ, .arg = 8, .addr = SCRATCH_GPA, .len = 4096,
		.flags = CO_SUB_WRITE }), -EIO);
	return power_off(g);
}

START_TEST(shrunk_disk)
{
	make_image(MIB);
	ck_assert_int_eq(run_disk(read_shrunk, 0, "", _i), END_POWEROFF);
}
END_TEST

/* Each violation takes the disk away: its slot becomes empty, and the guest goes on. */
static int lie_nr;

static void lie(struct guest *g, struct fake_queue *q)
{
	struct co_sub sub = {
		.op = CO_BD_READ, .addr = SCRATCH_GPA, .len = 512,
		.flags = CO_SUB_WRITE,
	};

	switch (lie_nr) {
	case 0:	/* past the end of memory */
		sub.addr = g->boot->mem_size - 511;
		break;
	case 1:	/* an address and length that overflow */
		sub.addr = ~0ULL - 255;
		break;
	case 2:	/* too long a segment */
		sub.len = CO_SEG_MAX + 512;
		break;
	case 3:	/* a request without its last entry */
		sub.flags |= CO_SUB_MORE;
		break;
	case 4:	/* a request without an end */
		sub.flags |= CO_SUB_MORE;
		for (int i = 0; i < CO_BD_SEGS_MAX; i++)
			fake_queue_add(q, &sub);
		break;
	case 5:	/* entries of two requests in one */
		sub.flags |= CO_SUB_MORE;
		fake_queue_add(q, &sub);
		sub.flags &= ~CO_SUB_MORE;
		sub.id = 1;
		break;
	case 6:	/* more entries than the ring has */
		q->prod += q->size;
		break;
	case 7:	/* entries taken back */
		q->prod -= 2;
		break;
	case 8:	/* completions consumed that were never produced */
		q->hdr->comp_cons += 5;
		break;
	}
	fake_queue_add(q, &sub);
	fake_queue_publish(q);
}

#define NR_LIES		9

static int lying_guest(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COBD, 0);
	uint32_t generation = dev->generation;
	struct co_queue before;
	struct fake_queue q;
	int ret;

	find_queue(g, dev, 0, &q);
	lie(g, &q);
	before = *q.hdr;
	kick(g, dev, 0);
	ret = wait_virq(g, dev->virq);
	if (ret)
		return ret;
	ck_assert_uint_eq(dev->type, CO_DEV_NONE);
	ck_assert_uint_eq(dev->generation, generation + 2);
	ck_assert_int_eq(before.comp_prod, q.hdr->comp_prod);
	kick(g, dev, 0);
	return power_off(g);
}

START_TEST(lying_disk)
{
	make_image(MIB);
	lie_nr = _i / 2;
	ck_assert_int_eq(run_disk(lying_guest, 0, "", _i % 2), END_POWEROFF);
}
END_TEST

/* The guest dies with writes in flight: requests that the disk has taken are written. */
static int die_writing(struct guest *g)
{
	const struct co_dev *dev = find_dev(g, CO_DEV_COBD, 0);
	struct fake_queue q;

	find_queue(g, dev, 0, &q);
	memset(g->mem + SCRATCH_GPA, 0x5a, 8 * MIB);
	for (uint16_t i = 0; i < 8; i++)
		fake_queue_add(&q, &(struct co_sub) {
			.op = CO_BD_WRITE, .addr = SCRATCH_GPA + i * MIB,
			.len = MIB, .arg = i * 2048, .id = i });
	fake_queue_publish(&q);
	kick(g, dev, 0);
	while (__atomic_load_n(&q.hdr->sub_cons, __ATOMIC_ACQUIRE) != q.prod)
		sched_yield();
	return do_fault(g);
}

START_TEST(dies_writing)
{
	static uint8_t buf[8 * MIB];
	int fd;

	make_image(8 * MIB);
	ck_assert_int_eq(run_disk(die_writing, 0, "", _i), END_FAULT);
	fd = open(image_path, O_RDONLY);
	ck_assert_int_eq(read(fd, buf, sizeof(buf)), sizeof(buf));
	for (size_t i = 0; i < sizeof(buf); i += 512)
		ck_assert_int_eq(buf[i], 0x5a);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("machine");
	TCase *tc = tcase_create("machine");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, boots);
	tcase_add_test(tc, panics);
	tcase_add_test(tc, faults);
	tcase_add_test(tc, unknown_exit);
	tcase_add_test(tc, stops_on_request);
	tcase_add_test(tc, stopped_after_timeout);
	tcase_add_test(tc, given_more_time);
	tcase_add_test(tc, slow_start);
	tcase_add_test(tc, stopped_when_asked_twice);
	for (size_t i = 0; i < sizeof(end_signals) / sizeof(end_signals[0]); i++)
		tcase_add_loop_test_raise_signal(tc, stopped_while_made,
						 end_signals[i], i, i + 1);
	tcase_add_test(tc, ignored_while_made);
	tcase_add_test(tc, checked);
	tcase_add_test(tc, checked_while_running);
	tcase_add_test(tc, checked_limit);
	tcase_add_test(tc, pidfile_taken);
	tcase_add_test(tc, pidfile_left);
	tcase_add_test(tc, console_to_file);
	tcase_add_test(tc, console_to_slow_pipe);
	tcase_add_test(tc, console_to_closed_pipe);
	tcase_add_test(tc, console_to_nobody);
	tcase_add_loop_test(tc, console_typed, 0, 2);
	tcase_add_test(tc, console_on_terminal);
	tcase_add_test(tc, terminal_restored_after_crash);
	tcase_add_test(tc, console_on_pty);
	tcase_add_loop_test(tc, disk, 0, 2);
	tcase_add_loop_test(tc, ro_disk, 0, 2);
	tcase_add_loop_test(tc, shrunk_disk, 0, 2);
	tcase_add_loop_test(tc, lying_disk, 0, 2 * NR_LIES);
	tcase_add_loop_test(tc, dies_writing, 0, 2);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

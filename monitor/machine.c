// SPDX-License-Identifier: GPL-2.0
/*
 * The machine: puts the parts of the monitor together. See machine.h.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "block/cobd.h"
#include "common/arch.h"
#include "common/clock.h"
#include "common/event.h"
#include "console/cocon.h"
#include "control/notify.h"
#include "control/request.h"
#include "control/stats.h"
#include "machine.h"
#include "net/conet.h"
#include "process/hold.h"
#include "vm/boot.h"
#include "vm/choice.h"

#define MIB		(1ULL << 20)

/* Seconds for the devices to complete their work after an end by force. */
#define FORCE_SECONDS	5

/* Seconds for the monitor's own end: to free many GiB of memory takes long. */
#define END_SECONDS	30

/*
 * Until the guest is ready, its activity is checked each LIFE_SECONDS. If it was
 * active, systemd is asked for EXTEND_SECONDS more. Before the guest accepts input, this
 * goes on for BOOT_SECONDS at most. After that its ready_timeout is the limit.
 */
#define LIFE_SECONDS	5
#define EXTEND_SECONDS	60
#define BOOT_SECONDS	3600

/*
 * Opening the files that the user named.
 */

static int open_kernel(struct machine *m, struct err *err)
{
	const char *path = params_kernel(m->params);

	unsigned int arch = m->params->arch;

	if (!m->params->kernel && access(path, F_OK))
		return err_set(err, "no kernel named, and no %s kernel installed as %s: say kernel=FILE",
			       arch_name(arch ? arch : CO_ARCH_I386), path);
	m->kernel_file = file_slurp(path, KERNEL_FILE_MAX, &m->kernel_size,
				    err);
	if (!m->kernel_file)
		return -1;
	if (kernel_parse(&m->kernel, m->kernel_file, m->kernel_size, err)) {
		err_prefix(err, "%s: ", path);
		return -1;
	}
	if (arch && arch != m->kernel.note.arch)
		return err_set(err, "%s: an %s kernel, but arch=%s: leave kernel= or arch= out",
			       path, arch_name(m->kernel.note.arch),
			       arch_name(arch));
	choice_check(m->params, m->kernel.note.arch);
	return 0;
}

static int open_initrd(struct machine *m, struct err *err)
{
	const char *path = m->params->initrd;

	if (!path)
		return 0;
	if (file_open(&m->initrd, path, CO_BOOT_MAP_MAX, err))
		return -1;
	if (!m->initrd.size)
		return err_set(err, "%s: empty: name an initial RAM disk",
			       path);
	return 0;
}

static void add_device(struct machine *m, struct device *dev)
{
	m->devices[m->nr_devices++] = dev;
}

static void machine_on_key(void *arg, char key);

static unsigned int how_to_open(const struct params *p,
				const struct disk_param *disk)
{
	return (disk->ro || disk->snapshot || disk->cow ? IMAGE_RO : 0) |
	       (disk->direct ? IMAGE_DIRECT : 0) |
	       (disk->raw ? IMAGE_RAW : 0) |
	       (p->force_share ? IMAGE_SHARE : 0) |
	       (p->action == ACTION_CHECK ? IMAGE_CHECK : 0);
}

/* If the checked guest itself may be running, it may cause the failure: only warn. */
static int not_now(struct machine *m, struct err *err)
{
	if (!m->in_use)
		return -1;
	msg_warn("%s", err->text);
	return 0;
}

static bool same_file(int a, int b)
{
	struct stat one, other;

	return !fstat(a, &one) && !fstat(b, &other) && file_same(&one, &other);
}

/* Find out who has locked the image: another disk of this guest, or another program. */
static int busy_disk(struct machine *m, struct device *dev, struct err *err)
{
	const struct image *img = cobd_image(dev);

	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct device *other = m->devices[i];

		if (other != dev && other->ops->type == CO_DEV_COBD &&
		    same_file(cobd_image(other)->fd, img->fd))
			return err_set(err, "cobd%u: %s: named twice: leave one out, or say ,ro of both",
				       dev->unit, img->path);
	}
	msg_warn("cobd%u: %s: in use by a guest or QEMU that runs", dev->unit,
		 img->path);
	m->in_use = true;
	return 0;
}

/* With ACTION_CHECK, nothing is made. */
static int open_overlay(struct machine *m, struct device *dev,
			const struct disk_param *disk, struct err *err)
{
	if (m->params->action != ACTION_CHECK)
		return cobd_overlay(dev, disk->cow, err);
	if (!disk->cow || !image_check_overlay(cobd_image(dev), disk->cow, err))
		return 0;
	err_prefix(err, "cobd%u: ", dev->unit);
	return -1;
}

static int open_disks(struct machine *m, struct err *err)
{
	const struct params *p = m->params;

	m->aio = aio_open(&m->loop, p->io, err);
	if (!m->aio)
		return -1;
	for (unsigned int i = 0; i < CO_MAX_COBD; i++) {
		const struct disk_param *disk = &p->disks[i];
		struct device *dev;

		dev = cobd_make(i, m->aio, err);
		if (!dev)
			return -1;
		add_device(m, dev);
		if (disk->path && cobd_open(dev, disk->path,
					    how_to_open(p, disk), err))
			return -1;
		if (cobd_image(dev)->busy && busy_disk(m, dev, err))
			return -1;
		if ((disk->snapshot || disk->cow) && open_overlay(m, dev, disk, err))
			return -1;
	}
	return 0;
}

static int open_nets(struct machine *m, struct err *err)
{
	const struct params *p = m->params;

	for (unsigned int i = 0; i < CO_MAX_CONET; i++) {
		struct device *dev;

		if (p->nets[i].kind == NET_NONE)
			continue;
		if (p->action == ACTION_CHECK) {
			if (conet_check(p, i, &m->loop, err) &&
			    not_now(m, err))
				return -1;
			continue;
		}
		dev = conet_open(p, i, &m->loop, err);
		if (!dev)
			return -1;
		add_device(m, dev);
	}
	return 0;
}

static int open_devices(struct machine *m, struct err *err)
{
	m->console = cocon_open(m->params, &m->loop, machine_on_key, m, err);
	if (!m->console)
		return -1;
	add_device(m, m->console);
	return open_disks(m, err) || open_nets(m, err) ? -1 : 0;
}

static int open_stats(struct machine *m, struct err *err)
{
	const char *path = m->params->stats_file;

	if (!path)
		return 0;
	if (m->params->action != ACTION_CHECK)
		m->stats_file = fopen(path, "we");
	else if (!file_check_write(path))
		return 0;
	if (!m->stats_file)
		return err_set(err, "%s: %s%s", path, strerror(errno),
			       file_hint(path, errno));
	return 0;
}

/* A guest without a name of its own gets a unique one. */
static void machine_set_name(struct machine *m)
{
	const struct params *p = m->params;

	snprintf(m->name, sizeof(m->name), p->named ? "%s" : "%s-%d", p->name,
		 getpid());
}

/* Return: length of the command line without the NUL, or -1. */
static int make_cmdline(struct machine *m, struct err *err)
{
	size_t used = params_defaults(m->name, getenv("TERM"), m->cmdline,
				      sizeof(m->cmdline));
	int len = params_cmdline(m->params, m->cmdline + used,
				 sizeof(m->cmdline) - used, err);

	return len < 0 ? -1 : (int)used + len;
}

/*
 * Must come first: the cleaner must not inherit files that are opened later. A guest
 * without a path for a socket has no directory for chroot() either; see
 * open_control().
 */
static int start_cleaner(struct machine *m, struct err *err)
{
	const char *pidfile = m->params->pidfile;

	if (confine_jail(&m->confine, m->name, &m->cleaner, err) ||
	    control_files(&m->cleaner, m->name, err)) {
		if (m->params->named)
			return -1;
		m->confine.jail[0] = '\0';
	}
	if (pidfile &&
	    cleaner_add(&m->cleaner, CLEAN_PIDFILE, false, pidfile, err))
		return -1;
	return cleaner_start(&m->cleaner, err);
}

/**
 * machine_open() - open and check all files that the user named
 * @m:		filled in
 * @params:	the user's parameters; must live as long as @m
 * @err:	reason for the failure
 *
 * Return: 0 or -1; machine_free() is due in both cases.
 */
int machine_open(struct machine *m, const struct params *params,
		 struct err *err)
{
	int len;

	*m = (struct machine) {
		.params = params,
		.initrd.fd = -1,
		.vm.fd = -1,
		.loop.epfd = -1,
		.vcpu_event.fd = -1,
		.signals.fd = -1,
		.timer.fd = -1,
		.ready_timer.fd = -1,
		.life_timer.fd = -1,
		.power_fd = -1,
	};
	notify_init(&m->notify);
	cleaner_init(&m->cleaner);
	machine_set_name(m);
	if (confine_init(&m->confine, params, err) ||
	    (params->action == ACTION_RUN && start_cleaner(m, err)))
		return -1;
	notify_open(&m->notify);
	if (params->action == ACTION_CHECK && params->named &&
	    control_runs(params->name)) {
		msg_warn("--name=%s: a guest of this name runs", params->name);
		m->in_use = true;
	}
	len = make_cmdline(m, err);
	if (len < 0 || open_kernel(m, err) ||
	    kernel_check_mem(&m->kernel, params->mem, err) ||
	    open_initrd(m, err) || open_stats(m, err) ||
	    loop_init(&m->loop, err) || open_devices(m, err))
		return -1;

	/* The size of the module's tables is not known yet; they are small. */
	m->layout.mem_size = params->mem;
	m->layout.kernel_end = m->kernel.end;
	m->layout.cmdline_size = len + 1;
	m->layout.initrd_size = m->initrd.size;
	if (layout_make(&m->layout, err))
		return -1;
	return ppram_check_host(params->mem, params->hugetlb, err) ?
	       not_now(m, err) : 0;
}

static int check_max_mem(const struct machine *m, struct err *err)
{
	uint64_t mem = m->params->mem;

	if (mem <= m->vm.info.max_mem)
		return 0;
	return err_set(err, "mem=%llu: more than a guest can have on this host (%llu MiB): give less mem=",
		       (unsigned long long)(mem / MIB),
		       (unsigned long long)(m->vm.info.max_mem / MIB));
}

/*
 * Checking whether the module would accept the guest.
 */

static int check_memlock(const struct machine *m, struct err *err)
{
	uint64_t mem = m->params->mem;
	struct rlimit limit;

	if (getrlimit(RLIMIT_MEMLOCK, &limit) || limit.rlim_cur >= mem ||
	    confine_may(CAP_IPC_LOCK))
		return 0;
	return err_set(err, "mem=%llu: more than the %llu MiB that may be locked: raise the limit of locked memory (ulimit -l), or give less mem=",
		       (unsigned long long)(mem / MIB),
		       (unsigned long long)(limit.rlim_cur / MIB));
}

/* Make the module load the kernel, into just as much memory as the kernel takes. */
static int try_kernel(struct machine *m, struct err *err)
{
	uint64_t size = (m->kernel.end + CO_CHUNK_SIZE - 1) &
			~(uint64_t)(CO_CHUNK_SIZE - 1), tables;

	if (ppram_map(&m->ram, size, m->params->hugetlb, err) ||
	    ppram_register(&m->ram, &m->vm, &tables, err)) {
		err_prefix(err, "%s: no memory to try it in: ",
			   params_kernel(m->params));
		return not_now(m, err);
	}
	if (!vm_kernel(&m->vm, m->kernel_file, m->kernel_size, err))
		return 0;
	err_prefix(err, "%s: ", params_kernel(m->params));
	return -1;
}

/**
 * machine_check() - would the module accept the guest and its kernel?
 * @m:		from machine_open(), with ACTION_CHECK
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int machine_check(struct machine *m, struct err *err)
{
	return vm_open(&m->vm, m->kernel.note.arch, err) ||
	       check_max_mem(m, err) || check_memlock(m, err) ||
	       try_kernel(m, err) ? -1 : 0;
}

/*
 * Making memory, the module's machine, and the guest's initial memory.
 */

static int load(struct machine *m, struct err *err)
{
	if (vm_kernel(&m->vm, m->kernel_file, m->kernel_size, err)) {
		err_prefix(err, "%s: ", params_kernel(m->params));
		return -1;
	}
	free(m->kernel_file);
	m->kernel_file = NULL;
	if (m->initrd.fd >= 0 &&
	    file_read(&m->initrd, m->ram.base + m->layout.initrd_gpa, err))
		return -1;
	file_close(&m->initrd);
	return boot_write(&m->ram, &m->layout, m->params->name, m->cmdline,
			  err);
}

/* Is it a disk without an image, which may get one while the guest runs? */
static bool is_empty(struct device *dev)
{
	return dev->ops->type == CO_DEV_COBD && !cobd_image(dev)->path;
}

static int attach_devices(struct machine *m, struct err *err)
{
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct device *dev = m->devices[i];

		if (device_attach(dev, &m->loop, &m->ram, &m->layout, err) ||
		    device_wire(dev, &m->vm, err) ||
		    (!is_empty(dev) && device_show(dev, err)))
			return -1;
	}
	return 0;
}

static int make_power(struct machine *m, struct err *err)
{
	m->power_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->power_fd < 0)
		return err_set(err, "eventfd: %s: raise the limit of open files",
			       strerror(errno));
	return vm_irqfd(&m->vm, CO_VIRQ_POWER, m->power_fd, err);
}

static int make_vcpu(struct machine *m, struct err *err)
{
	const struct co_vcpu arg = {
		.boot_gpa = m->layout.boot_gpa,
		.tables_gpa = m->layout.tables_gpa,
	};

	return vm_vcpu(&m->vm, &arg, err);
}

/*
 * A guest that the user gave no name may run without a control channel, if there is no
 * directory for its socket.
 */
static int open_control(struct machine *m, struct err *err)
{
	const struct params *p = m->params;

	m->control = control_open(m->name, &m->loop, &m->cleaner,
				  request_handle, m, err);
	if (m->control)
		return 0;
	if (p->named)
		return -1;
	msg_info("no control channel: %s", err->text);
	m->confine.jail[0] = '\0';
	return 0;
}

/**
 * machine_make() - make the virtual machine and load the guest
 * @m:		from machine_open()
 * @err:	reason for the failure
 *
 * Calls hold_signals(): the caller must call hold_release() if the guest is never
 * started.
 *
 * Return: 0 or -1.
 */
int machine_make(struct machine *m, struct err *err)
{
	uint64_t mem = m->params->mem;

	hold_signals();
	if (open_control(m, err) ||
	    vm_open(&m->vm, m->kernel.note.arch, err) ||
	    check_max_mem(m, err))
		return -1;
	if (ppram_map(&m->ram, mem, m->params->hugetlb, err) ||
	    ppram_register(&m->ram, &m->vm, &m->layout.tables_size, err) ||
	    layout_make(&m->layout, err) ||
	    load(m, err) ||
	    attach_devices(m, err) ||
	    make_power(m, err) ||
	    make_vcpu(m, err) ||
	    hold_check(err))
		return -1;
	msg_info("%s: kernel at %llu to %llu KiB, area to %llu, initrd to %llu; memory %llu",
		 m->params->name,
		 (unsigned long long)(m->kernel.start >> 10),
		 (unsigned long long)(m->kernel.end >> 10),
		 (unsigned long long)((m->layout.area_gpa +
				       m->layout.area_size) >> 10),
		 (unsigned long long)(m->layout.end >> 10),
		 (unsigned long long)(mem >> 10));
	return 0;
}

/*
 * Running.
 */

static void set_timer(struct machine *m, const struct loop_watch *timer,
		      time_t seconds)
{
	const struct itimerspec limit = {
		.it_value.tv_sec = seconds,
		.it_value.tv_nsec = 1,	/* 0 would disarm it */
	};

	if (timerfd_settime(timer->fd, 0, &limit, NULL))
		msg_warn("%s: timerfd: %s", m->params->name, strerror(errno));
}

static void force(struct machine *m, const char *why)
{
	if (m->ended) {
		m->give_up = true;
		return;
	}
	msg_note("%s: %s: ended by force", m->params->name, why);
	m->stopping = true;
	notify_stopping(&m->notify);
	notify_extend(&m->notify, FORCE_SECONDS + END_SECONDS);
	vcpu_stop(&m->vcpu);
	set_timer(m, &m->timer, FORCE_SECONDS);
}

/**
 * machine_stop() - ask the guest to power off
 * @m:		the machine
 * @timeout:	seconds until it is ended by force
 */
void machine_stop(struct machine *m, unsigned int timeout)
{
	m->stopping = true;
	msg_info("%s: asked to power off", m->params->name);
	notify_stopping(&m->notify);
	notify_extend(&m->notify, timeout + FORCE_SECONDS + END_SECONDS);
	notify_status(&m->notify, "Powering off");
	if (m->paused) {
		m->paused = false;
		vcpu_pause(&m->vcpu, false);
	}
	set_timer(m, &m->timer, timeout);
	if (event_signal(m->power_fd))
		force(m, strerror(errno));
}

static void ask_power_off(struct machine *m)
{
	if (m->stopping)
		force(m, "asked again to stop");
	else
		machine_stop(m, m->params->stop_timeout);
}

/**
 * machine_kill() - end the guest at once
 * @m:		the machine
 */
void machine_kill(struct machine *m)
{
	force(m, "asked to end at once");
}

/**
 * machine_reset() - end the guest at once, as if it had asked for a reboot
 * @m:		the machine
 */
void machine_reset(struct machine *m)
{
	m->reset = true;
	force(m, "asked to reset");
}

/**
 * machine_pause() - pause the guest, or resume it
 * @m:		the machine
 * @pause:	true to pause
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int machine_pause(struct machine *m, bool pause, struct err *err)
{
	if (m->stopping || m->ended)
		return err_set(err, "the guest is about to end");
	if (m->paused == pause)
		return err_set(err, pause ? "the guest is paused already" :
					    "the guest is not paused");
	m->paused = pause;
	vcpu_pause(&m->vcpu, pause);
	notify_status(&m->notify, pause ? "Paused" : "Running");
	return 0;
}

/**
 * machine_state() - the state of the machine
 * @m:		the machine
 *
 * Return: a word of docs/control.md.
 */
const char *machine_state(const struct machine *m)
{
	if (m->ended)
		return "ended";
	if (m->stopping)
		return "stopping";
	if (m->paused)
		return "paused";
	return m->ready ? "running" : "starting";
}

/**
 * machine_uptime_ms() - time since the guest's start
 * @m:		the machine
 *
 * Return: milliseconds, 0 before the start.
 */
uint64_t machine_uptime_ms(const struct machine *m)
{
	return m->running ? now_ms() - m->started_ms : 0;
}

static void machine_on_key(void *arg, char key)
{
	struct machine *m = arg;

	switch (key) {
	case 'q':
		ask_power_off(m);
		break;
	case 'x':
		machine_kill(m);
		break;
	default:
		msg_text(tty_help(), strlen(tty_help()));
		break;
	}
}

static void machine_on_timer(struct loop_watch *watch,
			     uint32_t events __attribute__((unused)))
{
	struct machine *m = container_of(watch, struct machine, timer);

	if (event_take(watch->fd))
		force(m, "did not power off in time");
}

static void machine_on_signal(struct loop_watch *watch,
			      uint32_t events __attribute__((unused)))
{
	struct machine *m = container_of(watch, struct machine, signals);
	struct signalfd_siginfo si;

	if (read(watch->fd, &si, sizeof(si)) != sizeof(si))
		return;
	switch (si.ssi_signo) {
	case SIGUSR1:
		stats_show(&m->vm, m->devices, m->nr_devices, stderr);
		break;
	case SIGCONT:
		tty_resume();
		break;
	case SIGWINCH:
		cocon_window(m->console);
		break;
	default: /* SIGTERM, SIGINT, SIGHUP */
		ask_power_off(m);
	}
}

static void on_vcpu_event(struct loop_watch *watch,
			  uint32_t events __attribute__((unused)))
{
	struct machine *m = container_of(watch, struct machine, vcpu_event);

	if (event_take(watch->fd))
		m->ended = atomic_load(&m->vcpu.ended);
}

static void be_ready(struct machine *m)
{
	m->ready = true;
	if (!m->stopping)
		notify_status(&m->notify, "Running");
	notify_ready(&m->notify);
}

/*
 * Not all user spaces report that they are up, and the monitor cannot know which do.
 * So the wait for a report is limited, from the moment the guest accepts input.
 */
static void look_if_ready(struct machine *m)
{
	if (m->ready)
		return;
	if (atomic_load(&m->vcpu.ready)) {
		be_ready(m);
	} else if (!m->opened && cocon_opened(m->console)) {
		m->opened = true;
		set_timer(m, &m->ready_timer, m->params->ready_timeout);
	}
}

static void on_ready_timer(struct loop_watch *watch,
			   uint32_t events __attribute__((unused)))
{
	struct machine *m = container_of(watch, struct machine, ready_timer);

	if (event_take(watch->fd) && !m->ready)
		be_ready(m);
}

/*
 * Was the guest active since the last check? That is a kick, or more than a hundredth of
 * the CPU time. A guest that waits at a prompt has neither.
 */
static bool shows_life(struct machine *m)
{
	struct co_stats last = m->life;
	struct err err;

	if (vm_stats(&m->vm, &m->life, &err))
		return false;
	return m->life.exit_kick != last.exit_kick ||
	       m->life.guest_ns - last.guest_ns >
	       LIFE_SECONDS * 1000000000ULL / 100;
}

/* Ask systemd for more time, for example while the guest checks a large disk. */
static void on_life_timer(struct loop_watch *watch,
			  uint32_t events __attribute__((unused)))
{
	struct machine *m = container_of(watch, struct machine, life_timer);

	if (!event_take(watch->fd) || m->ready || m->stopping || m->ended)
		return;
	if (shows_life(m) &&
	    (m->opened || machine_uptime_ms(m) < BOOT_SECONDS * 1000UL))
		notify_extend(&m->notify, EXTEND_SECONDS);
	set_timer(m, watch, LIFE_SECONDS);
}

/* Are all requests of the guest complete that it made before its end? */
static bool drained(struct machine *m)
{
	bool ret = true;

	for (unsigned int i = 0; i < m->nr_devices; i++)
		if (!m->devices[i]->ops->drained(m->devices[i]))
			ret = false;
	return ret;
}

static int watch_fd(struct machine *m, struct loop_watch *watch, int fd,
		    const char *what, struct err *err)
{
	if (!loop_watch_own(&m->loop, watch, fd))
		return 0;
	return err_set(err, "%s: %s: raise the limit of open files", what,
		       strerror(errno));
}

/* Nonblocking: a timer that is set again before its event has nothing to read. */
static int watch_timer(struct machine *m, struct loop_watch *watch,
		       void (*ready)(struct loop_watch *watch, uint32_t events),
		       struct err *err)
{
	watch->ready = ready;
	return watch_fd(m, watch,
			timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK),
			"timerfd", err);
}

static int watch_events(struct machine *m, struct err *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGWINCH);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);

	m->signals.ready = machine_on_signal;
	if (watch_fd(m, &m->signals,
		     signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK),
		     "signalfd", err) ||
	    watch_timer(m, &m->timer, machine_on_timer, err) ||
	    watch_timer(m, &m->ready_timer, on_ready_timer, err) ||
	    watch_timer(m, &m->life_timer, on_life_timer, err))
		return -1;
	return 0;
}

static int watch_vcpu(struct machine *m, struct err *err)
{
	m->vcpu_event.ready = on_vcpu_event;
	if (!loop_watch(&m->loop, &m->vcpu_event, m->vcpu.event_fd, EPOLLIN))
		return 0;
	return err_set(err, "epoll: %s", strerror(errno));
}

/**
 * machine_start() - confine the monitor, and start the guest
 * @m:		from machine_make()
 * @confined:	true to confine the monitor; false in unit tests, which play the guest
 *		themselves
 * @err:	reason for the failure
 *
 * Return: 0, after which machine_run() is due, or -1.
 */
int machine_start(struct machine *m, bool confined, struct err *err)
{
	if (watch_events(m, err) || notify_start(&m->notify, &m->loop, err) ||
	    cocon_start(m->console, err) ||
	    (confined && confine_rights(&m->confine, err)) ||
	    aio_run(m->aio, err) ||
	    vcpu_start(&m->vcpu, &m->vm, &m->ram, err))
		return -1;
	if (watch_vcpu(m, err) ||
	    (confined && confine_calls(&m->confine, m->vm.fd, err))) {
		vcpu_stop(&m->vcpu);
		vcpu_join(&m->vcpu);
		return -1;
	}
	m->started_ms = now_ms();
	m->running = true;
	notify_status(&m->notify, "Booting");
	/* The guest gets this time in full, however long its setup took. */
	notify_extend(&m->notify, EXTEND_SECONDS);
	set_timer(m, &m->life_timer, LIFE_SECONDS);
	vcpu_pause(&m->vcpu, false);
	return 0;
}

static const char *end_name(enum end end)
{
	static const char * const names[] = {
		[END_POWEROFF] = "poweroff",
		[END_HALT] = "halt",
		[END_REBOOT] = "reboot",
		[END_PANIC] = "panic",
		[END_FAULT] = "fault",
		[END_STUCK] = "stuck",
		[END_STOPPED] = "stopped",
		[END_ERROR] = "error",
	};

	return names[end];
}

/**
 * machine_run() - serve the guest until it ends
 * @m:		from machine_start()
 *
 * Return: how it ended.
 */
enum end machine_run(struct machine *m)
{
	enum end end;

	while (!m->ended || !(m->give_up || drained(m))) {
		loop_once(&m->loop);
		look_if_ready(m);
	}
	vcpu_join(&m->vcpu);
	if (m->params->stats)
		stats_show(&m->vm, m->devices, m->nr_devices,
			   m->stats_file ? m->stats_file : stderr);
	end = m->vcpu.end;
	if (m->reset && end == END_STOPPED)
		end = END_REBOOT;
	m->how = end_name(end);
	return end;
}

/**
 * machine_free() - release everything
 * @m:		from machine_open(), in any state
 */
void machine_free(struct machine *m)
{
	control_close(m->control);
	notify_free(&m->notify, &m->loop);
	aio_free(m->aio);
	for (unsigned int i = 0; i < m->nr_devices; i++)
		m->devices[i]->ops->free(m->devices[i]);
	loop_close(&m->loop, &m->signals);
	loop_close(&m->loop, &m->timer);
	loop_close(&m->loop, &m->ready_timer);
	loop_close(&m->loop, &m->life_timer);
	if (m->power_fd >= 0)
		close(m->power_fd);
	loop_free(&m->loop);
	vm_close(&m->vm);
	ppram_unmap(&m->ram);
	file_close(&m->initrd);
	free(m->kernel_file);
	if (m->stats_file && fclose(m->stats_file))
		msg_warn("%s: %s", m->params->stats_file, strerror(errno));
	cleaner_stop(&m->cleaner);
	/* Last: a client that waits for the end may start the guest again at once. */
	control_free(m->control, m->how);
}

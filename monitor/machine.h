/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: one guest, from its files to its end. main.c calls, in this order:
 *
 *	machine_open()	opens and checks all files that the user named
 *	machine_check()	for --check: checks whether the module would accept the guest
 *	machine_make()	makes memory and a VM, loads the guest, wires the devices
 *	machine_start()	confines the monitor, and starts the guest
 *	machine_run()	serves the guest until it ends
 *	machine_free()	releases everything, after success or failure
 *
 * After machine_make() no file is opened by its name: machine_start() changes the root
 * to an empty directory, and loads a seccomp filter without open() and openat()
 * (process/sandbox.c). Only with user-mode networking does the filter allow openat() for
 * reading, because libslirp reads /etc/resolv.conf. So what a device needs by name is
 * opened in machine_open().
 */
#ifndef MONITOR_MACHINE_H
#define MONITOR_MACHINE_H

#include <stdio.h>

#include "block/aio.h"
#include "common/file.h"
#include "common/msg.h"
#include "common/params.h"
#include "control/control.h"
#include "control/notify.h"
#include "device/device.h"
#include "device/loop.h"
#include "process/cleaner.h"
#include "process/confine.h"
#include "vm/kernel.h"
#include "vm/layout.h"
#include "vm/ppram.h"
#include "vm/vcpu.h"
#include "vm/vm.h"

/**
 * struct machine - a guest
 * @params:	the user's parameters
 * @name:	name of its control channel
 * @cleaner:	the process that removes the files made for it
 * @confine:	confinement of the monitor
 * @cmdline:	the guest's command line
 * @kernel_file: contents of the kernel file, NULL once it is loaded
 * @kernel_size: their bytes
 * @kernel:	the parsed kernel file
 * @initrd:	the initial RAM disk, with descriptor -1 if there is none
 * @layout:	layout of PPRAM
 * @vm:		the module's virtual machine
 * @ram:	PPRAM
 * @loop:	event loop that serves the devices
 * @aio:	I/O engine of the disks
 * @devices:	the guest's devices
 * @nr_devices:	their number
 * @console:	the device that is its console
 * @vcpu:	the vCPU
 * @control:	its control channel, NULL if it has none
 * @notify:	connection to systemd
 * @vcpu_event:	watch for events of @vcpu
 * @signals:	watch for signals
 * @timer:	timer for the guest's power-off
 * @ready_timer: timer for the guest's report that it is ready
 * @life_timer:	timer for checks whether a guest that is not ready is active
 * @life:	counters at the last of these checks
 * @stats_file:	output for the counters, NULL for standard error
 * @power_fd:	eventfd that asks the guest to power off
 * @started_ms:	start time in ms, of CLOCK_BOOTTIME
 * @running:	true once its vCPU was started
 * @opened:	true once it accepts input
 * @ready:	true once it has reported that it is ready, or @ready_timer has expired
 * @paused:	true while it is paused
 * @reset:	true if machine_reset() was called: the end counts as a reboot
 * @stopping:	true once it was asked to power off, or ended by force
 * @ended:	true once the vCPU has ended
 * @in_use:	with ACTION_CHECK: true if the name or a disk is in use, perhaps by
 *		this guest itself
 * @how:	how the guest ended; NULL while it runs
 * @give_up:	true if machine_run() must not wait until the devices are drained
 */
struct machine {
	const struct params *params;
	char name[PARAMS_NAME_MAX + 12];
	struct cleaner cleaner;
	struct confine confine;
	char cmdline[PARAMS_CMDLINE_MAX];
	void *kernel_file;
	size_t kernel_size;
	struct kernel kernel;
	struct file initrd;
	struct layout layout;
	struct vm vm;
	struct ppram ram;
	struct loop loop;
	struct aio *aio;
	struct device *devices[CO_MAX_DEVS];
	unsigned int nr_devices;
	struct device *console;
	struct vcpu vcpu;
	struct control *control;
	struct notify notify;
	struct loop_watch vcpu_event;
	struct loop_watch signals;
	struct loop_watch timer;
	struct loop_watch ready_timer;
	struct loop_watch life_timer;
	struct co_stats life;
	FILE *stats_file;
	int power_fd;
	uint64_t started_ms;
	bool running;
	bool opened;
	bool ready;
	bool paused;
	bool reset;
	bool stopping;
	bool ended;
	bool in_use;
	const char *how;
	bool give_up;
};

int machine_open(struct machine *m, const struct params *params,
		 struct err *err);
int machine_check(struct machine *m, struct err *err);
int machine_make(struct machine *m, struct err *err);
int machine_start(struct machine *m, bool confined, struct err *err);
enum end machine_run(struct machine *m);
void machine_free(struct machine *m);

void machine_stop(struct machine *m, unsigned int timeout);
void machine_kill(struct machine *m);
void machine_reset(struct machine *m);
int machine_pause(struct machine *m, bool pause, struct err *err);
const char *machine_state(const struct machine *m);
uint64_t machine_uptime_ms(const struct machine *m);

#endif /* MONITOR_MACHINE_H */

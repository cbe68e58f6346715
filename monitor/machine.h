/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: one guest from its files to its end.
 *
 *	machine_open()	opens every file the user named and checks it
 *	machine_check()	and whether the module would take it, for --check
 *	machine_make()	takes memory and a VM, loads the guest, wires devices
 *	machine_start()	sets it going
 *	machine_run()	runs it until it ends
 *	machine_free()	gives everything back, however far it came
 *
 * Nothing is opened by name after machine_make(), and machine_start() gives up
 * the right to.
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
 * @params:	what the user said
 * @name:	the name by which it is controlled
 * @cleaner:	removes the files made for it
 * @confine:	what the monitor gives up
 * @cmdline:	the guest's command line
 * @kernel_file: contents of the kernel file, until it is loaded
 * @kernel_size: their bytes
 * @kernel:	what it says
 * @initrd:	the initial RAM disk, @fd -1 without one
 * @layout:	what lies where
 * @vm:		the module's side
 * @ram:	PPRAM
 * @loop:	serves the devices
 * @aio:	serves the disks
 * @devices:	the guest's devices
 * @nr_devices:	their number
 * @console:	the one that is its console
 * @vcpu:	runs the guest
 * @control:	others control it by this, NULL if they cannot
 * @notify:	tells systemd
 * @vcpu_event:	watches for what @vcpu has to say
 * @signals:	watches for signals
 * @timer:	watches for the end of the guest's time to power off
 * @ready_timer: watches for the end of its time to say that it is up
 * @life_timer:	when to look whether a guest that is not up yet does something
 * @life:	the counters, at the last look
 * @stats_file:	where the counters go, NULL for standard error
 * @power_fd:	eventfd that asks the guest to power off
 * @started_ms:	when it began to run, of CLOCK_BOOTTIME
 * @running:	its vCPU was started
 * @opened:	it can be typed to
 * @ready:	it is of use: its user land says so, or said nothing for long
 * @paused:	it was told to wait
 * @reset:	it is to start anew
 * @stopping:	it was asked
 * @ended:	the vCPU runs no more
 * @in_use:	what the user named is, by this guest perhaps; ACTION_CHECK alone
 * @how:	and that is how the guest ended; NULL before
 * @give_up:	do not wait for what is left to do
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine: one guest from its files to its end.
 *
 *	machine_open()	opens every file the user named and checks it
 *	machine_make()	takes memory and a VM, loads the guest, wires devices
 *	machine_run()	runs it until it ends
 *	machine_free()	gives everything back, however far it came
 *
 * Nothing is opened by name after machine_make().
 */
#ifndef MONITOR_MACHINE_H
#define MONITOR_MACHINE_H

#include <stdio.h>

#include "aio.h"
#include "device.h"
#include "file.h"
#include "kernel.h"
#include "layout.h"
#include "loop.h"
#include "msg.h"
#include "params.h"
#include "ppram.h"
#include "vcpu.h"
#include "vm.h"

/**
 * struct machine - a guest
 * @params:	what the user said
 * @cmdline:	the guest's command line
 * @kernel_file: contents of the kernel file, until it is loaded
 * @kernel_size: their bytes
 * @kernel:	what it says
 * @initrd:	the initial RAM disk, @fd -1 without one
 * @layout:	what lies where
 * @vm:		the module's side
 * @ram:	PPRAM
 * @loop:	serves the devices
 * @aio:	serves the disks, NULL without any
 * @devices:	the guest's devices
 * @nr_devices:	their number
 * @console:	the one that is its console
 * @vcpu:	runs the guest
 * @done:	watches for the end of @vcpu
 * @signals:	watches for signals
 * @timer:	watches for the end of the guest's time to power off
 * @stats_file:	where the counters go, NULL for standard error
 * @power_fd:	eventfd that asks the guest to power off
 * @stopping:	it was asked
 * @ended:	the vCPU runs no more
 * @give_up:	do not wait for what is left to do
 */
struct machine {
	const struct params *params;
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
	struct loop_watch done;
	struct loop_watch signals;
	struct loop_watch timer;
	FILE *stats_file;
	int power_fd;
	bool stopping;
	bool ended;
	bool give_up;
};

int machine_open(struct machine *m, const struct params *params,
		 struct err *err);
int machine_make(struct machine *m, struct err *err);
int machine_run(struct machine *m, enum end *end, struct err *err);
void machine_free(struct machine *m);

#endif /* MONITOR_MACHINE_H */

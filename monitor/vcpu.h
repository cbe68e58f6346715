/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vCPU: a thread that spends its life in CO_IOC_RUN.
 */
#ifndef MONITOR_VCPU_H
#define MONITOR_VCPU_H

#include <pthread.h>
#include <stdatomic.h>

#include "msg.h"
#include "ppram.h"
#include "vm.h"

/* How a guest can end. */
enum end {
	END_POWEROFF,
	END_HALT,
	END_REBOOT,
	END_PANIC,
	END_FAULT,
	END_STUCK,
	END_STOPPED,	/* by force, on request */
	END_ERROR,	/* the monitor or the module failed */
};

/**
 * struct vcpu - a vCPU
 * @vm:		its machine
 * @ram:	the guest's memory
 * @thread:	its thread
 * @done_fd:	eventfd, signalled when it runs no more
 * @stop:	somebody wants it to end
 * @run:	argument of CO_IOC_RUN
 * @end:	why it ended, once @done_fd says that it has
 */
struct vcpu {
	const struct vm *vm;
	const struct ppram *ram;
	pthread_t thread;
	int done_fd;
	atomic_bool stop;
	volatile struct co_run run;
	enum end end;
};

int vcpu_start(struct vcpu *vcpu, const struct vm *vm, const struct ppram *ram,
	       struct err *err);
void vcpu_stop(struct vcpu *vcpu);
void vcpu_join(struct vcpu *vcpu);

#endif /* MONITOR_VCPU_H */

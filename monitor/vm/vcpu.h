/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The vCPU: a thread that runs the guest with CO_IOC_RUN.
 */
#ifndef MONITOR_VCPU_H
#define MONITOR_VCPU_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "common/msg.h"
#include "ppram.h"
#include "vm.h"

/* Size of the buffer of vcpu_dump(). */
#define VCPU_DUMP_MAX	1024

/* The ways in which a guest can end. */
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
 * @begun:	semaphore that the thread posts when it has begun
 * @event_fd:	eventfd, signalled when @ready or @ended becomes true
 * @resume_fd:	eventfd, signalled when the thread must check @stop and @paused
 * @stop:	request to end
 * @paused:	request to wait
 * @ready:	true once the guest has reported that its user space is up
 * @ended:	true once the guest has ended
 * @run:	argument of CO_IOC_RUN
 * @end:	how the guest ended, once @ended
 */
struct vcpu {
	const struct vm *vm;
	const struct ppram *ram;
	pthread_t thread;
	sem_t begun;
	int event_fd;
	int resume_fd;
	atomic_bool stop;
	atomic_bool paused;
	atomic_bool ready;
	atomic_bool ended;
	volatile struct co_run run;
	enum end end;
};

int vcpu_start(struct vcpu *vcpu, const struct vm *vm, const struct ppram *ram,
	       struct err *err);
void vcpu_stop(struct vcpu *vcpu);
void vcpu_pause(struct vcpu *vcpu, bool pause);
void vcpu_join(struct vcpu *vcpu);
void vcpu_dump(const struct co_regs *regs, unsigned int arch, bool stuck,
	       char *buf, size_t size);

#endif /* MONITOR_VCPU_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all devices have in common.
 *
 * Each device is one file: its structs, the request path from top to bottom,
 * its struct device_ops, then how it comes and goes. The device embeds a
 * struct device, which owns the queues and their eventfds.
 */
#ifndef MONITOR_DEVICE_H
#define MONITOR_DEVICE_H

#include "loop.h"
#include "queue.h"
#include "vm/layout.h"
#include "vm/vm.h"

struct device;

/* Is called with each counter of something. */
typedef void (*counter_fn)(void *arg, const char *name, uint64_t value);

/**
 * struct device_ops - what a kind of device does
 * @type:	CO_DEV_*
 * @name:	as in messages and parameters
 * @config:	write features and configuration to the slot
 * @kick:	told of each kick of a queue, before @serve; may be NULL
 * @serve:	look at the queues: the device's @task, at the end of a batch of
 *		events; not while the device is gone
 * @drained:	the guest is gone: is nothing left to be done for it?
 * @counters:	call @each with the name and value of each counter; may be NULL
 * @free:	undo everything; the device itself included
 */
struct device_ops {
	unsigned int type;
	const char *name;
	void (*config)(struct device *dev, struct co_dev *slot);
	void (*kick)(struct device *dev, unsigned int queue);
	void (*serve)(struct loop_task *task);
	bool (*drained)(struct device *dev);
	void (*counters)(const struct device *dev, counter_fn each, void *arg);
	void (*free)(struct device *dev);
};

/**
 * struct device_queue - a queue with its way of being kicked
 * @queue:	the queue
 * @dev:	its device
 * @watch:	waits for kicks
 * @kick_fd:	eventfd of CO_HC_KICK, -1 if there is no such queue
 */
struct device_queue {
	struct queue queue;
	struct device *dev;
	struct loop_watch watch;
	int kick_fd;
};

/**
 * struct device - a device
 * @ops:	its kind
 * @unit:	number among its kind
 * @slot:	its slot
 * @table:	the slot in the guest's memory
 * @loop:	serves it
 * @task:	its @ops->serve, put off by device_later()
 * @ram:	the guest's memory
 * @irq_fd:	eventfd of its virtual interrupt
 * @queues:	its queues
 * @generation:	of the slot, as last written
 * @gone:	the guest does not have it: not yet, or not any more
 */
struct device {
	const struct device_ops *ops;
	unsigned int unit;
	unsigned int slot;
	struct co_dev *table;
	struct loop *loop;
	struct loop_task task;
	const struct ppram *ram;
	int irq_fd;
	struct device_queue queues[CO_DEV_QUEUES];
	uint32_t generation;
	bool gone;
};

void device_init(struct device *dev, const struct device_ops *ops,
		 unsigned int unit);
int device_attach(struct device *dev, struct loop *loop,
		  const struct ppram *ram, const struct layout *l,
		  struct err *err);
int device_wire(const struct device *dev, const struct vm *vm,
		struct err *err);
int device_show(struct device *dev, struct err *err);
bool device_let_go(const struct device *dev);
void device_later(struct device *dev);
void device_update(struct device *dev);
void device_notify(struct device *dev);
bool device_broken(const struct device *dev);
void device_remove(struct device *dev);
void device_detach(struct device *dev);

#endif /* MONITOR_DEVICE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part that all devices share.
 *
 * Each kind of device (cobd, conet, cocon) is one file. It opens with a drawing of the
 * way of its requests. The structures follow, the functions of the way, the struct
 * device_ops, then setup and removal. A function stands below those that it calls, so
 * read the way upwards, from @serve on. The device embeds a struct device, which owns
 * the queues and their eventfds.
 *
 * A device may have no queue: then its configuration, which may change, is all that the
 * guest gets (device_update()). docs/new-device.md has the steps to a new kind.
 */
#ifndef MONITOR_DEVICE_H
#define MONITOR_DEVICE_H

#include "loop.h"
#include "queue.h"
#include "vm/layout.h"
#include "vm/vm.h"

struct device;

/* Callback for the name and the value of a counter. */
typedef void (*counter_fn)(void *arg, const char *name, uint64_t value);

/**
 * struct device_ops - operations of a kind of device
 * @type:	CO_DEV_*
 * @name:	name in messages and counters
 * @config:	write features and configuration to the slot: called by device_show(),
 *		and again at each device_update(); required
 * @kick:	callback for each kick of a queue, before @serve; may be NULL
 * @serve:	handle the requests in the queues: the device's @task, at the end of
 *		a batch of events; not while the device is gone. May be NULL for a
 *		device without queues that does not call device_later()
 * @drained:	called after the guest's end, until it is true for each device: true if
 *		all requests are complete; required, true at once without queues
 * @counters:	call @each with the name and value of each counter; may be NULL
 * @free:	undo everything, and free the device itself; required
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
 * struct device_queue - a queue with its doorbell
 * @queue:	the queue
 * @dev:	its device
 * @watch:	watch for kicks
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
 * @slot:	number of its slot in the device table
 * @table:	the slot in the guest's memory
 * @loop:	event loop that serves it
 * @task:	task that runs @ops->serve, queued by device_later()
 * @ram:	the guest's memory
 * @irq_fd:	eventfd of its virtual interrupt
 * @queues:	its queues
 * @generation:	generation of the slot, as last written
 * @gone:	true if the slot is empty: not shown to the guest yet, or removed
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The part that cobd, conet and cocon share: queues, eventfds, the slot in the device
 * table, and the end of a device whose guest violates the protocol.
 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/event.h"
#include "device.h"
#include "vm/boot.h"

/**
 * device_init() - initialize the common part of a device
 * @dev:	filled in
 * @ops:	its kind
 * @unit:	number among its kind
 */
void device_init(struct device *dev, const struct device_ops *ops,
		 unsigned int unit)
{
	*dev = (struct device) {
		.ops = ops,
		.unit = unit,
		.slot = layout_slot(ops->type, unit),
		.task.run = ops->serve,
		.irq_fd = -1,
		.gone = true,
	};
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++) {
		dev->queues[i].dev = dev;
		dev->queues[i].kick_fd = -1;
		dev->queues[i].watch.fd = -1;
	}
}

static void interrupt(struct device *dev)
{
	if (event_signal(dev->irq_fd))
		msg_warn("%s%u: eventfd: %s", dev->ops->name, dev->unit,
			 strerror(errno));
}

static void write_slot(struct device *dev, unsigned int type)
{
	__atomic_store_n(&dev->table->generation, ++dev->generation,
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	if (type != CO_DEV_NONE)
		dev->ops->config(dev, dev->table);
	__atomic_store_n(&dev->table->type, type, __ATOMIC_RELEASE);
	__atomic_store_n(&dev->table->generation, ++dev->generation,
			 __ATOMIC_RELEASE);
}

/**
 * device_later() - serve a device at the end of the current batch of events
 * @dev:	the device, attached; nothing happens if it is gone
 *
 * Deferred, so that a kick and completions of one batch lead to one interrupt.
 */
void device_later(struct device *dev)
{
	if (!dev->gone)
		loop_later(dev->loop, &dev->task);
}

/* In the I/O thread, from loop_once(): the module has signalled a queue's eventfd. */
static void device_kick(struct loop_watch *watch,
			uint32_t events __attribute__((unused)))
{
	struct device_queue *dq = container_of(watch, struct device_queue,
					       watch);
	struct device *dev = dq->dev;

	if (dev->ops->kick)
		dev->ops->kick(dev, dq - dev->queues);
	device_later(dev);
}

static int make_eventfd(int *fd, const struct device *dev, struct err *err)
{
	*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*fd < 0)
		return err_set(err, "%s%u: eventfd: %s: raise the limit of open files",
			       dev->ops->name, dev->unit, strerror(errno));
	return 0;
}

static int attach_queue(struct device *dev, unsigned int nr,
			const struct layout *l, struct err *err)
{
	struct device_queue *dq = &dev->queues[nr];
	uint32_t size = layout_queue_size(dev->slot, nr);

	if (!size)
		return 0;
	if (queue_init(&dq->queue, dev->ram, l->queue_gpa[dev->slot][nr], size))
		return err_set(err, "%s%u: its queue lies outside the guest's memory",
			       dev->ops->name, dev->unit);
	if (make_eventfd(&dq->kick_fd, dev, err))
		return -1;
	dq->watch.ready = device_kick;
	return 0;
}

/**
 * device_attach() - connect a device with its slot, and make its eventfds
 * @dev:	the device from device_init()
 * @loop:	event loop that will serve it
 * @ram:	PPRAM, with the device table written
 * @l:		layout of PPRAM
 * @err:	reason for the failure
 *
 * Return: 0 or -1; device_detach() is due in both cases.
 */
int device_attach(struct device *dev, struct loop *loop,
		  const struct ppram *ram, const struct layout *l,
		  struct err *err)
{
	dev->loop = loop;
	dev->ram = ram;
	dev->table = ppram_at(ram, l->dev_gpa + dev->slot *
			      sizeof(struct co_dev), sizeof(struct co_dev));
	if (!dev->table)
		return err_set(err, "%s%u: its slot lies outside the guest's memory",
			       dev->ops->name, dev->unit);
	if (make_eventfd(&dev->irq_fd, dev, err))
		return -1;
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++)
		if (attach_queue(dev, i, l, err))
			return -1;
	return 0;
}

/**
 * device_wire() - connect a device's eventfds with the module
 * @dev:	the device, attached
 * @vm:		the machine
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int device_wire(const struct device *dev, const struct vm *vm,
		struct err *err)
{
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++) {
		int fd = dev->queues[i].kick_fd;

		if (fd >= 0 && vm_kickfd(vm, boot_kick(dev->slot) + i, fd, err))
			return -1;
	}
	return vm_irqfd(vm, boot_virq(dev->slot), dev->irq_fd, err);
}

/* Discards kicks for a device that was in this slot before. */
static int watch_queue(struct device *dev, struct device_queue *dq,
		       struct err *err)
{
	event_take(dq->kick_fd);
	dq->queue.broken = false;
	/*
	 * The last device may have left without arming the queue. The guest takes
	 * back the requests that it did not take, before it publishes new ones.
	 */
	queue_arm(&dq->queue);
	/*
	 * Edge-triggered: each kick is an event, and its count does not matter, so
	 * the eventfd need not be read.
	 */
	if (loop_watch(dev->loop, &dq->watch, dq->kick_fd, EPOLLIN | EPOLLET))
		return err_set(err, "%s%u: epoll: %s", dev->ops->name,
			       dev->unit, strerror(errno));
	return 0;
}

/**
 * device_show() - put a device into its slot
 * @dev:	the device, after device_wire(); device_let_go() is true for its slot
 * @err:	reason for the failure
 *
 * The queues keep their indices from the last device: the guest goes on from there.
 * device_update() notifies a running guest of the new device.
 *
 * Return: 0 or -1.
 */
int device_show(struct device *dev, struct err *err)
{
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++)
		if (dev->queues[i].kick_fd >= 0 &&
		    watch_queue(dev, &dev->queues[i], err))
			return -1;
	dev->gone = false;
	write_slot(dev, dev->ops->type);
	return 0;
}

/**
 * device_let_go() - has the guest finished with the last device of a slot?
 * @dev:	the device
 *
 * The guest reports this itself. A wrong report disturbs only its own driver.
 *
 * Return: true if device_show() may be called.
 */
bool device_let_go(const struct device *dev)
{
	return !dev->generation ||
	       __atomic_load_n(&dev->table->seen, __ATOMIC_ACQUIRE) ==
	       dev->generation;
}

/**
 * device_update() - write a new configuration, and interrupt the guest
 * @dev:	the device, attached; nothing happens if it is gone
 */
void device_update(struct device *dev)
{
	if (dev->gone)
		return;
	write_slot(dev, dev->ops->type);
	interrupt(dev);
}

/**
 * device_notify() - interrupt the guest if it waits for completions
 * @dev:	the device; all its queues are checked
 */
void device_notify(struct device *dev)
{
	bool wanted = false;

	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++)
		if (queue_wants_irq(&dev->queues[i].queue))
			wanted = true;
	if (wanted)
		interrupt(dev);
}

/**
 * device_broken() - has the guest violated the protocol of a queue?
 * @dev:	the device
 *
 * Return: true if one of its queues is broken.
 */
bool device_broken(const struct device *dev)
{
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++)
		if (dev->queues[i].queue.broken)
			return true;
	return false;
}

/**
 * device_remove() - take a device away from its guest
 * @dev:	the device, with no request in flight
 *
 * Empties the slot and interrupts the guest, whose driver then fails all requests. The
 * queues are not served any more.
 */
void device_remove(struct device *dev)
{
	if (dev->gone)
		return;
	dev->gone = true;
	loop_cancel(dev->loop, &dev->task);
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++) {
		struct device_queue *dq = &dev->queues[i];

		loop_unwatch(dev->loop, &dq->watch);
		if (dq->queue.broken)
			msg_error("%s%u: the guest %s: the device is taken away from it",
				  dev->ops->name, dev->unit,
				  dq->queue.why.text);
	}
	write_slot(dev, CO_DEV_NONE);
	interrupt(dev);
}

/**
 * device_detach() - undo device_init() and device_attach()
 * @dev:	the device
 */
void device_detach(struct device *dev)
{
	loop_cancel(dev->loop, &dev->task);
	for (unsigned int i = 0; i < CO_DEV_QUEUES; i++) {
		struct device_queue *dq = &dev->queues[i];

		loop_unwatch(dev->loop, &dq->watch);
		if (dq->kick_fd >= 0)
			close(dq->kick_fd);
		dq->kick_fd = -1;
	}
	if (dev->irq_fd >= 0)
		close(dev->irq_fd);
	dev->irq_fd = -1;
}

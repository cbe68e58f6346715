/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bus.c offers to the drivers of the cooperative devices.
 */
#ifndef _DRIVERS_COLINUX_BUS_H
#define _DRIVERS_COLINUX_BUS_H

#include <linux/device.h>
#include <colinux/dev.h>

struct co_slot;

/**
 * struct co_device - a device the monitor has put into a slot
 * @dev:	its place in the device model, named after it: "cobd2"
 * @slot:	where it was found
 * @irq:	interrupt of all its queues; shared with the bus
 * @config:	copy of the slot, checked by the bus; the device's own part of
 *		the union is not. Changes only right before
 *		co_driver.config_changed is called.
 */
struct co_device {
	struct device dev;
	struct co_slot *slot;
	int irq;
	struct co_dev config;
};

#define to_co_device(d)	container_of(d, struct co_device, dev)

/**
 * struct co_driver - a driver for one type of device
 * @driver:	its place in the device model; the name is enough
 * @type:	CO_DEV_*
 * @probe:	a device was found; 0 or a negative errno
 * @remove:	the device is gone: the monitor has answered all it will ever
 *		answer and does not touch the device's memory any more
 * @config_changed: @config has new values; optional. Not called at the same
 *		time as the two others.
 */
struct co_driver {
	struct device_driver driver;
	u32 type;
	int (*probe)(struct co_device *cdev);
	void (*remove)(struct co_device *cdev);
	void (*config_changed)(struct co_device *cdev);
};

int co_driver_register(struct co_driver *drv);
void co_device_fail(struct co_device *cdev);
int co_bus_find(u32 type, u32 unit, struct co_dev *config);

#endif /* _DRIVERS_COLINUX_BUS_H */

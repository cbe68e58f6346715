/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface of bus.c to the drivers of the devices.
 */
#ifndef _DRIVERS_COLINUX_BUS_H
#define _DRIVERS_COLINUX_BUS_H

#include <linux/device.h>
#include <colinux/dev.h>

struct co_slot;

/**
 * struct co_device - a device in a slot
 * @dev:	the device in the device model, with a name like "cobd2"
 * @slot:	slot of the device
 * @irq:	interrupt of all queues; shared with the bus
 * @config:	copy of the slot; the bus has checked type, numbers and queues,
 *		not the features and the union. Changes only right before a call
 *		of co_driver.config_changed
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
 * @driver:	the driver in the device model; only the name must be set
 * @type:	CO_DEV_*
 * @probe:	callback for a new device; returns 0 or a negative errno
 * @remove:	callback for a device that was removed or has failed: the monitor
 *		completes no further requests. After a failure it may still write
 *		to buffers that it has
 * @config_changed: callback for new values in co_device.config, or NULL; never
 *		called at the same time as the others
 */
struct co_driver {
	struct device_driver driver;
	u32 type;
	int (*probe)(struct co_device *cdev);
	void (*remove)(struct co_device *cdev);
	void (*config_changed)(struct co_device *cdev);
};

#define to_co_driver(d)	container_of(d, struct co_driver, driver)

int co_driver_register(struct co_driver *drv);
void co_device_fail(struct co_device *cdev);
int co_bus_find(u32 type, u32 unit, struct co_dev *config);

#endif /* _DRIVERS_COLINUX_BUS_H */

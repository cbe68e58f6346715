// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to the devices of a running guest, for request.c: disks are added, removed
 * and resized, links are set up and down.
 *
 * The monitor is confined by then and cannot open files, so an image comes as a
 * descriptor. Each possible disk has its slot, its eventfds and their connections to
 * the module from the start: the module does not change these while the guest runs.
 */
#include <unistd.h>

#include "block/cobd.h"
#include "hotplug.h"
#include "net/conet.h"

static struct device *hotplug_find(struct machine *m, unsigned int type,
				   unsigned int unit)
{
	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct device *dev = m->devices[i];

		if (dev->ops->type == type && dev->unit == unit)
			return dev;
	}
	return NULL;
}

static struct device *hotplug_find_disk(struct machine *m, unsigned int unit,
					struct err *err)
{
	struct device *dev = hotplug_find(m, CO_DEV_COBD, unit);

	if (dev && !dev->gone)
		return dev;
	err_set(err, "cobd%u: the guest has no such disk", unit);
	return NULL;
}

static struct device *find_free(struct machine *m, unsigned int unit,
				struct err *err)
{
	struct device *dev;

	if (unit == HOTPLUG_ANY) {
		for (unsigned int i = 0; i < CO_MAX_COBD; i++) {
			dev = hotplug_find(m, CO_DEV_COBD, i);
			if (dev && dev->gone && device_let_go(dev))
				return dev;
		}
		err_set(err, "the guest has all the disks it can have: remove one");
		return NULL;
	}
	dev = hotplug_find(m, CO_DEV_COBD, unit);
	if (!dev)
		err_set(err, "cobd%u: no such disk: there are cobd0 to cobd%d",
			unit, CO_MAX_COBD - 1);
	else if (!dev->gone)
		err_set(err, "cobd%u: the guest has one already: remove it, or use another number",
			unit);
	else if (!device_let_go(dev))
		err_set(err, "cobd%u: the guest still uses the one that was removed: use another number, or wait",
			unit);
	else
		return dev;
	return NULL;
}

/**
 * hotplug_add_disk() - give the guest a disk
 * @m:		the machine, running
 * @unit:	its number, or HOTPLUG_ANY; filled in with the number on success
 * @path:	name of the image
 * @fd:		its descriptor; the disk owns it afterwards, and it is closed on errors
 * @how:	IMAGE_RO, IMAGE_RAW
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int hotplug_add_disk(struct machine *m, unsigned int *unit, const char *path,
		     int fd, unsigned int how, struct err *err)
{
	struct device *dev = find_free(m, *unit, err);

	if (!dev) {
		close(fd);
		return -1;
	}
	if (cobd_take(dev, path, fd, how, err))
		return -1;
	if (device_show(dev, err)) {
		cobd_let_go(dev);
		return -1;
	}
	device_update(dev);
	*unit = dev->unit;
	msg_info("cobd%u: %s added", dev->unit, path);
	return 0;
}

/**
 * hotplug_remove_disk() - take a disk away from the guest
 * @m:		the machine, running
 * @unit:	its number
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int hotplug_remove_disk(struct machine *m, unsigned int unit, struct err *err)
{
	struct device *dev = hotplug_find_disk(m, unit, err);

	if (!dev)
		return -1;
	cobd_remove(dev);
	msg_info("cobd%u: removed", unit);
	return 0;
}

/**
 * hotplug_resize_disk() - change the size of a disk
 * @m:		the machine, running
 * @unit:	its number
 * @bytes:	the new size, 0 for the size that its image has now
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int hotplug_resize_disk(struct machine *m, unsigned int unit, uint64_t bytes,
			struct err *err)
{
	struct device *dev = hotplug_find_disk(m, unit, err);

	return dev ? cobd_resize(dev, bytes, err) : -1;
}

/**
 * hotplug_plug_net() - set an interface's link up or down
 * @m:		the machine, running
 * @unit:	number of the interface
 * @in:		true for up
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int hotplug_plug_net(struct machine *m, unsigned int unit, bool in,
		     struct err *err)
{
	struct device *dev = hotplug_find(m, CO_DEV_CONET, unit);

	if (!dev || dev->gone)
		return err_set(err, "eth%u: the guest has no such interface",
			       unit);
	conet_plug(dev, in);
	return 0;
}

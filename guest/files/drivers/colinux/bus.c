// SPDX-License-Identifier: GPL-2.0
/*
 * The bus of the guest's devices: finds them in the device table of
 * <colinux/dev.h>. The drivers (cobd.c, conet.c, cocon.c) register here, and use
 * the queues through ring.c.
 *
 * Each slot of the table, empty or not, has an interrupt and a work item. If the
 * slot has changed, the interrupt schedules the work item. This reads the slot
 * again, and adds, removes or reconfigures the device. The slot's driver shares
 * the interrupt, for its queues.
 *
 * co_config_check() checks each slot first, so drivers may use queue addresses,
 * sizes and numbers without a check. @generation works like a sequence count, but
 * the reader does not wait: the monitor raises the interrupt after its write.
 */
#define pr_fmt(fmt) "colinux: " fmt

#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <asm/barrier.h>
#include <asm/colinux.h>
#include <colinux/guest.h>
#include <colinux/ring.h>
#include "bus.h"

#define CO_READ_TRIES	16

/**
 * struct co_slot - a slot of the device table
 * @table:	the slot in the device table; the monitor writes all but @seen
 * @cdev:	device in the slot, or NULL; used by the work item only
 * @work:	work item that reads the slot again, co_slot_update()
 * @type:	type at the last read of the slot
 * @generation:	generation at the last read of the slot
 * @failed:	true if the device cannot be used; reset when the slot is empty
 */
struct co_slot {
	struct co_dev *table;
	struct co_device *cdev;
	struct work_struct work;
	u32 type;
	u32 generation;
	bool failed;
};

/* The types of devices. */
static const struct co_kind {
	const char *name;
	u32 units;
	u32 queues;
} co_kinds[] = {
	[CO_DEV_COBD]	= { "cobd", CO_MAX_COBD, 1 },
	[CO_DEV_CONET]	= { "conet", CO_MAX_CONET, 2 },
	[CO_DEV_COCON]	= { "cocon", CO_MAX_COCON, 2 },
};

static bool co_in_area(u64 gpa, u64 size)
{
	const struct co_boot_info *info = colinux_boot_info;

	return gpa >= info->area_gpa && size <= info->area_size &&
	       gpa - info->area_gpa <= info->area_size - size;
}

/* Finds the device table. Returns the number of slots, 0 if there is no table. */
static u32 co_table(struct co_dev **table)
{
	const struct co_boot_info *info = colinux_boot_info;

	if (!info || !info->dev_count)
		return 0;

	if (info->dev_size != sizeof(**table) ||
	    info->dev_count > CO_MAX_DEVS ||
	    !IS_ALIGNED(info->dev_gpa, __alignof__(**table)) ||
	    !co_in_area(info->dev_gpa, info->dev_count * sizeof(**table))) {
		pr_err("device table of %u entries of %u bytes at %#llx: not usable\n",
		       info->dev_count, info->dev_size, info->dev_gpa);
		return 0;
	}

	*table = __va(info->dev_gpa);
	return info->dev_count;
}

static bool co_queue_valid(u64 gpa, u32 size)
{
	return is_power_of_2(size) && size <= CO_QUEUE_MAX &&
	       IS_ALIGNED(gpa, 64) && co_in_area(gpa, co_queue_bytes(size));
}

static int co_config_check(const struct co_dev *config)
{
	const struct co_kind *kind;
	u32 i;

	if (config->type >= ARRAY_SIZE(co_kinds))
		return -EINVAL;

	kind = &co_kinds[config->type];
	if (config->unit >= kind->units || config->virq >= CO_NR_VIRQS ||
	    config->kick > CO_NR_KICKS - kind->queues)
		return -EINVAL;

	for (i = 0; i < kind->queues; i++)
		if (!co_queue_valid(config->queue_gpa[i], config->queue_size[i]))
			return -EINVAL;
	return 0;
}

/* Copies a slot. Returns -EAGAIN if the monitor is writing to it. */
static int co_config_read(const struct co_dev *table, struct co_dev *config)
{
	unsigned int tries;
	u32 generation;

	for (tries = 0; tries < CO_READ_TRIES; tries++) {
		/* Pairs with the monitor's release store of the even value. */
		generation = virt_load_acquire(&table->generation);
		if (generation & 1)
			break;

		*config = *table;
		/* The copy is complete before the second read of @generation. */
		virt_rmb();
		if (READ_ONCE(table->generation) == generation) {
			config->generation = generation;
			return 0;
		}
	}
	return -EAGAIN;
}

/**
 * co_bus_find() - find a device before the device model is set up
 * @type:	CO_DEV_*
 * @unit:	number among devices of this type
 * @config:	out: a copy of the device's slot, checked
 *
 * For the console, which is needed before the bus exists.
 *
 * Return: 0 or -ENODEV.
 */
int __init co_bus_find(u32 type, u32 unit, struct co_dev *config)
{
	struct co_dev *table;
	u32 count = co_table(&table);
	u32 i;

	for (i = 0; i < count; i++) {
		if (co_config_read(&table[i], config) ||
		    config->type != type || config->unit != unit)
			continue;
		if (!co_config_check(config))
			return 0;
	}
	return -ENODEV;
}

static int co_bus_match(struct device *dev, struct device_driver *drv)
{
	return to_co_device(dev)->config.type == to_co_driver(drv)->type;
}

static int co_bus_uevent(struct device *dev, struct kobj_uevent_env *env)
{
	const struct co_device *cdev = to_co_device(dev);

	return add_uevent_var(env, "MODALIAS=colinux:%s",
			      co_kinds[cdev->config.type].name);
}

static int co_bus_probe(struct device *dev)
{
	return to_co_driver(dev->driver)->probe(to_co_device(dev));
}

static void co_bus_remove(struct device *dev)
{
	to_co_driver(dev->driver)->remove(to_co_device(dev));
}

static struct bus_type co_bus_type = {
	.name	= "colinux",
	.match	= co_bus_match,
	.uevent	= co_bus_uevent,
	.probe	= co_bus_probe,
	.remove	= co_bus_remove,
};

/**
 * co_driver_register() - add a driver
 * @drv:	the driver
 *
 * A driver cannot be unbound or removed: it cannot take posted buffers back from
 * a queue. Only the monitor can remove a device.
 *
 * Return: 0 or a negative errno.
 */
int co_driver_register(struct co_driver *drv)
{
	drv->driver.bus = &co_bus_type;
	drv->driver.suppress_bind_attrs = true;
	return driver_register(&drv->driver);
}

/**
 * co_device_fail() - remove a device after a protocol violation by the monitor
 * @cdev:	the device; a work item removes it later
 */
void co_device_fail(struct co_device *cdev)
{
	WRITE_ONCE(cdev->slot->failed, true);
	schedule_work(&cdev->slot->work);
}

static void co_device_release(struct device *dev)
{
	kfree(to_co_device(dev));
}

static void co_slot_add(struct co_slot *slot, const struct co_dev *config)
{
	struct co_device *cdev;
	int err;

	cdev = kzalloc(sizeof(*cdev), GFP_KERNEL);
	if (!cdev)
		return;

	cdev->slot = slot;
	cdev->config = *config;
	cdev->irq = colinux_virq_to_irq(config->virq);
	cdev->dev.bus = &co_bus_type;
	cdev->dev.release = co_device_release;
	device_initialize(&cdev->dev);

	err = dev_set_name(&cdev->dev, "%s%u", co_kinds[config->type].name,
			   config->unit);
	if (!err)
		err = device_add(&cdev->dev);
	if (err) {
		pr_err("%s%u: cannot add the device (%d)\n",
		       co_kinds[config->type].name, config->unit, err);
		put_device(&cdev->dev);
		return;
	}
	slot->cdev = cdev;
}

static void co_slot_remove(struct co_slot *slot)
{
	dev_info(&slot->cdev->dev, "removed\n");
	device_unregister(&slot->cdev->dev);
	slot->cdev = NULL;
}

static void co_slot_reconfigure(struct co_slot *slot,
				const struct co_dev *config)
{
	struct co_device *cdev = slot->cdev;
	struct co_driver *cdrv;

	device_lock(&cdev->dev);
	cdev->config = *config;
	if (cdev->dev.driver) {
		cdrv = to_co_driver(cdev->dev.driver);
		if (cdrv->config_changed)
			cdrv->config_changed(cdev);
	}
	device_unlock(&cdev->dev);
}

/* A change of any of these members means another device. */
static bool co_same_device(const struct co_dev *a, const struct co_dev *b)
{
	return a->type == b->type && a->unit == b->unit && a->virq == b->virq &&
	       a->kick == b->kick &&
	       !memcmp(a->queue_gpa, b->queue_gpa, sizeof(a->queue_gpa)) &&
	       !memcmp(a->queue_size, b->queue_size, sizeof(a->queue_size));
}

/* An empty slot resets @failed: the next device is a new one. */
static void co_slot_fill(struct co_slot *slot, const struct co_dev *config)
{
	if (config->type == CO_DEV_NONE) {
		WRITE_ONCE(slot->failed, false);
		return;
	}
	if (READ_ONCE(slot->failed))
		return;

	if (co_config_check(config)) {
		pr_err("slot with a device of type %u, unit %u: not usable\n",
		       config->type, config->unit);
		WRITE_ONCE(slot->failed, true);
		return;
	}
	co_slot_add(slot, config);
}

static void co_slot_update(struct work_struct *work)
{
	struct co_slot *slot = container_of(work, struct co_slot, work);
	struct co_device *cdev = slot->cdev;
	struct co_dev config;

	if (co_config_read(slot->table, &config))
		return;

	WRITE_ONCE(slot->type, config.type);
	WRITE_ONCE(slot->generation, config.generation);

	if (cdev && !READ_ONCE(slot->failed) &&
	    co_same_device(&cdev->config, &config)) {
		co_slot_reconfigure(slot, &config);
	} else {
		if (cdev)
			co_slot_remove(slot);
		co_slot_fill(slot, &config);
	}
	/* The previous device is not used any more. */
	virt_store_release(&slot->table->seen, config.generation);
}

static irqreturn_t co_slot_interrupt(int irq, void *data)
{
	struct co_slot *slot = data;

	if (READ_ONCE(slot->table->generation) != READ_ONCE(slot->generation) ||
	    READ_ONCE(slot->table->type) != READ_ONCE(slot->type))
		schedule_work(&slot->work);
	return IRQ_HANDLED;
}

static int __init co_slot_init(struct co_slot *slot, struct co_dev *table)
{
	u32 virq = READ_ONCE(table->virq);
	int irq;

	slot->table = table;
	INIT_WORK(&slot->work, co_slot_update);

	if (virq < CO_VIRQ_FIRST_DEV || virq >= CO_NR_VIRQS)
		return -EINVAL;

	irq = colinux_virq_to_irq(virq);
	if (irq < 0)
		return irq;
	return request_irq(irq, co_slot_interrupt, IRQF_SHARED, "colinux",
			   slot);
}

static int __init co_bus_init(void)
{
	struct co_dev *table;
	struct co_slot *slots;
	u32 count, i;
	int err;

	err = bus_register(&co_bus_type);
	if (err)
		return err;

	count = co_table(&table);
	if (!count)
		return 0;

	slots = kcalloc(count, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;

	for (i = 0; i < count; i++) {
		err = co_slot_init(&slots[i], &table[i]);
		if (err)
			pr_err("slot %u: no interrupt (%d): not used\n", i, err);
		else
			co_slot_update(&slots[i].work);
	}
	return 0;
}
subsys_initcall(co_bus_init);

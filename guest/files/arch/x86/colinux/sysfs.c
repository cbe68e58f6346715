// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/colinux: the guest's interface to its user space.
 *
 *   modinfo	.modinfo of the built-in modules: the contents of
 *		/lib/modules/RELEASE/modules.builtin.modinfo, which depmod reads
 *   name	the guest's name on the host
 *   ready	write "1" to report to the host that the user land is up
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <asm/colinux.h>

/* From the linker script. */
extern const char __start_modinfo[], __stop_modinfo[];

static ssize_t modinfo_read(struct file *file, struct kobject *kobj,
			    struct bin_attribute *attr, char *buf, loff_t pos,
			    size_t count)
{
	return memory_read_from_buffer(buf, count, &pos, __start_modinfo,
				       __stop_modinfo - __start_modinfo);
}

static BIN_ATTR_RO(modinfo, 0);

static ssize_t name_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	const struct co_boot_info *info = colinux_boot_info;

	return sysfs_emit(buf, "%.*s\n", (int)sizeof(info->name), info->name);
}

static ssize_t ready_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t count)
{
	bool ready;
	int err = kstrtobool(buf, &ready);

	if (err)
		return err;
	if (!ready)
		return -EINVAL;

	colinux_notify(CO_HC_READY, 0);
	return count;
}

static struct kobj_attribute name_attr = __ATTR_RO(name);
static struct kobj_attribute ready_attr = __ATTR_WO(ready);

static const struct attribute *colinux_attrs[] = {
	&name_attr.attr,
	&ready_attr.attr,
	NULL
};

static int __init colinux_init_sysfs(void)
{
	struct kobject *kobj = kobject_create_and_add("colinux", kernel_kobj);
	int err;

	if (!kobj)
		return -ENOMEM;

	err = sysfs_create_files(kobj, colinux_attrs);
	if (!err)
		err = sysfs_create_bin_file(kobj, &bin_attr_modinfo);
	if (err)
		kobject_put(kobj);
	return err;
}
device_initcall(colinux_init_sysfs);

// SPDX-License-Identifier: GPL-2.0
/*
 * From the host's boot information to the kernel's own, and the hooks that keep
 * the kernel from accessing hardware.
 *
 * The first part does the work of a boot loader: it converts the monitor's boot
 * information to boot_params. The second part is a table of hooks. They replace
 * the functions that look for a PC's BIOS, ROMs, tables and chips. Code for
 * hardware that has no hook is not built in (see Kconfig).
 */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/colinux.h>
#include <asm/e820/api.h>
#include <asm/i8259.h>
#include <asm/setup.h>
#include <asm/x86_init.h>

#include "colinux.h"

const struct co_boot_info *colinux_boot_info __ro_after_init;

/* A loader without an ID (Documentation/x86/boot.rst, type_of_loader). */
#define LOADER_UNDEFINED	0xff

static char *__init colinux_memory_setup(void)
{
	e820__range_add(0, colinux_boot_info->mem_size, E820_TYPE_RAM);
	e820__update_table(e820_table);
	return "coLinux";
}

static void __init colinux_legacy_features(void)
{
	x86_platform.legacy.i8042 = X86_LEGACY_I8042_PLATFORM_ABSENT;
	x86_platform.legacy.rtc = 0;
	x86_platform.legacy.warm_reset = 0;
	x86_platform.legacy.no_vga = 1;
	x86_platform.legacy.reserve_bios_regions = 0;
	x86_platform.legacy.devices.pnpbios = 0;
}

static unsigned char colinux_nmi_reason(void)
{
	return 0;
}

/* Called by setup_arch(), before the memory map is set up. */
static void __init colinux_arch_setup(void)
{
	const struct co_boot_info *info = colinux_boot_info;

	memblock_reserve(info->area_gpa, info->area_size);

	/* Only now, because i386_start_kernel() sets this hook as well. */
	x86_init.resources.reserve_resources = x86_init_noop;

	colinux_init_console();
	colinux_init_reboot();
	colinux_init_params();
}

/**
 * colinux_init_hooks() - replace the functions that look for a PC's hardware
 */
void __init colinux_init_hooks(void)
{
	x86_init.resources.memory_setup = colinux_memory_setup;
	x86_init.resources.probe_roms = x86_init_noop;
	x86_init.resources.dmi_setup = x86_init_noop;
	x86_init.mpparse.find_smp_config = x86_init_noop;
	x86_init.mpparse.get_smp_config = x86_init_uint_noop;
	x86_init.irqs.intr_mode_select = x86_init_noop;
	x86_init.irqs.intr_mode_init = x86_init_noop;
	x86_init.oem.arch_setup = colinux_arch_setup;
	x86_init.timers.setup_percpu_clockev = x86_init_noop;
	x86_init.timers.timer_init = colinux_init_timer;
	x86_init.timers.wallclock_init = x86_init_noop;

	x86_platform.set_legacy_features = colinux_legacy_features;
	x86_platform.get_nmi_reason = colinux_nmi_reason;
	x86_platform.realmode_reserve = x86_init_noop;
	x86_platform.realmode_init = x86_init_noop;

	legacy_pic = &null_legacy_pic;
}

/* Is [@gpa, @gpa + @size) mapped on entry? */
static bool __init colinux_mapped(u64 gpa, u64 size)
{
	u64 end = min_t(u64, colinux_boot_info->mem_size, CO_BOOT_MAP_MAX);

	return size <= end && gpa <= end - size;
}

/**
 * colinux_init_boot_info() - check the boot information
 * @info:	the boot information
 *
 * Ends the guest if it is not usable.
 */
void __init colinux_init_boot_info(const struct co_boot_info *info)
{
	colinux_boot_info = info;

	if (info->magic != CO_BOOT_MAGIC || info->abi != CO_GUEST_ABI ||
	    info->size != sizeof(*info))
		colinux_shutdown(CO_SHUTDOWN_PANIC,
				 "the boot information is of another ABI than the guest kernel");

	if (!colinux_mapped(info->area_gpa, info->area_size) ||
	    !colinux_mapped(info->cmdline_gpa, info->cmdline_size))
		colinux_shutdown(CO_SHUTDOWN_PANIC,
				 "the boot information lies outside the guest's low memory");
}

/**
 * colinux_init_boot_params() - do what a boot loader does for a PC's kernel
 */
void __init colinux_init_boot_params(void)
{
	const struct co_boot_info *info = colinux_boot_info;
	struct setup_header *hdr = &boot_params.hdr;

	hdr->type_of_loader = LOADER_UNDEFINED;
	hdr->root_flags = 1;	/* mount the root read-only unless told "rw" */
	hdr->ramdisk_image = info->initrd_gpa;
	hdr->ramdisk_size = info->initrd_size;
	boot_params.ext_ramdisk_image = info->initrd_gpa >> 32;
	boot_params.ext_ramdisk_size = info->initrd_size >> 32;

	if (info->cmdline_size)
		strscpy(boot_command_line, __va(info->cmdline_gpa),
			min_t(u64, info->cmdline_size, COMMAND_LINE_SIZE));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * If the loaded module has another ABI, the monitor of that ABI runs the guest.
 *
 * Packages of a new version can be installed while guests run. The old module stays
 * loaded until the last guest has ended. A guest that is started or reboots before that
 * needs the old monitor and the old kernel, which stay installed beside the new ones.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/msg.h"
#include "handover.h"

/* Is @path this program? Avoids a loop, whatever ABI the module reports. */
static bool is_self(const char *path)
{
	struct stat self;

	return !stat("/proc/self/exe", &self) && file_is_at(path, &self);
}

/**
 * handover_to() - execute the monitor of another ABI, if it is installed
 * @libdir:	directory with a subdirectory for each ABI
 * @info:	the module's answer to CO_IOC_INFO
 * @argv:	this program's arguments, which the other program gets
 *
 * The other program compares its ABI with the module's in the same way, so there is one
 * handover at most. Returns if this program has to go on: the ABI is its own, or the
 * other program is not installed.
 */
void handover_to(const char *libdir, const struct co_info *info, char **argv)
{
	char path[256];

	if (info->host_abi == CO_HOST_ABI && info->guest_abi == CO_GUEST_ABI)
		return;
	snprintf(path, sizeof(path), "%s/%u.%u/colinux-run", libdir,
		 info->host_abi, info->guest_abi);
	if (access(path, X_OK) || is_self(path))
		return;
	msg_warn("the module that is loaded has ABI %u.%u, this is colinux-run for %u.%u: %s runs the guest; for the new one end all guests and type: rmmod colinux",
		 info->host_abi, info->guest_abi, CO_HOST_ABI, CO_GUEST_ABI,
		 path);
	execv(path, argv);
	msg_warn("%s: %s", path, strerror(errno));
}

/**
 * handover() - execute the monitor of the module's ABI
 * @argv:	this program's arguments
 *
 * Returns if this program has that ABI, and on errors: vm_open() reports these.
 */
void handover(char **argv)
{
	struct co_info info;
	int fd = open(CO_DEVICE_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (!ioctl(fd, CO_IOC_INFO, &info))
		handover_to(CO_LIBDIR, &info, argv);
	close(fd);
}

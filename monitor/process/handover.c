// SPDX-License-Identifier: GPL-2.0
/*
 * The module that is loaded has another ABI: the monitor of that ABI runs the guest.
 *
 * A new version's packages go in while guests run, and the module stays the old one
 * until the last guest has ended. A guest that reboots meanwhile, or is started,
 * needs the old monitor and the old kernel, which stay installed beside the new.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/msg.h"
#include "handover.h"

/* Not this program again, whatever the module says of itself. */
static bool is_self(const char *path)
{
	struct stat self, other;

	return !stat("/proc/self/exe", &self) && !stat(path, &other) &&
	       self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

/**
 * handover_to() - become the monitor of another ABI, if it is installed
 * @libdir:	where the directories of the ABIs are
 * @info:	what the module says
 * @argv:	this program's arguments, which are the other's
 *
 * The other checks its ABI against the module's as this one does, so one handover is
 * all there can be. Returns if this program has to go on: the ABI is its own, or there
 * is no other.
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
 * handover() - leave the guest to the monitor of the module's ABI
 * @argv:	this program's arguments
 *
 * Returns if that is this one; and in case of doubt, since whoever opens the device
 * next says what is wrong.
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

// SPDX-License-Identifier: GPL-2.0
/*
 * escape: a hostile program of an image, which tries to access the machine that
 * runs it. Prints a line for each attempt, "refused" or "GOT THROUGH", changes
 * nothing, and fails if one got through.
 *
 * /attack in the image has the device numbers of a disk, the name of a file, and
 * the PID of a process, all of the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "interfaces.h"

static int failures;
static unsigned int major_nr, minor_nr;
static char host_file[512];
static int host_pid;

static void report(const char *what, bool through)
{
	printf("%s: %s\n", what, through ? "GOT THROUGH" : "refused");
	failures += through;
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Make a device node of the host's disk, and read from it. */
static bool disk_read(const char *node)
{
	char sector[512];
	int fd;
	bool got;

	unlink(node);
	if (mknod(node, S_IFBLK | 0600, makedev(major_nr, minor_nr)) &&
	    errno != EEXIST)
		return false;
	fd = open(node, O_RDONLY);
	if (fd < 0)
		return false;
	got = read(fd, sector, sizeof(sector)) == sizeof(sector);
	close(fd);
	return got;
}

/* Read from a device node that was in the image when it was mounted. */
static bool node_read(void)
{
	char byte;
	int fd = open("/disk", O_RDONLY);
	bool got = fd >= 0 && read(fd, &byte, 1) == 1;

	if (fd >= 0)
		close(fd);
	return got;
}

/* chroot() into a directory, with the working directory left outside of it. */
static bool chroot_left(void)
{
	mkdir("/below", 0700);
	if (chdir("/") || chroot("/below"))
		return false;
	for (int i = 0; i < 64; i++)
		if (chdir(".."))
			return false;
	return !chroot(".") && !access(host_file, F_OK);
}

static bool module_loads(void)
{
	/* The kernel checks the capability before the file. */
	return syscall(SYS_finit_module, -1, "", 0) && errno != EPERM;
}

int main(void)
{
	FILE *attack = fopen("/attack", "r");

	if (!attack || fscanf(attack, "%u %u %511s %d", &major_nr, &minor_nr,
			      host_file, &host_pid) != 4) {
		printf("no /attack\n");
		return 2;
	}
	report("a node of the host's disk in /dev", disk_read("/dev/host-disk"));
	report("a node of the host's disk in the image", disk_read("/host-disk"));
	report("a node that came with the image", node_read());
	report("a module", module_loads());
	report("core_pattern", opens("/proc/sys/kernel/core_pattern", O_WRONLY));
	report("sysrq", opens("/proc/sysrq-trigger", O_WRONLY));
	report("the host's memory", opens("/proc/kcore", O_RDONLY));
	report("a port", !ioperm(0x80, 1, 1));
	report("a process", !kill(host_pid, 0));
	report("a mount of the host's disk",
	       !mount("/host-disk", "/below", "ext4", MS_RDONLY, ""));
	report("a network", interfaces() > 1);
	report("the way out of a chroot", chroot_left());
	return failures ? 1 : 0;
}

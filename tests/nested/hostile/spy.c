// SPDX-License-Identifier: GPL-2.0
/*
 * spy: stands in for a program that hostile input has taken over. Prints its
 * privileges as one line on stdout and stderr, and fails:
 *
 *   uid=0 caps=3fffffffff bound=3fffffffff interfaces=2 processes=1 files=/etc/passwd
 *
 * processes: 1 if it can signal its parent.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "interfaces.h"

static const char *const files[] = {
	"/etc/passwd", "/etc/hostname", "/usr/bin", "/proc/version", "/sys",
	"/root", "/tmp", "/run",
};

static unsigned long long effective(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	syscall(SYS_capget, &header, data);
	return data[0].effective | (unsigned long long)data[1].effective << 32;
}

static unsigned long long bounding(void)
{
	unsigned long long set = 0;

	for (int cap = 0; cap < 64; cap++)
		if (prctl(PR_CAPBSET_READ, cap) == 1)
			set |= 1ULL << cap;
	return set;
}

/* A parent outside of the PID namespace has PID 0. */
static bool sees_processes(void)
{
	return getppid() > 1 && !kill(getppid(), 0);
}

static void tell(FILE *out)
{
	fprintf(out, "uid=%u caps=%llx bound=%llx interfaces=%d processes=%d files=",
		geteuid(), effective(), bounding(), interfaces(),
		sees_processes());
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!access(files[i], R_OK))
			fprintf(out, "%s ", files[i]);
	fputc('\n', out);
}

int main(void)
{
	tell(stdout);
	tell(stderr);
	return 1;
}

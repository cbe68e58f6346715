// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-run: the monitor, one process per guest.
 *
 * Where to read on: common/params.c reads the user's parameters. machine.c puts the
 * parts together and runs them. vm/vcpu.c runs the guest. block/cobd.c, net/conet.c and
 * console/cocon.c are the guest's devices.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/doubt.h"
#include "common/paramshow.h"
#include "machine.h"
#include "process/detach.h"
#include "process/handover.h"
#include "process/hold.h"
#include "vm/choice.h"

/*
 * Exit statuses, an interface; see colinux-run(1). They avoid the statuses of shells
 * (126 and up), of sysexits.h (64 to 78) and of systemd (200 and up).
 */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_REBOOT = 16,
	STATUS_PANIC = 17,
	STATUS_FAULT = 18,
	STATUS_STUCK = 19,
	STATUS_STOPPED = 20,
	STATUS_ERROR = 21,
};

/**
 * struct inherited - descriptors inherited from the caller, except the standard ones
 * @fds:	the descriptors
 * @nr:		their number
 *
 * Parameters may name them as /dev/fd/N, so they are closed only once all files are
 * open. Left open, a directory would lead out of the chroot, and a lock or a pipe would
 * be held as long as the guest runs.
 */
struct inherited {
	int *fds;
	size_t nr;
};

static int inherited_add(struct inherited *in, int fd)
{
	int *more = reallocarray(in->fds, in->nr + 1, sizeof(*more));

	if (!more)
		return -1;
	in->fds = more;
	in->fds[in->nr++] = fd;
	return 0;
}

/* Must be called before the monitor opens any file. */
static int inherited_find(struct inherited *in)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int ret = 0;

	if (!dir)
		return -1;
	while (!ret && (entry = readdir(dir))) {
		int fd = (int)strtol(entry->d_name, NULL, 10);

		if (fd > STDERR_FILENO && fd != dirfd(dir))
			ret = inherited_add(in, fd);
	}
	closedir(dir);
	return ret;
}

static void inherited_close(struct inherited *in)
{
	while (in->nr)
		close(in->fds[--in->nr]);
	free(in->fds);
	in->fds = NULL;
}

static enum status end_status(enum end end)
{
	static const enum status status[] = {
		[END_POWEROFF] = STATUS_OK,
		[END_HALT] = STATUS_OK,
		[END_REBOOT] = STATUS_REBOOT,
		[END_PANIC] = STATUS_PANIC,
		[END_FAULT] = STATUS_FAULT,
		[END_STUCK] = STATUS_STUCK,
		[END_STOPPED] = STATUS_STOPPED,
		[END_ERROR] = STATUS_ERROR,
	};

	return status[end];
}

/* The guest runs: write the pidfile, and end the process in the foreground. */
static int started(const struct params *params, int pid_fd,
		   struct detach *detach, struct err *err)
{
	if (pid_fd >= 0 && pidfile_write(pid_fd, params->pidfile, err))
		return -1;
	return detach->fd >= 0 ? detach_done(detach, err) : 0;
}

/* Run a guest that machine_make() has made. The pidfile exists from here on. */
static enum status start_and_run(struct machine *m, const struct params *params,
				 struct detach *detach)
{
	enum status status = STATUS_FAILED;
	int pid_fd = -1, failed;
	struct err err;

	if (params->pidfile) {
		pid_fd = pidfile_open(params->pidfile, &err);
		if (pid_fd < 0) {
			msg_error("%s", err.text);
			return STATUS_FAILED;
		}
	}
	if (machine_start(m, true, &err)) {
		msg_error("%s", err.text);
		goto out_remove;
	}
	failed = started(params, pid_fd, detach, &err);
	if (failed) {
		msg_error("%s", err.text);
		machine_kill(m);
	}
	status = end_status(machine_run(m));
	if (failed)
		status = STATUS_FAILED;

out_remove:
	if (params->pidfile)
		cleaner_remove(&m->cleaner, CLEAN_PIDFILE);
	/* The descriptor has the file's lock: keep it until the file is removed. */
	if (pid_fd >= 0)
		close(pid_fd);
	return status;
}

static enum status main_check(struct machine *m, const struct params *params)
{
	struct err err;

	if (machine_check(m, &err) ||
	    (params->pidfile && pidfile_check(params->pidfile, &err))) {
		msg_error("%s", err.text);
		return STATUS_FAILED;
	}
	msg_note("%s: everything found and in order", params->name);
	return STATUS_OK;
}

static enum status main_run(const struct params *params, struct detach *detach,
			    struct inherited *inherited)
{
	enum status status = STATUS_FAILED;
	struct machine m;
	struct err err;

	if (machine_open(&m, params, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	if (params->action == ACTION_CHECK) {
		status = main_check(&m, params);
		goto out;
	}
	if (machine_make(&m, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	inherited_close(inherited);
	status = start_and_run(&m, params, detach);

out:
	machine_free(&m);
	if (!m.running)
		hold_release();
	return status;
}

/* In the background there is no terminal, so the console is "none" by default. */
static enum status run_detached(struct params *params,
				struct inherited *inherited)
{
	struct detach detach = { .fd = -1, .null = -1 };
	struct err err;
	int status;

	if (!params->detach || params->action == ACTION_CHECK)
		return main_run(params, &detach, inherited);
	if (params->console == CONSOLE_AUTO)
		params->console = CONSOLE_NONE;
	switch (detach_fork(&detach, &status, &err)) {
	case 0:
		return main_run(params, &detach, inherited);
	case 1:
		return status;
	default:
		msg_error("%s", err.text);
		return STATUS_FAILED;
	}
}

static enum status main_print(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) ? STATUS_FAILED :
							   STATUS_OK;
}

/* If a standard descriptor were closed, another file of ours would get its number. */
static int open_standard_files(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv)
{
	enum status status = STATUS_USAGE;
	struct inherited inherited = { .nr = 0 };
	struct params params;
	struct err err;

	if (open_standard_files())
		return STATUS_FAILED;
	msg_journal();
	if (inherited_find(&inherited)) {
		msg_error("/proc/self/fd: %s: mount /proc", strerror(errno));
		return STATUS_FAILED;
	}
	params_init(&params);
	if (params_parse(&params, argc, argv, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	msg_verbose(params.verbose);
	switch (params.action) {
	case ACTION_HELP:
		status = main_print(params_usage());
		break;
	case ACTION_VERSION:
		status = main_print("colinux-run " CO_VERSION "\n");
		break;
	case ACTION_CHECK:
		handover(argv);
		choice_make(&params, CO_KERNEL);
		params_show(&params, stdout);
		doubt_show(&params);
		status = main_print("");
		if (!status)
			status = run_detached(&params, &inherited);
		break;
	default:
		handover(argv);
		choice_make(&params, CO_KERNEL);
		status = run_detached(&params, &inherited);
	}

out:
	inherited_close(&inherited);
	params_free(&params);
	return status;
}

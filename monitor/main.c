// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-run: the monitor, one process per guest.
 *
 * Where to go from here: params.c reads what the user wants, machine.c puts
 * the parts together and runs them, vcpu.c is where the guest's time passes,
 * and cobd.c and cocon.c are what it sees of the world.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

/*
 * Exit statuses; an interface, see colinux-run(1). They keep clear of what
 * shells (126 and up), sysexits.h (64 to 78) and systemd (200 and up) use.
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

static enum status run(const struct params *params)
{
	enum status status = STATUS_FAILED;
	struct machine m;
	struct err err;
	enum end end;

	if (machine_open(&m, params, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	if (params->action == ACTION_CHECK) {
		msg_note("%s: everything found and in order", params->name);
		status = STATUS_OK;
		goto out;
	}
	if (machine_make(&m, &err) || machine_run(&m, &end, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	status = end_status(end);

out:
	machine_free(&m);
	return status;
}

static enum status print(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) ? STATUS_FAILED :
							   STATUS_OK;
}

/* A file of ours that got the number of a closed one would be taken for it. */
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
	struct params params;
	struct err err;

	if (open_standard_files())
		return STATUS_FAILED;
	params_init(&params);
	if (params_parse(&params, argc, argv, &err)) {
		msg_error("%s", err.text);
		goto out;
	}
	msg_verbose(params.verbose);
	switch (params.action) {
	case ACTION_HELP:
		status = print(params_usage());
		break;
	case ACTION_VERSION:
		status = print("colinux-run " CO_VERSION "\n");
		break;
	default:
		status = run(&params);
	}

out:
	params_free(&params);
	return status;
}

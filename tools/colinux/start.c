// SPDX-License-Identifier: GPL-2.0
/*
 * colinux start, logs: start a defined guest and show its messages. root's guests are
 * units of systemd if that runs. Others are processes in the background with a log
 * file (see defs_by_unit()).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#define MAX_LINES	1000000

static int open_log(const char *name, char path[PATH_MAX], struct err *err)
{
	int fd;

	if (defs_path(path, DEFS_LOG, name, ".log", err) ||
	    defs_make_directory(path, err))
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	return fd >= 0 ? fd : err_set(err, "%s: %s", path, strerror(errno));
}

/* Prints the last line that is not empty. */
static void show_last(const char *path)
{
	char lines[2][1024] = { "", "" };
	FILE *f = fopen(path, "re");
	unsigned int last = 0;

	while (f && fgets(lines[!last], sizeof(lines[0]), f))
		if (*lines[!last] != '\n')
			last = !last;
	if (f)
		fclose(f);
	fputs(lines[last], stderr);
}

/* Like the unit: a relative path in the definition begins at /. */
static enum status start_process(const char *name, const char *conf)
{
	char path[PATH_MAX], named[128], console[PATH_MAX + 32], file[PATH_MAX + 1];
	char *argv[6] = { "colinux-run", named, "--detach", console, file, NULL };
	struct err err;
	int fd, status;

	fd = open_log(name, path, &err);
	if (fd < 0) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	snprintf(named, sizeof(named), "--name=%s", name);
	snprintf(console, sizeof(console), "--console=file:%s", path);
	snprintf(file, sizeof(file), "@%s", conf);
	if (chdir("/")) {
		complain("/: %s", strerror(errno));
		close(fd);
		return STATUS_FAILED;
	}
	status = spawn(argv, fd);
	close(fd);
	if (!status)
		return STATUS_OK;
	show_last(path);
	complain("%s: did not start: see 'colinux logs %s'", name, name);
	return STATUS_FAILED;
}

static enum status start_unit(const char *name)
{
	char unit[128];
	char *argv[4] = { "systemctl", "start", unit, NULL };

	snprintf(unit, sizeof(unit), "colinux@%s.service", name);
	if (!spawn(argv, -1))
		return STATUS_OK;
	complain("%s: did not start: see 'colinux logs %s'", name, name);
	return STATUS_FAILED;
}

/**
 * command_start() - start a defined guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_start(const struct args *a)
{
	const char *name = a->words[0];
	char conf[PATH_MAX];
	enum status status;
	struct err err;
	int runs;

	if (defs_find(conf, name, &status, &err)) {
		complain("%s", err.text);
		return status;
	}
	runs = client_runs(name, &err);
	if (runs < 0) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	if (runs) {
		printf("%s: runs already\n", name);
		return STATUS_OK;
	}
	return defs_by_unit() ? start_unit(name) : start_process(name, conf);
}

/**
 * command_logs() - show the messages of a guest's monitor
 * @a:		the command line
 *
 * Return: the status to end with after an error; otherwise another program runs.
 */
enum status command_logs(const struct args *a)
{
	char unit[128], path[PATH_MAX], lines[16] = "-n+1";
	bool follow = args_has(a, "follow");
	char *journal[6] = { "journalctl", "--unit", unit,
			    follow ? "--follow" : "--no-tail",
			    args_has(a, "lines") ? lines : NULL, NULL };
	char *tail[6] = { "tail", lines, follow ? "-F" : "--", follow ? "--" : path,
			 follow ? path : NULL, NULL };
	enum status status;
	unsigned int n;
	struct err err;

	status = args_number(a, "lines", 0, MAX_LINES, &n);
	if (status)
		return status;
	if (args_has(a, "lines"))
		snprintf(lines, sizeof(lines), "-n%u", n);
	if (defs_path(path, DEFS_LOG, a->words[0], ".log", &err)) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	snprintf(unit, sizeof(unit), "colinux@%s.service", a->words[0]);
	if (!defs_by_unit() && access(path, R_OK)) {
		complain("%s: %s: it has not been started by 'colinux start'",
			 path, strerror(errno));
		return STATUS_FAILED;
	}
	spawn_become(defs_by_unit() ? journal : tail);
	return STATUS_FAILED;
}

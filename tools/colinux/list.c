// SPDX-License-Identifier: GPL-2.0
/*
 * colinux list: one line for each guest.
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/rundir.h"

#define ROW	"%-20s %7s %-9s %-6s %8s %7s\n"

/* Makes a status for a guest whose monitor does not answer; the PID is in its lock. */
static struct json_object *guess(const char *name)
{
	struct json_object *reply = json_object_new_object();
	char path[RUNDIR_PATH_MAX];
	struct err err;
	pid_t pid = 0;

	if (!rundir_path(path, sizeof(path), name, RUNDIR_LOCK, &err))
		pid = rundir_pid(path);
	json_add_text(reply, "name", name);
	json_add_number(reply, "pid", pid);
	json_add_text(reply, "state", "silent");
	return reply;
}

static void list_print(const char *name, struct json_object *reply)
{
	const char *arch = get_member(reply, "arch") ? get_text(reply, "arch") : "-";
	char pid[24] = "-", up[24] = "-", mem[24] = "-";

	if (get_member(reply, "pid"))
		snprintf(pid, sizeof(pid), "%lld", (long long)get_number(reply, "pid"));
	if (get_member(reply, "uptime_ms")) {
		format_duration(get_number(reply, "uptime_ms"), up, sizeof(up));
		size_format(get_number(reply, "memory_bytes"), mem, sizeof(mem));
	}
	printf(ROW, name, pid, get_text(reply, "state"), arch, up, mem);
}

static void list_collect(struct json_object *all, const char *name,
			 struct json_object *reply)
{
	if (all)
		json_object_array_add(all, json_object_get(reply));
	else
		list_print(name, reply);
}

/* Lists the guests of @names that are not in @running. */
static void list_off(char **names, size_t nr, char **running, size_t nr_running,
		     struct json_object *all)
{
	for (size_t i = 0; i < nr; i++) {
		struct json_object *reply;
		size_t n = 0;

		while (n < nr_running && strcmp(running[n], names[i]))
			n++;
		if (n < nr_running || !rundir_name_ok(names[i]))
			continue;
		reply = json_object_new_object();
		json_add_text(reply, "name", names[i]);
		json_add_text(reply, "state", "off");
		list_collect(all, names[i], reply);
		json_object_put(reply);
	}
}

static enum status list_defined(char **running, size_t nr_running,
				struct json_object *all)
{
	struct err err;
	char **names;
	size_t nr;

	names = defs_list(&nr, &err);
	if (!names) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	list_off(names, nr, running, nr_running, all);
	guests_free(names, nr);
	return STATUS_OK;
}

static enum status list(char **names, size_t nr, struct json_object *all)
{
	struct answer *answers = calloc(nr ? nr : 1, sizeof(*answers));
	enum status status = STATUS_OK;
	struct err err;

	if (!answers || client_ask_all(names, nr, answers, &err)) {
		complain("%s", answers ? err.text : "out of memory");
		free(answers);
		return STATUS_FAILED;
	}
	if (!all)
		printf(ROW, "NAME", "PID", "STATE", "ARCH", "UP", "MEMORY");
	for (size_t i = 0; i < nr; i++) {
		struct json_object *reply = answers[i].reply;

		if (answers[i].silent) {
			reply = guess(names[i]);
			status = STATUS_FAILED;
		}
		/* Without a reply, the guest has ended or belongs to another user. */
		if (reply)
			list_collect(all, names[i], reply);
		json_object_put(reply);
	}
	free(answers);
	if (status)
		complain("silent guests: their monitors start, or are stuck");
	return status;
}

/**
 * command_list() - list guests
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_list(const struct args *a)
{
	struct json_object *all = NULL;
	enum status status;
	struct err err;
	char **names;
	size_t nr;

	if (args_has(a, "json"))
		all = json_object_new_array();
	names = guests_list(&nr, &err);
	if (!names) {
		complain("%s", err.text);
		json_object_put(all);
		return STATUS_FAILED;
	}
	status = list(names, nr, all);
	if (args_has(a, "all") && list_defined(names, nr, all))
		status = STATUS_FAILED;
	guests_free(names, nr);
	if (all)
		print_json(all);
	json_object_put(all);
	return status;
}

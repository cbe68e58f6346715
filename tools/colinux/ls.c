// SPDX-License-Identifier: GPL-2.0
/*
 * colinux ls: one line for each guest.
 */
#include <string.h>
#include <unistd.h>

#include "command.h"

static struct json_object *ask(const char *name, struct err *err)
{
	struct json_object *reply = NULL;
	int fd = client_open(name, err);

	if (fd < 0)
		return NULL;
	reply = client_ask(fd, client_request("status"), err);
	close(fd);
	return reply;
}

static void print(const char *name, struct json_object *reply)
{
	char up[24], mem[24];

	printf("%-20s %7lld %-9s %8s %7s\n", name,
	       (long long)get_number(reply, "pid"), get_text(reply, "state"),
	       format_duration(get_number(reply, "uptime_ms"), up, sizeof(up)),
	       format_bytes(get_number(reply, "memory_bytes"), mem,
			    sizeof(mem)));
}

static void collect(struct json_object *all, const char *name,
		    struct json_object *reply)
{
	if (all)
		json_object_array_add(all, json_object_get(reply));
	else
		print(name, reply);
}

/**
 * command_ls() - list running guests
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_ls(int argc, char **argv)
{
	struct json_object *all = NULL, *reply;
	struct err err;
	char **names;
	size_t nr;

	if (argc == 2 && !strcmp(argv[1], "--json"))
		all = json_object_new_array();
	else if (argc > 1)
		return usage("ls takes nothing but --json");
	names = guests_list(&nr, &err);
	if (!names) {
		complain("%s", err.text);
		json_object_put(all);
		return STATUS_FAILED;
	}
	if (!all)
		printf("%-20s %7s %-9s %8s %7s\n", "NAME", "PID", "STATE", "UP",
		       "MEMORY");
	for (size_t i = 0; i < nr; i++) {
		/* It may have ended since, or be somebody else's. */
		reply = ask(names[i], &err);
		if (reply)
			collect(all, names[i], reply);
		json_object_put(reply);
	}
	guests_free(names, nr);
	if (all)
		puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY));
	json_object_put(all);
	return STATUS_OK;
}

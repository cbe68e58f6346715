// SPDX-License-Identifier: GPL-2.0
/*
 * colinux status: shows the state of one guest, with rates from two samples.
 */
#include <unistd.h>

#include "command.h"

/* Long enough for a rate, short enough for the user. */
#define BETWEEN_US	500000

static enum status status_look(const char *name, struct sample *s)
{
	s->ms = now_ms();
	return client_tell(name, client_request("status"), &s->reply);
}

static struct json_object *get_list(const struct sample *s, const char *name,
				    size_t *len)
{
	struct json_object *list = get_member(s->reply, name);

	*len = json_object_is_type(list, json_type_array) ?
	       json_object_array_length(list) : 0;
	return list;
}

/* The average time is over all requests of the disk. */
static void print_disk_counters(const struct sample *s, const char *disk)
{
	int64_t reads = sample_disk(s, disk, "reads");
	int64_t writes = sample_disk(s, disk, "writes");
	int64_t flushes = sample_disk(s, disk, "flushes");
	int64_t errors = sample_disk(s, disk, "errors");
	int64_t all = reads + writes + flushes + errors +
		      sample_disk(s, disk, "discards");
	char in[24], out[24];

	printf("%-10s reads %lld (%s), writes %lld (%s), flushes %lld, errors %lld; %.2f ms each\n",
	       "", (long long)reads,
	       size_format(sample_disk(s, disk, "read_bytes"), in, sizeof(in)),
	       (long long)writes,
	       size_format(sample_disk(s, disk, "write_bytes"), out,
			    sizeof(out)),
	       (long long)flushes, (long long)errors,
	       all ? sample_disk(s, disk, "wait_ns") / 1e6 / all : 0.0);
}

static void print_disk(const struct sample *s, struct json_object *disk)
{
	char size[24];

	printf("%-10s %s (%s%s%s)%s\n", get_text(disk, "name"),
	       get_text(disk, "path"),
	       size_format(get_number(disk, "bytes"), size, sizeof(size)),
	       json_object_get_boolean(get_member(disk, "read_only")) ?
	       ", read-only" : "",
	       json_object_get_boolean(get_member(disk, "direct")) ?
	       ", direct" : "",
	       json_object_get_boolean(get_member(disk, "gone")) ?
	       " taken away" : "");
	print_disk_counters(s, get_text(disk, "name"));
}

static void print_disks(const struct sample *s)
{
	size_t len;
	struct json_object *disks = get_list(s, "disks", &len);

	for (size_t i = 0; i < len; i++)
		print_disk(s, json_object_array_get_idx(disks, i));
}

static void print_net(struct json_object *net)
{
	const char *bridge = get_text(net, "bridge");

	printf("%-10s %s %s%s%s, %s\n", get_text(net, "name"),
	       get_text(net, "kind"), get_text(net, "interface"),
	       *bridge ? ", bridge " : "", bridge,
	       json_object_get_boolean(get_member(net, "gone")) ?
	       "taken away" :
	       json_object_get_boolean(get_member(net, "link")) ?
	       "link" : "no link");
}

static void print_nets(const struct sample *s)
{
	size_t len;
	struct json_object *nets = get_list(s, "networks", &len);

	for (size_t i = 0; i < len; i++)
		print_net(json_object_array_get_idx(nets, i));
}

static void status_print(const struct sample *first, const struct sample *last)
{
	struct json_object *r = last->reply, *con = get_member(r, "console");
	char text[24];

	printf("%-10s %s (process %lld)\n", "name", get_text(r, "name"),
	       (long long)get_number(r, "pid"));
	printf("%-10s %s\n", "state", get_text(r, "state"));
	printf("%-10s %s\n", "uptime",
	       format_duration(get_number(r, "uptime_ms"), text, sizeof(text)));
	printf("%-10s %s\n", "memory",
	       size_format(get_number(r, "memory_bytes"), text, sizeof(text)));
	printf("%-10s %.1f %%\n", "cpu", sample_cpu(first, last));
	printf("%-10s %.0f a second\n", "exits",
	       sample_rate(first, last, sample_exits));
	printf("%-10s %.0f a second\n", "interrupts",
	       sample_rate(first, last, sample_irqs));
	printf("%-10s %lldx%lld, viewers: %lld\n", "console",
	       (long long)get_number(con, "cols"),
	       (long long)get_number(con, "rows"),
	       (long long)get_number(con, "viewers"));
	print_disks(last);
	print_nets(last);
	printf("%-10s %s\n", "arch", get_text(r, "arch"));
	printf("%-10s %s\n", "kernel", get_text(r, "kernel"));
	printf("%-10s %s\n", "cmdline", get_text(r, "cmdline"));
}

/**
 * command_status() - show a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_status(const struct args *a)
{
	struct sample first = { 0 }, last = { 0 };
	enum status status;

	status = status_look(a->words[0], &first);
	if (status)
		return status;
	usleep(BETWEEN_US);
	status = status_look(a->words[0], &last);
	if (status)
		goto out_put;
	if (args_has(a, "json")) {
		sample_add_rates(last.reply, &first, &last);
		print_json(last.reply);
	} else {
		status_print(&first, &last);
	}

out_put:
	json_object_put(first.reply);
	json_object_put(last.reply);
	return status;
}

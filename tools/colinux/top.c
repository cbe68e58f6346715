// SPDX-License-Identifier: GPL-2.0
/*
 * colinux top: shows all guests periodically. On a terminal, each table replaces the
 * one before; elsewhere the tables follow each other.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#define CLEAR		"\033[H\033[J"
#define MAX_DELAY	3600

/**
 * struct row - a guest
 * @name:	the guest's name
 * @last:	the last sample
 */
struct row {
	char *name;
	struct sample last;
};

/**
 * struct table - the samples of all guests at one moment
 * @rows:	one row for each guest
 * @nr:		number of rows
 */
struct table {
	struct row *rows;
	size_t nr;
};

/* Finds the last sample of the same guest. Another guest can have had its name. */
static const struct sample *top_find(const struct table *t, const struct row *row)
{
	int64_t pid = get_number(row->last.reply, "pid");

	for (size_t i = 0; i < t->nr; i++)
		if (!strcmp(t->rows[i].name, row->name) &&
		    get_number(t->rows[i].last.reply, "pid") == pid)
			return &t->rows[i].last;
	return NULL;
}

static void free_table(struct table *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		free(t->rows[i].name);
		json_object_put(t->rows[i].last.reply);
	}
	free(t->rows);
	*t = (struct table) { 0 };
}

/* The table takes the names over. Skips guests that do not answer. */
static int top_fill(struct table *t, char **names, size_t nr, struct err *err)
{
	struct answer *answers = calloc(nr ? nr : 1, sizeof(*answers));
	uint64_t ms = now_ms();
	int ret = -1;

	t->nr = 0;
	t->rows = calloc(nr ? nr : 1, sizeof(*t->rows));
	if (!t->rows || !answers) {
		err_set(err, "out of memory");
		goto out;
	}
	ret = client_ask_all(names, nr, answers, err);
	for (size_t i = 0; !ret && i < nr; i++) {
		struct row *row = &t->rows[t->nr];

		if (!answers[i].reply)
			continue;
		row->last.ms = ms;
		row->last.reply = answers[i].reply;
		row->name = names[i];
		names[i] = NULL;
		t->nr++;
	}

out:
	free(answers);
	return ret;
}

static void top_print(const struct table *before, const struct table *now)
{
	printf("%-20s %-9s %8s %7s %6s %9s %9s %7s %7s %6s\n", "NAME", "STATE",
	       "UP", "MEMORY", "CPU%", "EXITS/S", "IRQS/S", "READ/S",
	       "WRITE/S", "ERRORS");
	for (size_t i = 0; i < now->nr; i++) {
		const struct sample *s = &now->rows[i].last;
		const struct sample *old = top_find(before, &now->rows[i]);
		char up[24], mem[24], in[24], out[24];

		if (!old)
			old = s;
		printf("%-20s %-9s %8s %7s %6.1f %9.0f %9.0f %7s %7s %6lld\n",
		       now->rows[i].name, get_text(s->reply, "state"),
		       format_duration(get_number(s->reply, "uptime_ms"), up,
				       sizeof(up)),
		       size_format(get_number(s->reply, "memory_bytes"), mem,
				    sizeof(mem)),
		       sample_cpu(old, s), sample_rate(old, s, sample_exits),
		       sample_rate(old, s, sample_irqs),
		       size_format((int64_t)sample_disk_rate(old, s,
							      "read_bytes"),
				    in, sizeof(in)),
		       size_format((int64_t)sample_disk_rate(old, s,
							      "write_bytes"),
				    out, sizeof(out)),
		       (long long)sample_disks(s, "errors"));
	}
}

static struct json_object *top_row_json(const struct row *row,
					const struct sample *old)
{
	static const char *const copied[] = {
		"name", "state", "pid", "uptime_ms", "memory_bytes",
	};
	struct json_object *to = json_object_new_object();
	const struct sample *s = &row->last;

	for (size_t i = 0; i < sizeof(copied) / sizeof(*copied); i++)
		json_object_object_add(to, copied[i],
				       json_object_get(get_member(s->reply, copied[i])));
	sample_add_rates(to, old, s);
	json_add_real(to, "disk_read_bytes_per_second",
		       sample_disk_rate(old, s, "read_bytes"));
	json_add_real(to, "disk_write_bytes_per_second",
		       sample_disk_rate(old, s, "write_bytes"));
	json_add_number(to, "disk_errors", sample_disks(s, "errors"));
	return to;
}

/* Prints one line per table, an array, so that a program can read each at once. */
static void top_print_json(const struct table *before, const struct table *now)
{
	struct json_object *all = json_object_new_array();

	for (size_t i = 0; i < now->nr; i++) {
		const struct sample *old = top_find(before, &now->rows[i]);

		json_object_array_add(all, top_row_json(&now->rows[i],
							old ? old : &now->rows[i].last));
	}
	puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PLAIN));
	json_object_put(all);
}

static enum status top_look(struct table *before, bool first, bool json)
{
	struct table now = { 0 };
	struct err err;
	char **names;
	size_t nr;

	names = guests_list(&nr, &err);
	if (!names || top_fill(&now, names, nr, &err)) {
		complain("%s", err.text);
		free_table(&now);
		if (names)
			guests_free(names, nr);
		return STATUS_FAILED;
	}
	guests_free(names, nr);
	if (!json && isatty(STDOUT_FILENO))
		fputs(CLEAR, stdout);
	if (!first && json)
		top_print_json(before, &now);
	else if (!first)
		top_print(before, &now);
	fflush(stdout);
	free_table(before);
	*before = now;
	return ferror(stdout) ? STATUS_FAILED : STATUS_OK;
}

/**
 * command_top() - watch all guests
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_top(const struct args *a)
{
	unsigned int delay = 2, count = 0;
	bool json = args_has(a, "json");
	enum status status;
	struct table table = { 0 };

	status = args_number(a, "delay", 1, MAX_DELAY, &delay);
	if (!status)
		status = args_number(a, "count", 1, MAX_DELAY, &count);
	if (status)
		return status;
	/* Prints nothing the first time: rates need two samples. */
	status = top_look(&table, true, json);
	for (unsigned int i = 0; !status && (!count || i < count); i++) {
		sleep(delay);
		status = top_look(&table, false, json);
	}
	free_table(&table);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the module. The names and the form are an interface: scripts
 * read them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

#define COUNTER(field)	{ #field, offsetof(struct co_stats, field) }

static const struct {
	const char *name;
	size_t offset;
} counters[] = {
	COUNTER(passages),
	COUNTER(exit_irq),
	COUNTER(exit_nmi),
	COUNTER(exit_mce),
	COUNTER(exit_idle),
	COUNTER(exit_kick),
	COUNTER(exit_timer),
	COUNTER(exit_other),
	COUNTER(exit_fault),
	COUNTER(noted_nmi),
	COUNTER(virq_timer),
	COUNTER(virq_dev),
	COUNTER(user_exits),
	COUNTER(guest_ns),
	COUNTER(idle_ns),
	COUNTER(pinned_pages),
};

_Static_assert(sizeof(counters) / sizeof(counters[0]) * sizeof(__u64) ==
	       sizeof(struct co_stats), "every counter is named");

/**
 * stats_each() - go through counters
 * @stats:	the counters
 * @each:	called with the name and value of each
 * @arg:	goes with it
 */
void stats_each(const struct co_stats *stats,
		void (*each)(void *arg, const char *name, uint64_t value),
		void *arg)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		__u64 value;

		memcpy(&value, (const char *)stats + counters[i].offset,
		       sizeof(value));
		each(arg, counters[i].name, value);
	}
}

static void print_counter(void *arg, const char *name, uint64_t value)
{
	fprintf(arg, "%s %llu\n", name, (unsigned long long)value);
}

/**
 * stats_print() - print counters
 * @stats:	the counters
 * @f:		where to
 */
void stats_print(const struct co_stats *stats, FILE *f)
{
	stats_each(stats, print_counter, f);
}

/* Through msg_text(): the terminal may be raw. */
static void show_on_stderr(const struct co_stats *stats)
{
	char *text = NULL;
	size_t len;
	FILE *f;

	f = open_memstream(&text, &len);
	if (!f)
		return;
	stats_print(stats, f);
	if (!fclose(f))
		msg_text(text, len);
	free(text);
}

/**
 * stats_show() - read the counters and print them
 * @vm:		the machine
 * @f:		where to
 */
void stats_show(const struct vm *vm, FILE *f)
{
	struct co_stats stats;
	struct err err;

	if (vm_stats(vm, &stats, &err)) {
		msg_warn("%s", err.text);
		return;
	}
	if (f == stderr) {
		show_on_stderr(&stats);
		return;
	}
	stats_print(&stats, f);
	if (fflush(f))
		msg_warn("counters: %s", strerror(errno));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the module and of the devices, for request.c (status) and machine.c
 * (SIGUSR1, --stats). Their names and the format are an interface for scripts.
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
 * stats_each() - call a function for each of the module's counters
 * @stats:	the counters
 * @each:	callback for the name and value of each
 * @arg:	first argument of @each
 */
void stats_each(const struct co_stats *stats, counter_fn each, void *arg)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		__u64 value;

		memcpy(&value, (const char *)stats + counters[i].offset,
		       sizeof(value));
		each(arg, counters[i].name, value);
	}
}

/**
 * struct prefixed - arguments for a callback that adds the device's name to a counter's
 * @each:	callback for the full name and the value
 * @arg:	first argument of @each
 * @dev:	the device
 */
struct prefixed {
	counter_fn each;
	void *arg;
	const struct device *dev;
};

static void each_prefixed(void *arg, const char *name, uint64_t value)
{
	const struct prefixed *p = arg;
	char full[64];

	snprintf(full, sizeof(full), "%s%u_%s", p->dev->ops->name,
		 p->dev->unit, name);
	p->each(p->arg, full, value);
}

/**
 * stats_each_device() - call a function for each counter of some devices
 * @devices:	the devices
 * @nr:		their number
 * @each:	callback for the name and value of each
 * @arg:	first argument of @each
 */
void stats_each_device(struct device *const *devices, unsigned int nr,
		       counter_fn each, void *arg)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct prefixed p = { each, arg, devices[i] };

		if (p.dev->ops->counters)
			p.dev->ops->counters(p.dev, each_prefixed, &p);
	}
}

static void print_counter(void *arg, const char *name, uint64_t value)
{
	fprintf(arg, "%s %llu\n", name, (unsigned long long)value);
}

/**
 * stats_print() - print the module's counters
 * @stats:	the counters
 * @f:		the output
 */
void stats_print(const struct co_stats *stats, FILE *f)
{
	stats_each(stats, print_counter, f);
}

/* Return: the text, which the caller frees, or NULL with errno. */
static char *make_text(const struct co_stats *stats,
		       struct device *const *devices, unsigned int nr,
		       size_t *len)
{
	char *text = NULL;
	FILE *f;

	f = open_memstream(&text, len);
	if (!f)
		return NULL;
	stats_print(stats, f);
	stats_each_device(devices, nr, print_counter, f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/**
 * stats_show() - read all counters and print them
 * @vm:		the machine
 * @devices:	its devices
 * @nr:		their number
 * @f:		the output; standard error gets the text through msg_text(), because
 *		the terminal may be raw
 */
void stats_show(const struct vm *vm, struct device *const *devices,
		unsigned int nr, FILE *f)
{
	struct co_stats stats;
	struct err err;
	size_t len;
	char *text;

	if (vm_stats(vm, &stats, &err)) {
		msg_warn("%s", err.text);
		return;
	}
	text = make_text(&stats, devices, nr, &len);
	if (text && f == stderr)
		msg_text(text, len);
	else if (!text || fwrite(text, 1, len, f) != len || fflush(f))
		msg_warn("counters: %s", strerror(errno));
	free(text);
}

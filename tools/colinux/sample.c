// SPDX-License-Identifier: GPL-2.0
/*
 * Reads values from the status of a guest, and computes rates from two samples of it.
 */
#include <string.h>
#include <time.h>

#include "command.h"

const char *const sample_exits[] = {
	"exit_irq", "exit_nmi", "exit_mce", "exit_idle", "exit_kick",
	"exit_timer", "exit_other", NULL,
};

const char *const sample_irqs[] = { "virq_timer", "virq_dev", NULL };

/**
 * get_member() - get a member of an object
 * @from:	the object
 * @name:	the member's name
 *
 * Return: the member, which @from owns, or NULL.
 */
struct json_object *get_member(struct json_object *from, const char *name)
{
	struct json_object *member = NULL;

	json_object_object_get_ex(from, name, &member);
	return member;
}

/**
 * get_text() - get a string in an object
 * @from:	the object
 * @name:	the member's name
 *
 * Return: the string, which @from owns; "?" if there is none.
 */
const char *get_text(struct json_object *from, const char *name)
{
	const char *text = json_object_get_string(get_member(from, name));

	return text ? text : "?";
}

/**
 * get_number() - get a number in an object
 * @from:	the object
 * @name:	the member's name
 *
 * Return: the number, 0 if there is none.
 */
int64_t get_number(struct json_object *from, const char *name)
{
	return json_object_get_int64(get_member(from, name));
}

/**
 * sample_counter() - get one of the counters in the status
 * @s:		a sample
 * @name:	the counter's name
 *
 * Return: its value, 0 if there is no such counter.
 */
int64_t sample_counter(const struct sample *s, const char *name)
{
	return get_number(get_member(s->reply, "counters"), name);
}

/**
 * sample_disk() - get one of a disk's counters
 * @s:		a sample
 * @disk:	the disk's name
 * @name:	the counter's name, without the disk's
 *
 * Return: its value, 0 if there is no such counter.
 */
int64_t sample_disk(const struct sample *s, const char *disk, const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), "%s_%s", disk, name);
	return sample_counter(s, full);
}

/* Adds up the disks of @to. The counters of a disk that is new there began with 0. */
static int64_t add_disks(const struct sample *from, const struct sample *to,
			 const char *name)
{
	struct json_object *disks = get_member(to->reply, "disks");
	int64_t sum = 0;

	if (!json_object_is_type(disks, json_type_array))
		return 0;
	for (size_t i = 0; i < json_object_array_length(disks); i++) {
		const char *disk = get_text(json_object_array_get_idx(disks, i),
					    "name");
		int64_t old = from ? sample_disk(from, disk, name) : 0;
		int64_t n = sample_disk(to, disk, name);

		sum += n < old ? n : n - old;
	}
	return sum;
}

/**
 * sample_disks() - get the sum of a counter over all disks
 * @s:		a sample
 * @name:	the counter's name, without the disk's
 *
 * Return: the sum.
 */
int64_t sample_disks(const struct sample *s, const char *name)
{
	return add_disks(NULL, s, name);
}

static double a_second(int64_t n, const struct sample *from,
		       const struct sample *to)
{
	return to->ms > from->ms ? n * 1000.0 / (to->ms - from->ms) : 0;
}

/**
 * sample_disk_rate() - get the rate of a counter over all disks
 * @from:	a sample
 * @to:		a later sample
 * @name:	the counter's name, without the disk's
 *
 * Return: the rate per second.
 */
double sample_disk_rate(const struct sample *from, const struct sample *to,
			const char *name)
{
	return a_second(add_disks(from, to, name), from, to);
}

/**
 * sample_rate() - get the rate of a sum of counters
 * @from:	a sample
 * @to:		a later sample
 * @names:	names of the counters, with NULL at the end
 *
 * Return: the rate per second.
 */
double sample_rate(const struct sample *from, const struct sample *to,
		   const char *const *names)
{
	int64_t n = 0;

	for (; *names; names++)
		n += sample_counter(to, *names) - sample_counter(from, *names);
	return a_second(n, from, to);
}

/**
 * sample_cpu() - get the share of a CPU that the guest used
 * @from:	a sample
 * @to:		a later sample
 *
 * Return: percent of a CPU.
 */
double sample_cpu(const struct sample *from, const struct sample *to)
{
	int64_t ns = sample_counter(to, "guest_ns") -
		     sample_counter(from, "guest_ns");

	return a_second(ns, from, to) / 10000000;
}

/**
 * sample_add_rates() - add the rates of a guest to an object
 * @add:	the object
 * @from:	a sample
 * @to:		a later sample
 */
void sample_add_rates(struct json_object *add, const struct sample *from,
		      const struct sample *to)
{
	json_add_real(add, "cpu_percent", sample_cpu(from, to));
	json_add_real(add, "exits_per_second", sample_rate(from, to, sample_exits));
	json_add_real(add, "interrupts_per_second",
		      sample_rate(from, to, sample_irqs));
}

/**
 * format_duration() - format a duration for people
 * @ms:		the duration in milliseconds
 * @buf:	buffer for the text
 * @size:	bytes of @buf
 *
 * Return: @buf.
 */
const char *format_duration(int64_t ms, char *buf, size_t size)
{
	long long s = ms / 1000;

	if (s >= 86400)
		snprintf(buf, size, "%lldd%02lldh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(buf, size, "%lldh%02lldm", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(buf, size, "%lldm%02llds", s / 60, s % 60);
	else
		snprintf(buf, size, "%llds", s);
	return buf;
}

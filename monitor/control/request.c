// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of the control channel (control.c). Each has one function here;
 * docs/control.md describes them in the same order. A client that can open the socket
 * may make all requests, but its data is checked like any input from outside.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "block/cobd.h"
#include "block/image.h"
#include "common/arch.h"
#include "common/json.h"
#include "console/cocon.h"
#include "hotplug.h"
#include "machine.h"
#include "net/conet.h"
#include "request.h"
#include "stats.h"

/*
 * Members of a request.
 */

/* Return: 0, with *@value unchanged if there is no such member; -1 if it is invalid. */
static int get_number(const struct request *req, const char *name,
		      unsigned int max, unsigned int *value)
{
	struct json_object *member;
	int64_t n;

	if (!json_object_object_get_ex(req->args, name, &member))
		return 0;
	n = json_object_get_int64(member);
	if (!json_object_is_type(member, json_type_int) || n < 0 || n > max)
		return err_set(req->err, "%s: not a number from 0 to %u", name,
			       max);
	*value = n;
	return 0;
}

static int get_bool(const struct request *req, const char *name, bool *value)
{
	struct json_object *member;

	if (!json_object_object_get_ex(req->args, name, &member))
		return 0;
	if (!json_object_is_type(member, json_type_boolean))
		return err_set(req->err, "%s: neither true nor false", name);
	*value = json_object_get_boolean(member);
	return 0;
}

/*
 * Members of a reply.
 */

/*
 * status
 */

static void add_counter(void *arg, const char *name, uint64_t value)
{
	json_add_number(arg, name, value);
}

static void add_stats(const struct machine *m, struct json_object *reply)
{
	struct json_object *counters = json_object_new_object();
	struct co_stats stats;
	struct err err;

	if (!vm_stats(&m->vm, &stats, &err))
		stats_each(&stats, add_counter, counters);
	stats_each_device(m->devices, m->nr_devices, add_counter, counters);
	json_object_object_add(reply, "counters", counters);
}

static struct json_object *disk_object(struct device *dev)
{
	const struct image *img = cobd_image(dev);
	struct json_object *object = json_object_new_object();
	char name[16];

	snprintf(name, sizeof(name), "cobd%u", dev->unit);
	json_add_text(object, "name", name);
	json_add_text(object, "path", img->path);
	json_add_bool(object, "read_only", img->ro);
	json_add_bool(object, "direct", img->direct);
	json_add_number(object, "bytes", img->sectors << 9);
	json_add_bool(object, "gone", dev->gone);
	return object;
}

static struct json_object *net_object(const struct machine *m,
				      struct device *dev)
{
	const struct net_param *net = &m->params->nets[dev->unit];
	struct json_object *object = json_object_new_object();
	char name[16];

	snprintf(name, sizeof(name), "eth%u", dev->unit);
	json_add_text(object, "name", name);
	json_add_text(object, "kind", net->kind == NET_SLIRP ? "slirp" : "tuntap");
	json_add_text(object, "interface", conet_host(dev));
	json_add_text(object, "bridge", net->bridge);
	json_add_bool(object, "link", conet_link(dev));
	json_add_bool(object, "gone", dev->gone);
	return object;
}

static void add_devices(const struct machine *m, struct json_object *reply)
{
	struct json_object *disks = json_object_new_array();
	struct json_object *nets = json_object_new_array();

	for (unsigned int i = 0; i < m->nr_devices; i++) {
		struct device *dev = m->devices[i];

		if (dev->ops->type == CO_DEV_COBD && cobd_image(dev)->path)
			json_object_array_add(disks, disk_object(dev));
		else if (dev->ops->type == CO_DEV_CONET)
			json_object_array_add(nets, net_object(m, dev));
	}
	json_object_object_add(reply, "disks", disks);
	json_object_object_add(reply, "networks", nets);
}

static void add_console(const struct machine *m, struct json_object *reply)
{
	struct json_object *object = json_object_new_object();
	struct console *con = cocon_console(m->console);
	unsigned int cols, rows, viewers = 0;

	for (unsigned int i = 0; i < con->nr_viewers; i++)
		viewers += con->viewers[i]->attached;
	cocon_size(m->console, &cols, &rows);
	json_add_number(object, "cols", cols);
	json_add_number(object, "rows", rows);
	json_add_number(object, "viewers", viewers);
	json_add_number(object, "output_bytes", con->head);
	json_object_object_add(reply, "console", object);
}

static int status(const struct request *req)
{
	struct machine *m = req->arg;

	json_add_number(req->reply, "protocol", CONTROL_PROTOCOL);
	json_add_text(req->reply, "version", CO_VERSION);
	json_add_text(req->reply, "name", m->name);
	json_add_number(req->reply, "pid", getpid());
	json_add_text(req->reply, "state", machine_state(m));
	json_add_bool(req->reply, "ready", m->ready);
	json_add_number(req->reply, "uptime_ms", machine_uptime_ms(m));
	json_add_number(req->reply, "memory_bytes", m->params->mem);
	json_add_text(req->reply, "arch", arch_name(m->kernel.note.arch));
	json_add_text(req->reply, "kernel", params_kernel(m->params));
	json_add_text(req->reply, "cmdline", m->cmdline);
	add_devices(m, req->reply);
	add_console(m, req->reply);
	add_stats(m, req->reply);
	return 0;
}

/*
 * console, window
 */

static int console(const struct request *req)
{
	struct machine *m = req->arg;
	unsigned int scrollback = CONSOLE_BACKLOG;
	bool typing = true;

	if (get_number(req, "scrollback", INT_MAX, &scrollback) ||
	    get_bool(req, "typing", &typing))
		return -1;
	return control_watch(req->client, cocon_console(m->console), scrollback,
			     typing, req->err);
}

static int window(const struct request *req)
{
	struct machine *m = req->arg;
	unsigned int cols = 0, rows = 0;

	if (get_number(req, "cols", PARAMS_WINDOW_MAX, &cols) ||
	    get_number(req, "rows", PARAMS_WINDOW_MAX, &rows))
		return -1;
	if (!cols || !rows)
		return err_set(req->err, "a window needs cols and rows above 0");
	cocon_resize(m->console, cols, rows);
	return 0;
}

/*
 * stop, kill, reset, pause, resume, wait
 */

static int stop(const struct request *req)
{
	struct machine *m = req->arg;
	unsigned int timeout = m->params->stop_timeout;

	if (get_number(req, "timeout", PARAMS_SECONDS_MAX, &timeout))
		return -1;
	machine_stop(m, timeout);
	return 0;
}

static int do_kill(const struct request *req)
{
	machine_kill(req->arg);
	return 0;
}

static int reset(const struct request *req)
{
	machine_reset(req->arg);
	return 0;
}

static int do_pause(const struct request *req)
{
	return machine_pause(req->arg, true, req->err);
}

static int resume(const struct request *req)
{
	return machine_pause(req->arg, false, req->err);
}

static int do_wait(const struct request *req)
{
	control_wait(req->client);
	return 0;
}

/*
 * disk-add, disk-remove, disk-resize, net-up, net-down
 */

static int ends(const struct request *req)
{
	const struct machine *m = req->arg;

	return m->ended ? err_set(req->err, "the guest has ended") : 0;
}

/* Get the number of the device, which the request must have. */
static int get_unit(const struct request *req, unsigned int *unit)
{
	*unit = HOTPLUG_ANY;
	if (ends(req) || get_number(req, "unit", PARAMS_UNIT_MAX, unit))
		return -1;
	return *unit == HOTPLUG_ANY ? err_set(req->err, "no unit given") : 0;
}

static int disk_add(const struct request *req)
{
	unsigned int unit = HOTPLUG_ANY;
	struct json_object *path;
	bool ro = false, raw = false;
	int fd;

	if (ends(req) || get_number(req, "unit", PARAMS_UNIT_MAX, &unit) ||
	    get_bool(req, "read_only", &ro) || get_bool(req, "raw", &raw))
		return -1;
	if (!json_object_object_get_ex(req->args, "path", &path) ||
	    !json_object_is_type(path, json_type_string))
		return err_set(req->err, "no path given");
	fd = control_take_file(req->client, req->err);
	if (fd < 0)
		return -1;
	if (hotplug_add_disk(req->arg, &unit, json_object_get_string(path), fd,
			     (ro ? IMAGE_RO : 0) | (raw ? IMAGE_RAW : 0),
			     req->err))
		return -1;
	json_add_number(req->reply, "unit", unit);
	return 0;
}

static int disk_remove(const struct request *req)
{
	unsigned int unit;

	return get_unit(req, &unit) ? -1 :
	       hotplug_remove_disk(req->arg, unit, req->err);
}

static int disk_resize(const struct request *req)
{
	struct json_object *member;
	unsigned int unit;
	int64_t bytes = 0;

	if (get_unit(req, &unit))
		return -1;
	if (json_object_object_get_ex(req->args, "bytes", &member)) {
		bytes = json_object_get_int64(member);
		if (!json_object_is_type(member, json_type_int) || bytes <= 0)
			return err_set(req->err, "bytes: not a number above 0");
	}
	return hotplug_resize_disk(req->arg, unit, bytes, req->err);
}

static int plug(const struct request *req, bool in)
{
	unsigned int unit;

	return get_unit(req, &unit) ? -1 :
	       hotplug_plug_net(req->arg, unit, in, req->err);
}

static int net_up(const struct request *req)
{
	return plug(req, true);
}

static int net_down(const struct request *req)
{
	return plug(req, false);
}

static const struct {
	const char *name;
	int (*handle)(const struct request *req);
} commands[] = {
	{ "status", status },
	{ "console", console },
	{ "window", window },
	{ "stop", stop },
	{ "kill", do_kill },
	{ "reset", reset },
	{ "pause", do_pause },
	{ "resume", resume },
	{ "wait", do_wait },
	{ "disk-add", disk_add },
	{ "disk-remove", disk_remove },
	{ "disk-resize", disk_resize },
	{ "net-up", net_up },
	{ "net-down", net_down },
};

/**
 * request_handle() - handle a request, as a control_handler
 * @req:	the request; its @arg is the machine
 *
 * Return: 0 or -1.
 */
int request_handle(const struct request *req)
{
	struct json_object *member;
	const char *name;

	if (!json_object_object_get_ex(req->args, "cmd", &member) ||
	    !json_object_is_type(member, json_type_string))
		return err_set(req->err, "no cmd given");
	name = json_object_get_string(member);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].handle(req);
	return err_set(req->err, "%.32s: no such cmd", name);
}

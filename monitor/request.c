// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of the control channel. Each has one function here; docs/control.md
 * describes them in the same order. Whoever may open the socket may do all of
 * this, but what he sends is checked like anything from outside.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cobd.h"
#include "cocon.h"
#include "conet.h"
#include "hotplug.h"
#include "image.h"
#include "machine.h"
#include "request.h"
#include "stats.h"

#define MAX_WINDOW	1000
#define MAX_STOP	86400
#define MAX_UNIT	255

/*
 * Values of a request.
 */

/* Return: 0 with *@value as it was if there is no such member. */
static int get_number(struct json_object *request, const char *name,
		      unsigned int max, unsigned int *value, struct err *err)
{
	struct json_object *member;
	int64_t n;

	if (!json_object_object_get_ex(request, name, &member))
		return 0;
	n = json_object_get_int64(member);
	if (!json_object_is_type(member, json_type_int) || n < 0 || n > max)
		return err_set(err, "%s: not a number from 0 to %u", name, max);
	*value = n;
	return 0;
}

static int get_bool(struct json_object *request, const char *name,
		    bool *value, struct err *err)
{
	struct json_object *member;

	if (!json_object_object_get_ex(request, name, &member))
		return 0;
	if (!json_object_is_type(member, json_type_boolean))
		return err_set(err, "%s: neither true nor false", name);
	*value = json_object_get_boolean(member);
	return 0;
}

/*
 * Values of a reply.
 */

static void add_text(struct json_object *to, const char *name,
		     const char *text)
{
	json_object_object_add(to, name, json_object_new_string(text));
}

static void add_number(struct json_object *to, const char *name, uint64_t n)
{
	json_object_object_add(to, name, json_object_new_uint64(n));
}

static void add_bool(struct json_object *to, const char *name, bool value)
{
	json_object_object_add(to, name, json_object_new_boolean(value));
}

/*
 * status
 */

static void add_counter(void *arg, const char *name, uint64_t value)
{
	add_number(arg, name, value);
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
	add_text(object, "name", name);
	add_text(object, "path", img->path);
	add_bool(object, "read_only", img->ro);
	add_bool(object, "direct", img->direct);
	add_number(object, "bytes", img->sectors << 9);
	add_bool(object, "gone", dev->gone);
	return object;
}

static struct json_object *net_object(const struct machine *m,
				      struct device *dev)
{
	const struct net_param *net = &m->params->nets[dev->unit];
	struct json_object *object = json_object_new_object();
	char name[16];

	snprintf(name, sizeof(name), "eth%u", dev->unit);
	add_text(object, "name", name);
	add_text(object, "kind", net->kind == NET_SLIRP ? "slirp" : "tuntap");
	add_text(object, "interface", conet_host(dev));
	add_text(object, "bridge", net->bridge);
	add_bool(object, "link", conet_link(dev));
	add_bool(object, "gone", dev->gone);
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
	add_number(object, "cols", cols);
	add_number(object, "rows", rows);
	add_number(object, "viewers", viewers);
	add_number(object, "output_bytes", con->head);
	json_object_object_add(reply, "console", object);
}

static int status(struct machine *m, struct control_client *client,
		  struct json_object *request, struct json_object *reply,
		  struct err *err)
{
	(void)client;
	(void)request;
	(void)err;
	add_number(reply, "protocol", CONTROL_PROTOCOL);
	add_text(reply, "version", CO_VERSION);
	add_text(reply, "name", m->name);
	add_number(reply, "pid", getpid());
	add_text(reply, "state", machine_state(m));
	add_bool(reply, "ready", m->ready);
	add_number(reply, "uptime_ms", machine_uptime_ms(m));
	add_number(reply, "memory_bytes", m->params->mem);
	add_text(reply, "kernel", params_kernel(m->params));
	add_text(reply, "cmdline", m->cmdline);
	add_devices(m, reply);
	add_console(m, reply);
	add_stats(m, reply);
	return 0;
}

/*
 * console, window
 */

static int console(struct machine *m, struct control_client *client,
		   struct json_object *request, struct json_object *reply,
		   struct err *err)
{
	unsigned int scrollback = CONSOLE_BACKLOG;
	bool typing = true;

	(void)reply;
	if (get_number(request, "scrollback", INT_MAX, &scrollback, err) ||
	    get_bool(request, "typing", &typing, err))
		return -1;
	return control_watch(client, cocon_console(m->console), scrollback,
			     typing, err);
}

static int window(struct machine *m, struct control_client *client,
		  struct json_object *request, struct json_object *reply,
		  struct err *err)
{
	unsigned int cols = 0, rows = 0;

	(void)client;
	(void)reply;
	if (get_number(request, "cols", MAX_WINDOW, &cols, err) ||
	    get_number(request, "rows", MAX_WINDOW, &rows, err))
		return -1;
	if (!cols || !rows)
		return err_set(err, "a window needs cols and rows above 0");
	cocon_resize(m->console, cols, rows);
	return 0;
}

/*
 * stop, kill, reset, pause, resume, wait
 */

static int stop(struct machine *m, struct control_client *client,
		struct json_object *request, struct json_object *reply,
		struct err *err)
{
	unsigned int timeout = m->params->stop_timeout;

	(void)client;
	(void)reply;
	if (get_number(request, "timeout", MAX_STOP, &timeout, err))
		return -1;
	machine_stop(m, timeout);
	return 0;
}

static int do_kill(struct machine *m, struct control_client *client,
		   struct json_object *request, struct json_object *reply,
		   struct err *err)
{
	(void)client;
	(void)request;
	(void)reply;
	(void)err;
	machine_kill(m);
	return 0;
}

static int reset(struct machine *m, struct control_client *client,
		 struct json_object *request, struct json_object *reply,
		 struct err *err)
{
	(void)client;
	(void)request;
	(void)reply;
	(void)err;
	machine_reset(m);
	return 0;
}

static int do_pause(struct machine *m, struct control_client *client,
		    struct json_object *request, struct json_object *reply,
		    struct err *err)
{
	(void)client;
	(void)request;
	(void)reply;
	return machine_pause(m, true, err);
}

static int resume(struct machine *m, struct control_client *client,
		  struct json_object *request, struct json_object *reply,
		  struct err *err)
{
	(void)client;
	(void)request;
	(void)reply;
	return machine_pause(m, false, err);
}

static int do_wait(struct machine *m, struct control_client *client,
		   struct json_object *request, struct json_object *reply,
		   struct err *err)
{
	(void)m;
	(void)request;
	(void)reply;
	(void)err;
	control_wait(client);
	return 0;
}

/*
 * disk-add, disk-remove, disk-resize, net-up, net-down
 */

static int ends(const struct machine *m, struct err *err)
{
	return m->ended ? err_set(err, "the guest has ended") : 0;
}

/* Which of them; a request must say so. */
static int get_unit(const struct machine *m, struct json_object *request,
		    unsigned int *unit, struct err *err)
{
	*unit = HOTPLUG_ANY;
	if (ends(m, err) || get_number(request, "unit", MAX_UNIT, unit, err))
		return -1;
	return *unit == HOTPLUG_ANY ? err_set(err, "no unit given") : 0;
}

static int disk_add(struct machine *m, struct control_client *client,
		    struct json_object *request, struct json_object *reply,
		    struct err *err)
{
	unsigned int unit = HOTPLUG_ANY;
	struct json_object *path;
	bool ro = false, raw = false;
	int fd;

	if (ends(m, err) || get_number(request, "unit", MAX_UNIT, &unit, err) ||
	    get_bool(request, "read_only", &ro, err) ||
	    get_bool(request, "raw", &raw, err))
		return -1;
	if (!json_object_object_get_ex(request, "path", &path) ||
	    !json_object_is_type(path, json_type_string))
		return err_set(err, "no path given");
	fd = control_take_file(client, err);
	if (fd < 0)
		return -1;
	if (hotplug_add_disk(m, &unit, json_object_get_string(path), fd,
			     (ro ? IMAGE_RO : 0) | (raw ? IMAGE_RAW : 0), err))
		return -1;
	add_number(reply, "unit", unit);
	return 0;
}

static int disk_remove(struct machine *m, struct control_client *client,
		       struct json_object *request, struct json_object *reply,
		       struct err *err)
{
	unsigned int unit;

	(void)client;
	(void)reply;
	return get_unit(m, request, &unit, err) ? -1 :
	       hotplug_remove_disk(m, unit, err);
}

static int disk_resize(struct machine *m, struct control_client *client,
		       struct json_object *request, struct json_object *reply,
		       struct err *err)
{
	struct json_object *member;
	unsigned int unit;
	int64_t bytes = 0;

	(void)client;
	(void)reply;
	if (get_unit(m, request, &unit, err))
		return -1;
	if (json_object_object_get_ex(request, "bytes", &member)) {
		bytes = json_object_get_int64(member);
		if (!json_object_is_type(member, json_type_int) || bytes <= 0)
			return err_set(err, "bytes: not a number above 0");
	}
	return hotplug_resize_disk(m, unit, bytes, err);
}

static int plug(struct machine *m, struct json_object *request, bool in,
		struct err *err)
{
	unsigned int unit;

	return get_unit(m, request, &unit, err) ? -1 :
	       hotplug_plug_net(m, unit, in, err);
}

static int net_up(struct machine *m, struct control_client *client,
		  struct json_object *request, struct json_object *reply,
		  struct err *err)
{
	(void)client;
	(void)reply;
	return plug(m, request, true, err);
}

static int net_down(struct machine *m, struct control_client *client,
		    struct json_object *request, struct json_object *reply,
		    struct err *err)
{
	(void)client;
	(void)reply;
	return plug(m, request, false, err);
}

static const struct {
	const char *name;
	int (*handle)(struct machine *m, struct control_client *client,
		      struct json_object *request, struct json_object *reply,
		      struct err *err);
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
 * request_handle() - a control_handler
 * @arg:	the machine
 * @client:	who asks
 * @request:	what
 * @reply:	the answer
 * @err:	why it is refused
 *
 * Return: 0 or -1.
 */
int request_handle(void *arg, struct control_client *client,
		   struct json_object *request, struct json_object *reply,
		   struct err *err)
{
	struct json_object *member;
	const char *name;

	if (!json_object_object_get_ex(request, "cmd", &member) ||
	    !json_object_is_type(member, json_type_string))
		return err_set(err, "no cmd given");
	name = json_object_get_string(member);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].handle(arg, client, request, reply,
						  err);
	return err_set(err, "%.32s: no such cmd", name);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control channel: a socket through which clients query and control a guest.
 * docs/control.md describes the protocol.
 */
#ifndef MONITOR_CONTROL_H
#define MONITOR_CONTROL_H

#include <json-c/json.h>
#include <stdbool.h>

#include "common/msg.h"
#include "console/console.h"
#include "device/loop.h"
#include "process/cleaner.h"

/* Incremented with each change that an older client would misunderstand. */
#define CONTROL_PROTOCOL	1

/* Bytes of a request at most, with the newline. */
#define CONTROL_LINE_MAX	4096

/* Clients at once, at most. */
#define CONTROL_CLIENTS		32

struct control;
struct control_client;

/**
 * struct request - a client's request, and its answer
 * @arg:	@arg of control_open()
 * @client:	the client
 * @args:	the request, a JSON object
 * @reply:	a JSON object to which the handler adds the answer
 * @err:	reason for a refusal
 */
struct request {
	void *arg;
	struct control_client *client;
	struct json_object *args;
	struct json_object *reply;
	struct err *err;
};

/**
 * control_handler - answer a request
 * @req:	the request, valid during the call
 *
 * Return: 0 or -1.
 */
typedef int control_handler(const struct request *req);

int control_files(struct cleaner *cleaner, const char *name, struct err *err);
struct control *control_open(const char *name, struct loop *loop,
			     struct cleaner *cleaner, control_handler *handler,
			     void *arg, struct err *err);
const char *control_path(const struct control *control);
int control_watch(struct control_client *client, struct console *con,
		  size_t scrollback, bool typing, struct err *err);
int control_take_file(struct control_client *client, struct err *err);
void control_wait(struct control_client *client);
bool control_runs(const char *name);
void control_close(struct control *control);
void control_free(struct control *control, const char *how);

#endif /* MONITOR_CONTROL_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux stop, kill, reset, wait: commands that wait until the guest has ended.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common/params.h"

static enum status report(const struct args *a, struct json_object *end,
			  bool forced_is_fine)
{
	const char *how = get_text(end, "end");

	if (args_has(a, "json")) {
		json_add_text(end, "name", a->words[0]);
		print_json(end);
	} else {
		printf("%s: %s\n", a->words[0], how);
	}
	if (!strcmp(how, "stopped"))
		return forced_is_fine ? STATUS_OK : STATUS_FORCED;
	return !strcmp(how, "poweroff") || !strcmp(how, "halt") ||
	       !strcmp(how, "reboot") ? STATUS_OK : STATUS_FAILED;
}

/* Fails only if the monitor is silent: any other error may mean that it has ended. */
static enum status stop_look(const char *name)
{
	struct json_object *reply = NULL;
	struct err err;
	int fd = client_open(name, &err);
	bool silent = fd == -1 && errno == ETIMEDOUT;

	if (fd >= 0) {
		reply = client_ask(fd, client_request("status"), &err);
		silent = !reply && errno == ETIMEDOUT;
		close(fd);
	}
	json_object_put(reply);
	if (silent)
		complain("%s: %s", name, err.text);
	return silent ? STATUS_FAILED : STATUS_OK;
}

/*
 * Sends the request "wait" first, on a connection of its own, as it must reach the
 * monitor before the guest ends. @request may be NULL: only wait.
 */
static enum status end(const struct args *a, struct json_object *request,
		       bool forced_is_fine)
{
	const char *name = a->words[0];
	struct json_object *reply;
	enum status status;
	struct err err;
	int fd;

	status = client_reach(name, request, &fd);
	if (status)
		return status;
	client_send(fd, client_request("wait"));
	status = request ? client_tell(name, request, NULL) : stop_look(name);
	if (status)
		goto out_close;
	client_patient(fd);
	reply = client_receive(fd, &err);
	if (reply) {
		status = report(a, reply, forced_is_fine);
	} else {
		complain("%s: %s", name, err.text);
		status = STATUS_FAILED;
	}
	json_object_put(reply);

out_close:
	close(fd);
	return status;
}

/**
 * command_stop() - ask a guest to power off
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_stop(const struct args *a)
{
	struct json_object *request;
	unsigned int timeout;
	enum status status;

	status = args_number(a, "timeout", 0, PARAMS_SECONDS_MAX, &timeout);
	if (status)
		return status;
	request = client_request("stop");
	if (args_has(a, "timeout"))
		json_add_number(request, "timeout", timeout);
	return end(a, request, false);
}

/**
 * command_kill() - end a guest at once
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_kill(const struct args *a)
{
	return end(a, client_request("kill"), true);
}

/**
 * command_reset() - end a guest at once, with the exit status of a reboot
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_reset(const struct args *a)
{
	return end(a, client_request("reset"), false);
}

/**
 * command_wait() - wait for a guest's end
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_wait(const struct args *a)
{
	return end(a, NULL, false);
}

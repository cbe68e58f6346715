// SPDX-License-Identifier: GPL-2.0
/*
 * colinux stop, kill, reset, wait: all end when the guest has.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

#define MAX_STOP	86400

static enum status report(const char *name, struct json_object *end,
			  bool forced_is_fine)
{
	const char *how = get_text(end, "end");

	printf("%s: %s\n", name, how);
	if (!strcmp(how, "stopped"))
		return forced_is_fine ? STATUS_OK : STATUS_FORCED;
	return !strcmp(how, "poweroff") || !strcmp(how, "halt") ||
	       !strcmp(how, "reboot") ? STATUS_OK : STATUS_FAILED;
}

/* Only one that does not answer at all is an error: the guest may end any time. */
static enum status look(const char *name)
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
 * Who waits has to be there before the end: so the wait is sent first, on a
 * line of its own. @request may be NULL: then there is only the wait.
 */
static enum status end(const char *name, struct json_object *request,
		       bool forced_is_fine)
{
	struct json_object *reply;
	enum status status;
	struct err err;
	int fd;

	fd = client_open(name, &err);
	if (fd < 0) {
		complain("%s", err.text);
		json_object_put(request);
		return fd == -2 ? STATUS_NO_GUEST : STATUS_FAILED;
	}
	client_send(fd, client_request("wait"));
	status = request ? client_tell(name, request, NULL) : look(name);
	if (status)
		goto out_close;
	client_patient(fd);
	reply = client_receive(fd, &err);
	if (reply) {
		status = report(name, reply, forced_is_fine);
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
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_stop(int argc, char **argv)
{
	struct json_object *request;
	unsigned int timeout;

	if (argc == 2)
		return end(argv[1], client_request("stop"), false);
	if (argc != 4 || strcmp(argv[2], "--timeout") ||
	    parse_number(argv[3], MAX_STOP, &timeout))
		return usage("stop takes NAME and perhaps --timeout SECONDS");
	request = client_request("stop");
	json_object_object_add(request, "timeout",
			       json_object_new_int(timeout));
	return end(argv[1], request, false);
}

/**
 * command_kill() - end a guest at once
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_kill(int argc, char **argv)
{
	if (argc != 2)
		return usage("kill takes NAME");
	return end(argv[1], client_request("kill"), true);
}

/**
 * command_reset() - end a guest at once as if it wanted to reboot
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_reset(int argc, char **argv)
{
	if (argc != 2)
		return usage("reset takes NAME");
	return end(argv[1], client_request("reset"), false);
}

/**
 * command_wait() - wait for a guest's end
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_wait(int argc, char **argv)
{
	if (argc != 2)
		return usage("wait takes NAME");
	return end(argv[1], NULL, false);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The client's side of the control channel (docs/control.md). A monitor answers at
 * once, unless it is starting or stuck. So there is a time limit for each answer,
 * except for the end of a guest.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "common/params.h"
#include "common/rundir.h"

/* A status has 3 KB. The limit is for a peer that is not our monitor. */
#define REPLY_MAX	(1 << 20)

/* In seconds. A starting monitor takes long to get the guest's memory. */
#define TIMEOUT_ENV	"COLINUX_TIMEOUT"
#define DEFAULT_TIMEOUT	30

/* Least time limit of each guest that client_ask_all() asks, in milliseconds. */
#define LAST_CHANCE	100

static int get_timeout(unsigned int *seconds, struct err *err)
{
	const char *text = getenv(TIMEOUT_ENV);

	*seconds = DEFAULT_TIMEOUT;
	if (!text || (!number_whole(text, PARAMS_SECONDS_MAX, seconds) && *seconds))
		return 0;
	return err_set(err, TIMEOUT_ENV "=%s: not a number of seconds from 1 to %d",
		       text, PARAMS_SECONDS_MAX);
}

/* @ms is 0 for no limit. */
static void set_limit(int fd, uint64_t ms)
{
	const struct timeval limit = {
		.tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000,
	};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static void is_silent(struct err *err)
{
	unsigned int seconds;

	get_timeout(&seconds, err);
	err_format(err, "its monitor has not answered for %u s: is it starting, or stuck? 'colinux ls' shows its process",
		   seconds);
	errno = ETIMEDOUT;
}

static int open_within(const char *name, uint64_t ms, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, error;

	if (rundir_path(addr.sun_path, sizeof(addr.sun_path), name,
			RUNDIR_SOCKET, err))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, "socket: %s", strerror(errno));
	set_limit(fd, ms);
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	error = errno;
	close(fd);
	if (error == EAGAIN) {
		is_silent(err);
		err_prefix(err, "%s: ", name);
		return -1;
	}
	if (error == ENOENT || error == ECONNREFUSED) {
		err_format(err, "%s: no such guest runs: see 'colinux list'", name);
		return -2;
	}
	return err_set(err, "%s: %s: %s", name, addr.sun_path,
		       error == EACCES ? "it is not yours: ask its owner, or be root" :
					 strerror(error));
}

/**
 * client_open() - connect to a guest's monitor
 * @name:	the guest's name
 * @err:	the error
 *
 * Return: the socket; -1, with ETIMEDOUT in errno if the monitor does not answer; or
 * -2 if no such guest runs.
 */
int client_open(const char *name, struct err *err)
{
	unsigned int seconds;

	return get_timeout(&seconds, err) ? -1 :
	       open_within(name, seconds * 1000ULL, err);
}

/**
 * client_runs() - tell whether a guest runs
 * @name:	the guest's name
 * @err:	the error
 *
 * Return: 1, 0 or -1. A guest whose monitor does not answer runs.
 */
int client_runs(const char *name, struct err *err)
{
	int fd = client_open(name, err);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || (fd == -1 && errno == ETIMEDOUT) ? 1 :
	       fd == -2 ? 0 : -1;
}

/**
 * client_patient() - remove the time limit of a connection
 * @fd:		the socket, from client_open()
 */
void client_patient(int fd)
{
	set_limit(fd, 0);
}

/**
 * client_request() - make a request
 * @cmd:	the value of its member "cmd"
 *
 * Return: an object, for client_send(), client_ask() or client_tell(), which put it.
 */
struct json_object *client_request(const char *cmd)
{
	struct json_object *request = json_object_new_object();

	json_add_text(request, "cmd", cmd);
	return request;
}

/*
 * Leaves the bytes after the line in the socket: they are the console's. Returns NULL
 * without a line, with 0 in errno if the peer has closed the connection.
 */
static char *receive_line(int fd)
{
	char *line = NULL;
	size_t len = 0, size = 0;

	for (;;) {
		char *end;
		ssize_t n;

		if (len + 1 >= size) {
			char *more;

			size = size ? 2 * size : 4096;
			more = size <= REPLY_MAX ? realloc(line, size) : NULL;
			if (!more)
				goto out_free;
			line = more;
		}
		do {
			errno = 0;
			n = recv(fd, line + len, size - len - 1, MSG_PEEK);
		} while (n < 0 && errno == EINTR);
		if (n <= 0)
			goto out_free;
		end = memchr(line + len, '\n', n);
		if (end)
			n = end + 1 - (line + len);
		n = recv(fd, line + len, n, 0);
		if (n <= 0)
			goto out_free;
		len += n;
		if (end) {
			line[len - 1] = '\0';
			return line;
		}
	}

out_free:
	free(line);
	return NULL;
}

/* Passes @file with the request unless it is -1. */
static void send_request(int fd, struct json_object *request, int file)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} u = { .head = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t all = json_line(request, iov);

	if (file >= 0) {
		memcpy(CMSG_DATA(&u.head), &file, sizeof(file));
		msg.msg_control = u.bytes;
		msg.msg_controllen = sizeof(u.bytes);
	}
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) != all)
		shutdown(fd, SHUT_WR);
	json_object_put(request);
}

/**
 * client_send() - send a request
 * @fd:		the socket, from client_open()
 * @request:	the request; put
 *
 * If this fails, client_receive() reports it.
 */
void client_send(int fd, struct json_object *request)
{
	send_request(fd, request, -1);
}

/**
 * client_receive() - wait for a reply
 * @fd:		the socket, from client_open()
 * @err:	the error
 *
 * Return: the reply, to be put; or NULL if the request was refused or there is no
 * reply, with ETIMEDOUT in errno if it did not come in time.
 */
struct json_object *client_receive(int fd, struct err *err)
{
	struct json_object *reply = NULL, *ok;
	char *line = receive_line(fd);

	if (!line && errno == EAGAIN) {
		is_silent(err);
		return NULL;
	}
	errno = 0;
	if (line)
		reply = json_tokener_parse(line);
	free(line);
	if (!json_object_is_type(reply, json_type_object) ||
	    !json_object_object_get_ex(reply, "ok", &ok)) {
		err_format(err, "its monitor does not answer: has it just ended?");
		goto out_put;
	}
	if (json_object_get_boolean(ok))
		return reply;
	err_format(err, "%s", get_text(reply, "error"));

out_put:
	json_object_put(reply);
	return NULL;
}

/**
 * client_ask() - send a request and wait for its reply
 * @fd:		the socket, from client_open()
 * @request:	the request; put
 * @err:	the error
 *
 * Return: see client_receive().
 */
struct json_object *client_ask(int fd, struct json_object *request,
			       struct err *err)
{
	client_send(fd, request);
	return client_receive(fd, err);
}

/**
 * client_tell() - connect, send a request and wait for its reply; print errors
 * @name:	the guest's name
 * @request:	the request; put
 * @reply:	the reply, to be put; NULL if the caller does not need it
 *
 * Return: the status to end with.
 */
enum status client_tell(const char *name, struct json_object *request,
			struct json_object **reply)
{
	return client_tell_file(name, request, -1, reply);
}

/**
 * client_reach() - connect to a guest, and print why not
 * @name:	its name
 * @request:	the request that is meant for it, or NULL; released on errors
 * @fd:		filled in: the connection
 *
 * Return: a STATUS_*.
 */
enum status client_reach(const char *name, struct json_object *request, int *fd)
{
	struct err err;

	*fd = client_open(name, &err);
	if (*fd >= 0)
		return STATUS_OK;
	complain("%s", err.text);
	json_object_put(request);
	return *fd == -2 ? STATUS_NO_GUEST : STATUS_FAILED;
}

/**
 * client_tell_file() - client_tell() with an open file
 * @name:	the guest's name
 * @request:	the request; put
 * @file:	the file descriptor, -1 for none
 * @reply:	the reply, to be put; NULL if the caller does not need it
 *
 * Return: the status to end with.
 */
enum status client_tell_file(const char *name, struct json_object *request,
			     int file, struct json_object **reply)
{
	struct json_object *answer;
	enum status status;
	struct err err;
	int fd;

	status = client_reach(name, request, &fd);
	if (status)
		return status;
	send_request(fd, request, file);
	answer = client_receive(fd, &err);
	close(fd);
	if (!answer) {
		complain("%s: %s", name, err.text);
		return STATUS_FAILED;
	}
	if (reply)
		*reply = answer;
	else
		json_object_put(answer);
	return STATUS_OK;
}

static uint64_t until(uint64_t deadline)
{
	uint64_t now = now_ms();

	return now + LAST_CHANCE < deadline ? deadline - now : LAST_CHANCE;
}

/**
 * client_ask_all() - ask several guests for their status, all at once
 * @names:	the guests' names
 * @nr:		the number of guests
 * @answers:	the answers, one for each guest
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int client_ask_all(char **names, size_t nr, struct answer *answers,
		   struct err *err)
{
	unsigned int seconds;
	uint64_t deadline;

	if (get_timeout(&seconds, err))
		return -1;
	deadline = now_ms() + seconds * 1000ULL;
	for (size_t i = 0; i < nr; i++) {
		struct answer *a = &answers[i];

		a->reply = NULL;
		a->fd = open_within(names[i], until(deadline), err);
		a->silent = a->fd < 0 && errno == ETIMEDOUT;
		if (a->fd >= 0)
			client_send(a->fd, client_request("status"));
	}
	for (size_t i = 0; i < nr; i++) {
		struct answer *a = &answers[i];

		if (a->fd < 0)
			continue;
		set_limit(a->fd, until(deadline));
		a->reply = client_receive(a->fd, err);
		a->silent = !a->reply && errno == ETIMEDOUT;
		close(a->fd);
	}
	return 0;
}

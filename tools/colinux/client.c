// SPDX-License-Identifier: GPL-2.0
/*
 * The client's side of the control channel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command.h"
#include "rundir.h"

/* A status is 3 KB; this is for what no monitor of ours sends. */
#define REPLY_MAX	(1 << 20)

/**
 * client_open() - connect with a guest's monitor
 * @name:	the guest's
 * @err:	why not
 *
 * Return: the socket; -1, or -2 if no such guest runs.
 */
int client_open(const char *name, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, error;

	if (rundir_path(addr.sun_path, sizeof(addr.sun_path), name,
			RUNDIR_SOCKET, err))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, "socket: %s", strerror(errno));
	if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return fd;
	error = errno;
	close(fd);
	if (error == ENOENT || error == ECONNREFUSED) {
		err_format(err, "%s: no such guest runs: see 'colinux ls'", name);
		return -2;
	}
	return err_set(err, "%s: %s: %s", name, addr.sun_path,
		       error == EACCES ? "it is not yours: ask its owner, or be root" :
					 strerror(error));
}

/**
 * client_request() - begin a request
 * @cmd:	its cmd
 *
 * Return: an object, to be given to client_ask() or put.
 */
struct json_object *client_request(const char *cmd)
{
	struct json_object *request = json_object_new_object();

	json_object_object_add(request, "cmd", json_object_new_string(cmd));
	return request;
}

/* What follows the line is the console's, and left where it is. */
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

/* A file goes with it if @file is not -1. */
static void send_request(int fd, struct json_object *request, int file)
{
	const char *text = json_object_to_json_string_ext(request,
						JSON_C_TO_STRING_PLAIN);
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} u = { .head = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov[] = {
		{ .iov_base = (void *)text, .iov_len = strlen(text) },
		{ .iov_base = (void *)"\n", .iov_len = 1 },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (file >= 0) {
		memcpy(CMSG_DATA(&u.head), &file, sizeof(file));
		msg.msg_control = u.bytes;
		msg.msg_controllen = sizeof(u.bytes);
	}
	if (sendmsg(fd, &msg, MSG_NOSIGNAL) !=
	    (ssize_t)(iov[0].iov_len + iov[1].iov_len))
		shutdown(fd, SHUT_WR);
	json_object_put(request);
}

/**
 * client_send() - send a request
 * @fd:		from client_open()
 * @request:	the request; put
 *
 * That it could not be sent shows when its reply is received.
 */
void client_send(int fd, struct json_object *request)
{
	send_request(fd, request, -1);
}

/**
 * client_receive() - wait for a reply
 * @fd:		from client_open()
 * @err:	why not
 *
 * Return: the reply, or NULL if there is none or it is a refusal.
 */
struct json_object *client_receive(int fd, struct err *err)
{
	struct json_object *reply = NULL, *ok;
	char *line = receive_line(fd);

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
 * @fd:		from client_open()
 * @request:	the request; put
 * @err:	why not
 *
 * Return: the reply, or NULL if there is none or it is a refusal.
 */
struct json_object *client_ask(int fd, struct json_object *request,
			       struct err *err)
{
	client_send(fd, request);
	return client_receive(fd, err);
}

/**
 * client_tell() - connect, send a request, complain if it fails
 * @name:	the guest's name
 * @request:	the request; put
 * @reply:	the reply, to be put; NULL if nobody wants it
 *
 * Return: the status to end with.
 */
enum status client_tell(const char *name, struct json_object *request,
			struct json_object **reply)
{
	return client_tell_file(name, request, -1, reply);
}

/**
 * client_tell_file() - the same, with an open file
 * @name:	the guest's name
 * @request:	the request; put
 * @file:	the file, -1 for none
 * @reply:	the reply, to be put; NULL if nobody wants it
 *
 * Return: the status to end with.
 */
enum status client_tell_file(const char *name, struct json_object *request,
			     int file, struct json_object **reply)
{
	struct json_object *answer;
	struct err err;
	int fd = client_open(name, &err);

	if (fd < 0) {
		complain("%s", err.text);
		json_object_put(request);
		return fd == -2 ? STATUS_NO_GUEST : STATUS_FAILED;
	}
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The control channel: sockets, clients and lines. request.c handles the requests.
 *
 * A client sends one JSON object per line and gets one per line back. The monitor
 * does not wait for a client: a client that does not read its answers is dropped. A
 * client that asks for the console becomes a viewer (console.c), and its socket
 * carries plain console data from then on.
 *
 * A lock on a file beside the socket shows that a guest's name is in use. The kernel
 * releases the lock however the monitor ends. The socket itself shows nothing: it
 * stays behind after a crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/json.h"
#include "common/rundir.h"
#include "control.h"

#define BACKLOG		8

/* The state of a client. */
enum mode {
	MODE_REQUESTS,
	MODE_CONSOLE,	/* becomes a viewer after the answer */
	MODE_WAITING,	/* gets its answer at the guest's end */
	MODE_GONE,
};

/**
 * struct control_client - a client
 * @control:	the channel
 * @fd:		its socket, -1 if the entry is unused
 * @mode:	its state
 * @watch:	watch for requests
 * @close:	task that frees the client when nothing uses it any more
 * @viewer:	the viewer that it is in MODE_CONSOLE
 * @file:	descriptor that came with its request, -1 if none
 * @many:	true if more than one came, or one that the monitor had no room for:
 *		all are closed
 * @len:	bytes in @line
 * @line:	the beginning of a request
 */
struct control_client {
	struct control *control;
	int fd;
	enum mode mode;
	struct loop_watch watch;
	struct loop_task close;
	struct viewer viewer;
	int file;
	bool many;
	size_t len;
	char line[CONTROL_LINE_MAX];
};

/**
 * struct control - a control channel
 * @loop:	event loop that serves it
 * @cleaner:	the cleaner that removes its files
 * @handler:	handler of requests
 * @arg:	@arg of each struct request
 * @watch:	watch for clients
 * @lock_fd:	descriptor of the lock file, locked while the monitor has the name
 * @spare_fd:	descriptor that turn_away() closes to accept a client, -1 if none
 * @path:	path of the socket
 * @lock_path:	path of the lock file
 * @clients:	the clients
 */
struct control {
	struct loop *loop;
	struct cleaner *cleaner;
	control_handler *handler;
	void *arg;
	struct loop_watch watch;
	int lock_fd;
	int spare_fd;
	char path[RUNDIR_PATH_MAX];
	char lock_path[RUNDIR_PATH_MAX];
	struct control_client clients[CONTROL_CLIENTS];
};

/*
 * Removal of clients.
 */

static void close_file(struct control_client *c)
{
	if (c->file >= 0)
		close(c->file);
	c->file = -1;
	c->many = false;
}

static void free_client(struct control_client *c)
{
	loop_cancel(c->control->loop, &c->close);
	loop_unwatch(c->control->loop, &c->watch);
	if (c->viewer.con) {
		console_remove(&c->viewer);
		close(c->viewer.out_fd);
	}
	c->viewer.con = NULL;
	close_file(c);
	close(c->fd);
	c->fd = -1;
}

static void on_close(struct loop_task *task)
{
	free_client(container_of(task, struct control_client, close));
}

/* Deferred: the caller or the console may still use the client. */
static void control_drop(struct control_client *c)
{
	c->mode = MODE_GONE;
	loop_later(c->control->loop, &c->close);
}

static void control_on_left(struct viewer *v, int error __attribute__((unused)))
{
	console_detach(v);
	control_drop(container_of(v, struct control_client, viewer));
}

/*
 * Answers.
 */

static int send_line(const struct control_client *c, struct json_object *object)
{
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t all = json_line(object, iov);

	return sendmsg(c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) == all ? 0 : -1;
}

static void send_object(struct control_client *c, struct json_object *object)
{
	if (send_line(c, object))
		control_drop(c);
}

static void control_refuse(struct control_client *c, const char *why)
{
	struct json_object *reply = json_object_new_object();

	json_add_bool(reply, "ok", false);
	json_add_text(reply, "error", why);
	send_object(c, reply);
	json_object_put(reply);
}

static void start_viewer(struct control_client *c)
{
	loop_unwatch(c->control->loop, &c->watch);
	if (console_attach(&c->viewer))
		control_drop(c);
}

static void answer(struct control_client *c, struct json_object *args)
{
	struct json_object *reply = json_object_new_object();
	struct err err;
	const struct request req = {
		.arg = c->control->arg,
		.client = c,
		.args = args,
		.reply = reply,
		.err = &err,
	};

	json_add_bool(reply, "ok", true);
	if (c->control->handler(&req)) {
		c->mode = MODE_REQUESTS;
		control_refuse(c, err.text);
	} else if (c->mode != MODE_WAITING) {
		send_object(c, reply);
	}
	json_object_put(reply);
	if (c->mode == MODE_CONSOLE)
		start_viewer(c);
}

static void take_line(struct control_client *c, const char *line)
{
	struct json_object *object = json_tokener_parse(line);

	if (json_object_is_type(object, json_type_object))
		answer(c, object);
	else
		control_refuse(c, "not a JSON object in one line");
	json_object_put(object);
}

/*
 * Requests.
 */

static void take_lines(struct control_client *c)
{
	char *end;

	while (c->mode == MODE_REQUESTS &&
	       (end = memchr(c->line, '\n', c->len))) {
		size_t used = end + 1 - c->line;

		*end = '\0';
		take_line(c, c->line);
		close_file(c);
		c->len -= used;
		memmove(c->line, c->line + used, c->len);
	}
	if (c->mode == MODE_REQUESTS && c->len == sizeof(c->line)) {
		control_refuse(c, "request too long");
		control_drop(c);
	} else if (c->mode == MODE_CONSOLE && c->len) {
		/* Input before the answer is not for the console: a protocol error. */
		control_drop(c);
	}
}

/* The kernel has opened each descriptor in this process: keep one, or close all. */
static void take_files(struct control_client *c, const struct cmsghdr *cmsg)
{
	size_t nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < nr; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
		if (c->file >= 0 || c->many) {
			close_file(c);
			close(fd);
			c->many = true;
		} else {
			c->file = fd;
		}
	}
}

/*
 * There is room for one descriptor. The kernel closes further ones and sets
 * MSG_CTRUNC. CMSG_LEN(), because the padding in CMSG_SPACE() would have room for a
 * second one.
 */
static ssize_t receive(struct control_client *c)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} u;
	struct iovec iov = {
		.iov_base = c->line + c->len,
		.iov_len = sizeof(c->line) - c->len,
	};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = u.bytes,
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	struct cmsghdr *cmsg;
	ssize_t n;

	n = recvmsg(c->fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0)
		return n;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_RIGHTS)
			take_files(c, cmsg);
	if (msg.msg_flags & MSG_CTRUNC) {
		close_file(c);
		c->many = true;
	}
	return n;
}

static void on_request(struct loop_watch *watch,
		       uint32_t events __attribute__((unused)))
{
	struct control_client *c = container_of(watch, struct control_client,
						watch);
	ssize_t n;

	if (c->mode == MODE_GONE)
		return;
	/* Of a waiting client, only the end of its connection matters. */
	if (c->mode == MODE_WAITING)
		c->len = 0;
	n = receive(c);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		control_drop(c);
		return;
	}
	c->len += n;
	take_lines(c);
}

/**
 * control_watch() - make a client a viewer, once it has its answer
 * @c:		the client
 * @con:	the console
 * @scrollback:	bytes of earlier output for it, at most
 * @typing:	true if its input goes to the guest
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int control_watch(struct control_client *c, struct console *con,
		  size_t scrollback, bool typing, struct err *err)
{
	if (scrollback > con->head)
		scrollback = con->head;
	if (scrollback > CONSOLE_BACKLOG)
		scrollback = CONSOLE_BACKLOG;
	c->viewer = (struct viewer) {
		.name = "control",
		.in_fd = typing ? c->fd : -1,
		/* epoll needs a descriptor for each of the viewer's two watches. */
		.out_fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0),
		.left = control_on_left,
		.hangs_up = true,
		.pos = con->head - scrollback,
	};
	if (c->viewer.out_fd < 0)
		return err_set(err, "console: %s", strerror(errno));
	if (console_add(con, &c->viewer, err)) {
		close(c->viewer.out_fd);
		return -1;
	}
	c->mode = MODE_CONSOLE;
	return 0;
}

/**
 * control_take_file() - take the descriptor that came with a request
 * @c:		the client
 * @err:	reason for the failure
 *
 * Return: the descriptor, which the caller then owns, or -1.
 */
int control_take_file(struct control_client *c, struct err *err)
{
	int fd = c->file;

	if (c->many)
		return err_set(err, "more than one file came with the request, or the monitor may have no more open: send one");
	if (fd < 0)
		return err_set(err, "no open file came with the request");
	c->file = -1;
	return fd;
}

/**
 * control_wait() - answer a client when the guest has ended
 * @c:		the client
 */
void control_wait(struct control_client *c)
{
	c->mode = MODE_WAITING;
}

/*
 * New clients.
 */

/* A client that is not accepted would wake the event loop again and again. */
static void turn_away(struct control *control)
{
	int fd;

	msg_warn("control: no file descriptor for a client: it was refused");
	if (control->spare_fd >= 0)
		close(control->spare_fd);
	fd = accept4(control->watch.fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	control->spare_fd = fcntl(control->lock_fd, F_DUPFD_CLOEXEC, 0);
}

static void on_client(struct loop_watch *watch,
		      uint32_t events __attribute__((unused)))
{
	struct control *control = container_of(watch, struct control, watch);
	struct control_client *c = control->clients;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE)
			turn_away(control);
		return;
	}
	while (c < control->clients + CONTROL_CLIENTS && c->fd >= 0)
		c++;
	if (c == control->clients + CONTROL_CLIENTS) {
		msg_warn("control: more than %d clients: one was refused",
			 CONTROL_CLIENTS);
		close(fd);
		return;
	}
	*c = (struct control_client) {
		.control = control,
		.fd = fd,
		.file = -1,
		.watch = { .fd = -1, .ready = on_request },
		.close = { .run = on_close },
	};
	if (loop_watch(control->loop, &c->watch, fd, EPOLLIN)) {
		close(fd);
		c->fd = -1;
	}
}

/*
 * Setup and removal of the channel.
 */

static int taken(const struct control *control, const char *name,
		 struct err *err)
{
	pid_t pid = rundir_pid(control->lock_path);
	char text[16] = "unknown";

	if (pid)
		snprintf(text, sizeof(text), "%d", pid);
	return err_set(err, "--name=%s: a guest of this name runs already (process %s): stop it, or use another name",
		       name, text);
}

static int take_name(struct control *control, const char *name,
		     struct err *err)
{
	control->lock_fd = rundir_lock(control->lock_path);
	if (control->lock_fd < 0)
		return errno == EWOULDBLOCK ? taken(control, name, err) :
		       err_set(err, "%s: %s: may you write there?",
			       control->lock_path, strerror(errno));
	if (ftruncate(control->lock_fd, 0) ||
	    dprintf(control->lock_fd, "%d\n", getpid()) < 0)
		return err_set(err, "%s: %s", control->lock_path,
			       strerror(errno));
	return 0;
}

static int make_socket(struct control *control, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd, ret;

	memcpy(addr.sun_path, control->path, sizeof(addr.sun_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, "control socket: %s", strerror(errno));
	/* A socket that is left from a crashed monitor: the lock is ours. */
	unlink(control->path);
	mask = umask(0177);
	ret = bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	if (ret || listen(fd, BACKLOG) ||
	    loop_watch(control->loop, &control->watch, fd, EPOLLIN)) {
		err_set(err, "%s: %s", control->path, strerror(errno));
		close(fd);
		return -1;
	}
	control->spare_fd = fcntl(control->lock_fd, F_DUPFD_CLOEXEC, 0);
	return 0;
}

static int make_directory(struct err *err)
{
	char dir[RUNDIR_PATH_MAX];

	if (rundir_directory(dir, sizeof(dir), err))
		return -1;
	if (mkdir(dir, geteuid() ? 0700 : 0755) && errno != EEXIST)
		return err_set(err, "%s: %s: set " RUNDIR_ENV " to another directory",
			       dir, strerror(errno));
	return 0;
}

/**
 * control_files() - give the cleaner the names of the files of a control channel
 * @cleaner:	the cleaner that will remove them; not started yet
 * @name:	name of the guest
 * @err:	reason for the failure
 *
 * The lock file is the last: its removal releases the name.
 *
 * Return: 0 or -1.
 */
int control_files(struct cleaner *cleaner, const char *name, struct err *err)
{
	char path[RUNDIR_PATH_MAX];

	if (rundir_path(path, sizeof(path), name, RUNDIR_SOCKET, err) ||
	    cleaner_add(cleaner, CLEAN_CONTROL, false, path, err) ||
	    rundir_path(path, sizeof(path), name, RUNDIR_LOCK, err) ||
	    cleaner_add(cleaner, CLEAN_CONTROL, false, path, err))
		return -1;
	return 0;
}

/**
 * control_open() - make the control channel of a guest
 * @name:	name of the guest
 * @loop:	event loop that will serve it
 * @cleaner:	the cleaner that will remove its files, CLEAN_CONTROL
 * @handler:	handler of requests
 * @arg:	@arg of each struct request
 * @err:	reason for the failure
 *
 * Return: the channel or NULL.
 */
struct control *control_open(const char *name, struct loop *loop,
			     struct cleaner *cleaner, control_handler *handler,
			     void *arg, struct err *err)
{
	struct control *control = calloc(1, sizeof(*control));

	if (!control) {
		err_set(err, "control channel: out of memory");
		return NULL;
	}
	control->loop = loop;
	control->cleaner = cleaner;
	control->handler = handler;
	control->arg = arg;
	control->watch = (struct loop_watch) { .fd = -1, .ready = on_client };
	control->lock_fd = -1;
	control->spare_fd = -1;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		control->clients[i].fd = -1;
	if (rundir_path(control->path, sizeof(control->path), name,
			RUNDIR_SOCKET, err) ||
	    rundir_path(control->lock_path, sizeof(control->lock_path), name,
			RUNDIR_LOCK, err) ||
	    make_directory(err) || take_name(control, name, err) ||
	    make_socket(control, err)) {
		control_close(control);
		control_free(control, NULL);
		return NULL;
	}
	return control;
}

/**
 * control_runs() - does a guest of this name run?
 * @name:	the name
 *
 * Connects to its socket. Does not take the lock: a guest that is just being started
 * would fail.
 *
 * Return: true if it runs.
 */
bool control_runs(const char *name)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct err err;
	bool runs;
	int fd;

	if (rundir_path(addr.sun_path, sizeof(addr.sun_path), name,
			RUNDIR_SOCKET, &err))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	/* EAGAIN: its queue of new clients is full. */
	runs = !connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	       errno == EAGAIN;
	close(fd);
	return runs;
}

/**
 * control_path() - path of the control channel's socket
 * @control:	the channel
 *
 * Return: the path, valid until control_free().
 */
const char *control_path(const struct control *control)
{
	return control->path;
}

/**
 * control_close() - undo control_open(), except for clients in MODE_WAITING
 * @control:	the channel, NULL for none; the console must still exist
 *
 * Afterwards another guest can take the name.
 */
void control_close(struct control *control)
{
	bool made;

	if (!control)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *c = &control->clients[i];

		if (c->fd >= 0 && c->mode == MODE_WAITING)
			loop_unwatch(control->loop, &c->watch);
		else if (c->fd >= 0)
			free_client(c);
	}
	made = control->watch.fd >= 0;
	loop_close(control->loop, &control->watch);
	if (made)
		cleaner_remove(control->cleaner, CLEAN_CONTROL);
	if (control->spare_fd >= 0)
		close(control->spare_fd);
	if (control->lock_fd >= 0)
		close(control->lock_fd);
}

/**
 * control_free() - answer the waiting clients, and free the channel
 * @control:	the channel after control_close(), NULL for none
 * @how:	how the guest ended, NULL if it never ran: then there is no answer
 *
 * Called when all resources of the guest are released.
 */
void control_free(struct control *control, const char *how)
{
	struct json_object *reply;

	if (!control)
		return;
	reply = json_object_new_object();
	json_add_bool(reply, "ok", true);
	if (how)
		json_add_text(reply, "end", how);
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *c = &control->clients[i];

		if (c->fd < 0)
			continue;
		/* Clients that did not wait are gone: errors do not matter. */
		if (how)
			send_line(c, reply);
		close_file(c);
		close(c->fd);
	}
	json_object_put(reply);
	free(control);
}

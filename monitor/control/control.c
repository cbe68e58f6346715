// SPDX-License-Identifier: GPL-2.0
/*
 * The control channel: sockets, clients and lines. What a request means is
 * request.c's affair.
 *
 * A client sends one JSON object a line and gets one a line back. It is not
 * waited for: one that does not read what it asked for is dropped. A client
 * that asks for the console becomes a viewer, and its socket a terminal's line.
 *
 * That a name is taken is told by a lock on a file beside the socket, which
 * the kernel gives up whatever ends the monitor. The socket's own name tells
 * nothing: it stays behind after a crash.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/rundir.h"
#include "control.h"

#define BACKLOG		8

/* What a client is there for. */
enum mode {
	MODE_REQUESTS,
	MODE_CONSOLE,	/* is, after the answer, a viewer */
	MODE_WAITING,	/* gets its answer at the guest's end */
	MODE_GONE,
};

/**
 * struct control_client - somebody at the other end
 * @control:	the channel
 * @fd:		his socket, -1 for nobody
 * @mode:	what he is there for
 * @watch:	waits for requests
 * @close:	lets him go, when nothing uses him any more
 * @viewer:	what he is in MODE_CONSOLE
 * @file:	a file that came with his request, -1 without one
 * @many:	more came than one, or one there is no descriptor for: all were closed
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
 * @loop:	serves it
 * @cleaner:	removes its files
 * @handler:	answers requests
 * @arg:	goes with it
 * @watch:	waits for clients
 * @lock_fd:	locked while the name is ours
 * @spare_fd:	for a client there is no descriptor for, -1 if that is gone too
 * @path:	of the socket
 * @lock_path:	of the lock
 * @clients:	who is connected
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
 * Clients go.
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

/* Later: the caller, or the console, may still be busy with him. */
static void control_drop(struct control_client *c)
{
	c->mode = MODE_GONE;
	loop_later(c->control->loop, &c->close);
}

static void control_on_left(struct viewer *v, int error)
{
	(void)error;
	console_detach(v);
	control_drop(container_of(v, struct control_client, viewer));
}

/*
 * Answers.
 */

static int send_line(const struct control_client *c, struct json_object *object)
{
	const char *text = json_object_to_json_string_ext(object,
						JSON_C_TO_STRING_PLAIN);
	struct iovec iov[] = {
		{ .iov_base = (void *)text, .iov_len = strlen(text) },
		{ .iov_base = (void *)"\n", .iov_len = 1 },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t all = iov[0].iov_len + 1;

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

	json_object_object_add(reply, "ok", json_object_new_boolean(false));
	json_object_object_add(reply, "error", json_object_new_string(why));
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

	json_object_object_add(reply, "ok", json_object_new_boolean(true));
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
		/* It would be lost: what was sent before the answer is no key. */
		control_drop(c);
	}
}

/* Each belongs to this process from now on, wanted or not. */
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
 * There is room for one file; the kernel closes those beyond, and says so. The
 * padding that CMSG_SPACE() counts would be room for a second.
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

static void on_request(struct loop_watch *watch, uint32_t events)
{
	struct control_client *c = container_of(watch, struct control_client,
						watch);
	ssize_t n;

	(void)events;
	if (c->mode == MODE_GONE)
		return;
	/* A waiting client has nothing to say; only that he leaves is news. */
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
 * control_watch() - make a client a viewer, once he has his answer
 * @c:		the client
 * @con:	the console
 * @scrollback:	bytes of earlier output he wants
 * @typing:	he may type
 * @err:	why not
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
		/* The viewer's two watches need two numbers. */
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
 * control_take_file() - take the file that came with a request
 * @c:		the client
 * @err:	why there is none
 *
 * Return: it, or -1.
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
 * Clients come.
 */

/* A client that is not taken would be there again in each turn of the loop. */
static void turn_away(struct control *control)
{
	int fd;

	msg_warn("control: no file descriptor for a client: he was refused");
	if (control->spare_fd >= 0)
		close(control->spare_fd);
	fd = accept4(control->watch.fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd >= 0)
		close(fd);
	control->spare_fd = fcntl(control->lock_fd, F_DUPFD_CLOEXEC, 0);
}

static void on_client(struct loop_watch *watch, uint32_t events)
{
	struct control *control = container_of(watch, struct control, watch);
	struct control_client *c = control->clients;
	int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
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
 * The channel comes and goes.
 */

static int taken(const struct control *control, const char *name,
		 struct err *err)
{
	int fd = open(control->lock_path, O_RDONLY | O_CLOEXEC);
	char pid[16] = "";

	if (fd < 0 || read(fd, pid, sizeof(pid) - 1) <= 0)
		pid[0] = '\0';
	if (fd >= 0)
		close(fd);
	pid[strspn(pid, "0123456789")] = '\0';
	return err_set(err, "--name=%s: a guest of this name runs already (process %s): stop it, or use another name",
		       name, pid[0] ? pid : "unknown");
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
	/* Of a guest that crashed: the name is ours. */
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

static int make_folder(struct err *err)
{
	char folder[RUNDIR_PATH_MAX];

	if (rundir_folder(folder, sizeof(folder), err))
		return -1;
	if (mkdir(folder, geteuid() ? 0700 : 0755) && errno != EEXIST)
		return err_set(err, "%s: %s: set " RUNDIR_ENV " to another folder",
			       folder, strerror(errno));
	return 0;
}

/**
 * control_files() - name the files a control channel will have, the lock last:
 *	with it goes the name
 * @cleaner:	will remove them; not started yet
 * @name:	the guest's
 * @err:	why there can be none
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
 * @name:	the guest's
 * @loop:	will serve it
 * @cleaner:	will remove its files, CLEAN_CONTROL
 * @handler:	answers requests
 * @arg:	goes with it
 * @err:	why not
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
	    make_folder(err) || take_name(control, name, err) ||
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
 * Nothing is taken from one that is just being started.
 *
 * Return: true if so.
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
	/* EAGAIN: it has many clients at the moment. */
	runs = !connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	       errno == EAGAIN;
	close(fd);
	return runs;
}

/**
 * control_path() - where the control channel is
 * @control:	the channel
 *
 * Return: its socket.
 */
const char *control_path(const struct control *control)
{
	return control->path;
}

/**
 * control_close() - undo control_open(), but for those who wait for the end
 * @control:	the channel, NULL for none; the console still lives
 *
 * The name is free afterwards.
 */
void control_close(struct control *control)
{
	int fd;

	if (!control)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *c = &control->clients[i];

		if (c->fd >= 0 && c->mode == MODE_WAITING)
			loop_unwatch(control->loop, &c->watch);
		else if (c->fd >= 0)
			free_client(c);
	}
	fd = control->watch.fd;
	loop_unwatch(control->loop, &control->watch);
	if (fd >= 0) {
		close(fd);
		cleaner_remove(control->cleaner, CLEAN_CONTROL);
	}
	if (control->spare_fd >= 0)
		close(control->spare_fd);
	if (control->lock_fd >= 0)
		close(control->lock_fd);
}

/**
 * control_free() - everything of the guest was given back: tell those who wait
 * @control:	closed, NULL for none
 * @how:	its end, NULL if it never ran
 */
void control_free(struct control *control, const char *how)
{
	struct json_object *reply;

	if (!control)
		return;
	reply = json_object_new_object();
	json_object_object_add(reply, "ok", json_object_new_boolean(true));
	if (how)
		json_object_object_add(reply, "end", json_object_new_string(how));
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *c = &control->clients[i];

		if (c->fd < 0)
			continue;
		/* Who has not the patience to read it has left. */
		if (how)
			send_line(c, reply);
		close_file(c);
		close(c->fd);
	}
	json_object_put(reply);
	free(control);
}

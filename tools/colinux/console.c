// SPDX-License-Identifier: GPL-2.0
/*
 * colinux console: a terminal on the guest's console.
 *
 * After the monitor's answer, the socket is a serial line. The terminal is raw. Each
 * change of its size goes to the monitor as a request on a separate connection.
 * Ctrl-] d ends the command; without a terminal, the end of the input does.
 * A terminal is read even while the guest takes no input, because of Ctrl-]. Other
 * input waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "command.h"
#include "common/container_of.h"
#include "common/file.h"
#include "common/keys.h"

#define BELL		"\a"

/*
 * Bytes of input that the guest has not taken yet. Enough for a large paste to a slow
 * guest.
 */
#define BACKLOG		(16 << 20)

static const char help[] =
	KEYS_HELP("colinux", "  d       leave the console; the guest goes on\r\n", "", "\r\n");

/**
 * struct view - a view of a console
 * @name:	the guest's name
 * @fd:		socket, the serial line
 * @signals:	signalfd
 * @terminal:	true if standard input is a terminal
 * @typing:	true if input goes to the guest
 * @keys:	parser of the keys after Ctrl-]
 * @ended:	true after the end of the input
 * @over:	true if the view ends
 * @saved:	settings of the terminal before
 * @backlog:	circular buffer of input that the line has not taken yet
 * @first:	index of the first byte in @backlog
 * @waiting:	number of bytes in @backlog
 */
struct view {
	const char *name;
	int fd;
	int signals;
	bool terminal;
	bool typing;
	struct keys keys;
	bool ended;
	bool over;
	struct termios saved;
	char *backlog;
	size_t first;
	size_t waiting;
};

static void send_window(const struct view *v)
{
	struct json_object *request;
	struct winsize ws;

	if (!v->terminal || !v->typing ||
	    ioctl(STDIN_FILENO, TIOCGWINSZ, &ws) || !ws.ws_col || !ws.ws_row)
		return;
	request = client_request("window");
	json_add_number(request, "cols", ws.ws_col);
	json_add_number(request, "rows", ws.ws_row);
	client_tell(v->name, request, NULL);
}

static bool console_on_key(struct keys *keys, char key)
{
	struct view *v = container_of(keys, struct view, keys);

	switch (key) {
	case 'd':
		v->over = true;
		break;
	case 'q':
		client_tell(v->name, client_request("stop"), NULL);
		break;
	default:
		file_write(STDOUT_FILENO, help, sizeof(help) - 1);
	}
	return !v->over;
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Never blocks: a guest that takes no input may be busy with its output to us. */
static void to_guest(struct view *v)
{
	size_t len = min_size(v->waiting, BACKLOG - v->first);
	ssize_t n = send(v->fd, v->backlog + v->first, len,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EINTR && errno != EAGAIN)
		v->over = true;
	if (n <= 0)
		return;
	v->waiting -= n;
	/* Restart at 0, so that few pages of the buffer are used. */
	v->first = v->waiting ? (v->first + n) % BACKLOG : 0;
}

/* Drops bytes if the backlog is full, as a serial line does whose other end hangs. */
static void keep(struct view *v, const char *buf, size_t len)
{
	size_t kept = min_size(len, BACKLOG - v->waiting);
	size_t at = (v->first + v->waiting) % BACKLOG;
	size_t part = min_size(kept, BACKLOG - at);

	memcpy(v->backlog + at, buf, part);
	memcpy(v->backlog, buf + part, kept - part);
	v->waiting += kept;
	if (kept < len)
		file_write(STDOUT_FILENO, BELL, sizeof(BELL) - 1);
}

static void console_from_user(struct view *v)
{
	char buf[4096];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		v->ended = true;
		return;
	}
	if (v->terminal)
		n = keys_take(&v->keys, buf, n);
	if (v->typing)
		keep(v, buf, n);
}

static void from_guest(struct view *v)
{
	char buf[16384];
	ssize_t n = read(v->fd, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0 || file_write(STDOUT_FILENO, buf, n))
		v->over = true;
}

static void console_on_signal(struct view *v)
{
	struct signalfd_siginfo si;

	if (read(v->signals, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGWINCH)
		send_window(v);
	else
		v->over = true;
}

static void console_show(struct view *v)
{
	struct pollfd fds[] = {
		{ .fd = v->fd, .events = POLLIN },
		{ .fd = v->signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	/* The input would have no effect. */
	bool deaf = !v->typing && !v->terminal;

	while (!v->over && !(v->ended && !v->waiting)) {
		bool later = v->waiting && !v->terminal;

		fds[0].events = POLLIN | (v->waiting ? POLLOUT : 0);
		fds[2].fd = deaf || later || v->ended ? -1 : STDIN_FILENO;
		if (poll(fds, 3, -1) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (fds[1].revents)
			console_on_signal(v);
		if (fds[0].revents & ~POLLOUT)
			from_guest(v);
		if (fds[2].revents)
			console_from_user(v);
		if (v->waiting)
			to_guest(v);
	}
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static void raw(struct view *v)
{
	struct termios t;

	if (!v->terminal || tcgetattr(STDIN_FILENO, &v->saved)) {
		v->terminal = false;
		return;
	}
	t = v->saved;
	cfmakeraw(&t);
	tcsetattr(STDIN_FILENO, TCSANOW, &t);
	fprintf(stderr, "colinux: %s: Ctrl-] d leaves, Ctrl-] ? shows more\r\n",
		v->name);
}

static enum status console_attach(struct view *v, bool scrollback)
{
	struct json_object *request = client_request("console"), *reply;
	enum status status;
	struct err err;

	json_add_bool(request, "typing", v->typing);
	if (!scrollback)
		json_add_number(request, "scrollback", 0);
	status = client_reach(v->name, request, &v->fd);
	if (status)
		return status;
	reply = client_ask(v->fd, request, &err);
	if (!reply) {
		complain("%s: %s", v->name, err.text);
		close(v->fd);
		return STATUS_FAILED;
	}
	json_object_put(reply);
	client_patient(v->fd);
	return STATUS_OK;
}

/**
 * command_console() - show a guest's console and type into it
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_console(const struct args *a)
{
	struct view v = {
		.name = a->words[0],
		.keys.key = console_on_key,
		.typing = !args_has(a, "read-only"),
	};
	enum status status;

	v.backlog = malloc(BACKLOG);
	if (!v.backlog) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	v.terminal = isatty(STDIN_FILENO);
	v.signals = block_signals();
	if (v.signals < 0) {
		complain("signalfd: %s", strerror(errno));
		status = STATUS_FAILED;
		goto out_backlog;
	}
	status = console_attach(&v, !args_has(a, "no-scrollback"));
	if (status)
		goto out_signals;
	raw(&v);
	send_window(&v);
	console_show(&v);
	if (v.terminal) {
		tcsetattr(STDIN_FILENO, TCSADRAIN, &v.saved);
		fprintf(stderr, "\ncolinux: left the console of %s\n", v.name);
	}
	close(v.fd);

out_signals:
	close(v.signals);
out_backlog:
	free(v.backlog);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The protocol of sd_notify(3): readiness, one line of status, and the watchdog,
 * which shows that the event loop still runs. Without systemd all of this does
 * nothing.
 *
 * sd_notify() itself opens a socket for each message. Here the socket is opened once,
 * before the monitor is confined.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "common/event.h"
#include "notify.h"

#define USEC		1000000

/* Errors do not matter: systemd may be restarting. */
static void tell(const struct notify *notify, const char *text)
{
	ssize_t n __attribute__((unused));

	if (notify->fd < 0)
		return;
	n = send(notify->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void notify_on_timer(struct loop_watch *watch,
			    uint32_t events __attribute__((unused)))
{
	struct notify *notify = container_of(watch, struct notify, timer);

	if (event_take(watch->fd))
		tell(notify, "WATCHDOG=1");
}

/**
 * notify_init() - initialize, without a connection
 * @notify:	filled in
 */
void notify_init(struct notify *notify)
{
	notify->fd = -1;
	notify->timer = (struct loop_watch) { .fd = -1, .ready = notify_on_timer };
}

/**
 * notify_open() - connect to systemd, if NOTIFY_SOCKET is set
 * @notify:	from notify_init()
 */
void notify_open(struct notify *notify)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;

	if (!len)
		return;
	if ((*path != '/' && *path != '@') || len >= sizeof(addr.sun_path)) {
		msg_warn("NOTIFY_SOCKET=%s: not a socket's path: systemd is told nothing",
			 path);
		return;
	}
	memcpy(addr.sun_path, path, len);
	if (*path == '@')
		addr.sun_path[0] = '\0';
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (notify->fd >= 0 &&
	    !connect(notify->fd, (struct sockaddr *)&addr,
		     offsetof(struct sockaddr_un, sun_path) + len))
		return;
	msg_warn("NOTIFY_SOCKET=%s: %s: systemd is told nothing", path,
		 strerror(errno));
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

/**
 * notify_start() - begin to serve systemd's watchdog, if there is one
 * @notify:	from notify_init()
 * @loop:	event loop that will serve it
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int notify_start(struct notify *notify, struct loop *loop, struct err *err)
{
	struct itimerspec every;
	uint64_t usec;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return 0;
	usec /= 2;	/* what sd_watchdog_enabled(3) advises */
	every.it_interval = (struct timespec) {
		.tv_sec = usec / USEC,
		.tv_nsec = usec % USEC * 1000,
	};
	every.it_value = every.it_interval;
	if (!loop_watch_own(loop, &notify->timer,
			    timerfd_create(CLOCK_MONOTONIC,
					   TFD_CLOEXEC | TFD_NONBLOCK)) &&
	    !timerfd_settime(notify->timer.fd, 0, &every, NULL))
		return 0;
	return err_set(err, "watchdog: %s: raise the limit of open files",
		       strerror(errno));
}

/**
 * notify_ready() - report that the guest is ready
 * @notify:	from notify_init()
 */
void notify_ready(const struct notify *notify)
{
	tell(notify, "READY=1");
}

/**
 * notify_extend() - ask for more time to start or stop than the unit allows
 * @notify:	from notify_init()
 * @seconds:	time from now on in which systemd must not give up
 */
void notify_extend(const struct notify *notify, unsigned int seconds)
{
	char text[64];

	snprintf(text, sizeof(text), "EXTEND_TIMEOUT_USEC=%llu",
		 (unsigned long long)seconds * USEC);
	tell(notify, text);
}

/**
 * notify_stopping() - report that the guest shuts down
 * @notify:	from notify_init()
 */
void notify_stopping(const struct notify *notify)
{
	tell(notify, "STOPPING=1");
}

/**
 * notify_status() - report the guest's status
 * @notify:	from notify_init()
 * @fmt:	format as of printf(), one line without the newline
 */
void notify_status(const struct notify *notify, const char *fmt, ...)
{
	char text[256] = "STATUS=";
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, sizeof(text) - len, fmt, ap);
	va_end(ap);
	tell(notify, text);
}

/**
 * notify_free() - undo notify_open() and notify_start()
 * @notify:	from notify_init()
 * @loop:	event loop of notify_start()
 */
void notify_free(struct notify *notify, struct loop *loop)
{
	loop_close(loop, &notify->timer);
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

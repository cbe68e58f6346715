// SPDX-License-Identifier: GPL-2.0
/*
 * sd_notify(3): readiness, one line of status, and the watchdog, which shows
 * that the loop still turns. Without systemd all of this does nothing.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "notify.h"

#define USEC		1000000

static void on_timer(struct loop_watch *watch, uint32_t events)
{
	uint64_t n;

	(void)events;
	if (read(watch->fd, &n, sizeof(n)) == sizeof(n))
		sd_notify(0, "WATCHDOG=1");
}

/**
 * notify_init() - no watchdog yet
 * @notify:	filled in
 */
void notify_init(struct notify *notify)
{
	notify->timer = (struct loop_watch) { .fd = -1, .ready = on_timer };
}

/**
 * notify_start() - begin to serve systemd's watchdog, if there is one
 * @notify:	from notify_init()
 * @loop:	will serve it
 * @err:	why not
 *
 * Return: 0 or -1.
 */
int notify_start(struct notify *notify, struct loop *loop, struct err *err)
{
	struct itimerspec every;
	uint64_t usec;
	int fd;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return 0;
	usec /= 2;	/* what sd_watchdog_enabled(3) advises */
	every.it_interval = (struct timespec) {
		.tv_sec = usec / USEC,
		.tv_nsec = usec % USEC * 1000,
	};
	every.it_value = every.it_interval;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (fd >= 0 && !timerfd_settime(fd, 0, &every, NULL) &&
	    !loop_watch(loop, &notify->timer, fd, EPOLLIN))
		return 0;
	err_set(err, "watchdog: %s: raise the limit of open files",
		strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * notify_ready() - the guest is up
 */
void notify_ready(void)
{
	sd_notify(0, "READY=1");
}

/**
 * notify_stopping() - the guest is on its way down
 */
void notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

/**
 * notify_status() - say what the guest is doing
 * @fmt:	as printf(), one line without the newline
 */
void notify_status(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sd_notifyf(0, "STATUS=%s", text);
}

/**
 * notify_free() - undo notify_start()
 * @notify:	from notify_init()
 * @loop:	served it
 */
void notify_free(struct notify *notify, struct loop *loop)
{
	int fd = notify->timer.fd;

	loop_unwatch(loop, &notify->timer);
	if (fd >= 0)
		close(fd);
}

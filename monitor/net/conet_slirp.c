// SPDX-License-Identifier: GPL-2.0
/*
 * conet's backend for user-mode networking, below conet.c: libslirp makes a small
 * network for the guest. The monitor opens ordinary sockets on the guest's behalf, so
 * this needs no privilege.
 *
 * Interface N is in 10.0.(2+N).0/24 and fec0:0:0:N::/64; the host is .2, its
 * name server .3, the guest .15.
 *
 * libslirp is written for programs that sleep in poll(). Before the sleep it names the
 * descriptors to wait for; after the sleep it handles those that are ready. Here
 * on_work() does both at the end of each batch of events that concern libslirp. In
 * between the event loop waits for the descriptors. libslirp is called only from tasks,
 * which run after all events of a batch. So no event can be for a descriptor that
 * libslirp has closed in the same batch.
 *
 * libslirp supports no offloads and needs each frame in one piece. So frames are
 * copied, and the guest cannot change a frame while it is parsed.
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <slirp/libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "common/event.h"
#include "conet_back.h"
#include "frame.h"
#include "reach.h"

#define MS		1000000		/* nanoseconds */

/* The guest's host number in its network. */
#define GUEST_HOST	15

/* Bytes of frames that may wait for the guest; further frames are dropped. */
#define WAITING_MAX	(1024UL * 1024)

#define FRAME_MAX	65600

/* Entries to add to the table of descriptors beyond the one that is needed. */
#define FILES_MORE	64

/**
 * struct packet - a frame that waits for the guest
 * @next:	next frame of the FIFO
 * @len:	its length in bytes
 * @data:	its bytes
 */
struct packet {
	struct packet *next;
	size_t len;
	uint8_t data[];
};

/**
 * struct poll_file - a descriptor of libslirp's, which is also its index for libslirp
 * @watch:	watch for it
 * @user:	its network
 * @events:	events to wait for, EPOLL*
 * @happened:	events that have happened
 * @wanted:	true if libslirp has named it in this turn
 * @listens:	true if it listens for connections into the guest
 * @flow:	true for a flow: a TCP connection, or a socket for UDP or ping
 * @from:	source address of the guest's frame that opened the flow, if UDP
 * @from_port:	source port of that frame, 0 if not UDP
 */
struct poll_file {
	struct loop_watch watch;
	struct user *user;
	uint32_t events;
	uint32_t happened;
	bool wanted;
	bool listens;
	bool flow;
	struct in6_addr from;
	uint16_t from_port;
};

/**
 * struct user_timer - a timer of libslirp's
 * @next:	next timer
 * @run:	callback when it expires
 * @arg:	argument of @run
 * @at:		time at which it expires, in ms, or NEVER
 */
struct user_timer {
	struct user_timer *next;
	SlirpTimerCb run;
	void *arg;
	int64_t at;
};

#define NEVER		INT64_MAX

/**
 * struct user - a network in user space
 * @back:	the backend
 * @loop:	event loop that serves it
 * @slirp:	libslirp's network
 * @reach:	filter of the guest's frames to the host
 * @udp_redirected: true if a UDP port is redirected: @reach has to see frames for the
 *		guest
 * @udp_ports:	ports of the guest that UDP ports over IPv4 are redirected to
 * @nr_udp:	their number
 * @flows:	number of flows
 * @flows_max:	limit of @flows
 * @refused:	number of frames that would have opened one more
 * @refusals:	limit of messages about them
 * @sending:	the frame that libslirp is given now, NULL between frames
 * @work:	task that runs libslirp and asks for its next descriptors
 * @clock:	watch for the next time at which libslirp has to run
 * @clock_at:	that time, in ms, or NEVER
 * @timers:	libslirp's timers
 * @files:	libslirp's descriptors, by number
 * @nr_files:	entries of @files
 * @first:	frames that wait for the guest
 * @tail:	pointer to which the next one is written
 * @waiting:	their bytes
 * @frame:	the frame that the guest sends
 */
struct user {
	struct conet_back back;
	struct loop *loop;
	Slirp *slirp;
	struct reach reach;
	bool udp_redirected;
	uint16_t udp_ports[NET_REDIRS_MAX];
	unsigned int nr_udp;
	unsigned int flows;
	unsigned int flows_max;
	uint64_t refused;
	struct msg_limit refusals;
	const struct frame *sending;
	struct loop_task work;
	struct loop_watch clock;
	int64_t clock_at;
	struct user_timer *timers;
	struct poll_file **files;
	int nr_files;
	struct packet *first;
	struct packet **tail;
	size_t waiting;
	uint8_t frame[FRAME_MAX];
};

static struct user *to_user(struct conet_back *back)
{
	return container_of(back, struct user, back);
}

/*
 * Flows. Each is a socket and counts against the limit of descriptors. libslirp reports
 * the sockets that it opens and closes (on_new_file(), on_file_gone()). opens_flow()
 * detects a frame that would open another one, before libslirp gets the frame.
 */

static bool flows_full(const struct user *user)
{
	return user->flows >= user->flows_max;
}

static bool has_flow(const struct user *user, const struct frame *f)
{
	/* Flows other than UDP have port 0. */
	for (int fd = 0; f->from_port && fd < user->nr_files; fd++) {
		const struct poll_file *file = user->files[fd];

		if (file && file->flow && file->from_port == f->from_port &&
		    IN6_ARE_ADDR_EQUAL(&file->from, &f->from))
			return true;
	}
	return false;
}

/* Does the frame leave through the socket of a redirected UDP port? */
static bool is_redirected(const struct user *user, const struct frame *f)
{
	struct in6_addr guest = user->reach.host;

	guest.s6_addr[15] = GUEST_HOST;
	if (!IN6_ARE_ADDR_EQUAL(&f->from, &guest))
		return false;
	for (unsigned int i = 0; i < user->nr_udp; i++)
		if (user->udp_ports[i] == f->from_port)
			return true;
	return false;
}

/* Would the frame open a flow? A fragment could belong to any packet: it counts. */
static bool opens_flow(const struct user *user, const struct frame *f)
{
	if (f->fragment)
		return true;
	switch (f->protocol) {
	case IPPROTO_TCP:
		return f->opens;
	case IPPROTO_UDP:
		return f->whole && !has_flow(user, f) && !is_redirected(user, f);
	case IPPROTO_ICMP:
		return true;
	default:
		return false;
	}
}

static int refuse_flow(struct user *user)
{
	user->refused++;
	if (msg_may(&user->refusals))
		msg_warn("eth%u: %u connections of the guest at once: more are refused",
			 user->back.unit, user->flows);
	return -EMFILE;
}

/*
 * Frames.
 */

static void take_frame(struct user *user, const struct frame *f, size_t len)
{
	user->sending = f;
	slirp_input(user->slirp, user->frame, len);
	user->sending = NULL;
	loop_later(user->loop, &user->work);
}

static int user_send(struct conet_back *back, const struct iovec *iov,
		     unsigned int nr, size_t len)
{
	struct user *user = to_user(back);
	struct frame f;
	size_t at = 0;

	if (len > sizeof(user->frame))
		return -EMSGSIZE;
	for (unsigned int i = 1; i < nr; i++) {
		memcpy(user->frame + at, iov[i].iov_base, iov[i].iov_len);
		at += iov[i].iov_len;
	}
	if (frame_parse(&f, user->frame, at)) {
		if (!reach_allows(&user->reach, &f))
			return -ENETUNREACH;
		if (flows_full(user) && opens_flow(user, &f))
			return refuse_flow(user);
	}
	take_frame(user, &f, at);
	return 0;
}

static ssize_t copy_out(const struct packet *p, const struct iovec *iov,
			unsigned int nr)
{
	size_t at = 0;

	memset(iov[0].iov_base, 0, iov[0].iov_len);
	for (unsigned int i = 1; i < nr && at < p->len; i++) {
		size_t part = iov[i].iov_len;

		if (part > p->len - at)
			part = p->len - at;
		memcpy(iov[i].iov_base, p->data + at, part);
		at += part;
	}
	return iov[0].iov_len + at;
}

static ssize_t user_recv(struct conet_back *back, const struct iovec *iov,
			 unsigned int nr)
{
	struct user *user = to_user(back);
	struct packet *p = user->first;
	ssize_t n;

	if (!p)
		return -EAGAIN;
	n = copy_out(p, iov, nr);
	user->first = p->next;
	if (!user->first)
		user->tail = &user->first;
	user->waiting -= p->len;
	free(p);
	return n;
}

/* libslirp sends a frame to the guest. */
static ssize_t on_packet(const void *buf, size_t len, void *arg)
{
	struct user *user = arg;
	struct packet *p = NULL;
	struct frame f;

	if (user->udp_redirected && frame_parse(&f, buf, len))
		reach_sent(&user->reach, &f);
	if (user->waiting + len <= WAITING_MAX)
		p = malloc(sizeof(*p) + len);
	if (!p) {
		user->back.dropped++;
		return len;
	}
	p->next = NULL;
	p->len = len;
	memcpy(p->data, buf, len);
	*user->tail = p;
	user->tail = &p->next;
	user->waiting += len;
	if (user->back.ready)
		user->back.ready(&user->back);
	return len;
}

/*
 * Time, in milliseconds of CLOCK_MONOTONIC.
 */

static int64_t on_clock_ns(void *arg __attribute__((unused)))
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL * MS + now.tv_nsec;
}

static int64_t slirp_now_ms(void)
{
	return on_clock_ns(NULL) / MS;
}

static void set_clock(struct user *user, int64_t at)
{
	struct itimerspec when = { .it_value.tv_sec = 0 };

	if (at == user->clock_at)
		return;
	user->clock_at = at;
	if (at != NEVER) {
		when.it_value.tv_sec = at / 1000;
		when.it_value.tv_nsec = at % 1000 * MS;
	}
	if (timerfd_settime(user->clock.fd, TFD_TIMER_ABSTIME, &when, NULL))
		msg_warn("eth%u: timerfd: %s", user->back.unit,
			 strerror(errno));
}

static void on_clock(struct loop_watch *watch,
		     uint32_t events __attribute__((unused)))
{
	struct user *user = container_of(watch, struct user, clock);

	if (!event_take(watch->fd))
		return;
	user->clock_at = NEVER;
	loop_later(user->loop, &user->work);
}

static void *on_timer_new(SlirpTimerCb run, void *run_arg, void *arg)
{
	struct user_timer *timer = calloc(1, sizeof(*timer));
	struct user *user = arg;

	if (!timer)
		return NULL;
	timer->run = run;
	timer->arg = run_arg;
	timer->at = NEVER;
	timer->next = user->timers;
	user->timers = timer;
	return timer;
}

static void on_timer_free(void *timer, void *arg)
{
	struct user *user = arg;

	for (struct user_timer **t = &user->timers; *t; t = &(*t)->next) {
		if (*t != timer)
			continue;
		*t = (*t)->next;
		free(timer);
		return;
	}
}

static void on_timer_mod(void *timer, int64_t at, void *arg)
{
	struct user_timer *t = timer;
	struct user *user = arg;

	if (!t)
		return;
	t->at = at;
	loop_later(user->loop, &user->work);
}

static void run_timers(struct user *user)
{
	int64_t now = slirp_now_ms();

	for (struct user_timer *t = user->timers; t; t = t->next) {
		if (t->at > now)
			continue;
		t->at = NEVER;
		t->run(t->arg);
	}
}

/*
 * Descriptors.
 */

static uint32_t to_epoll(int events)
{
	return (events & SLIRP_POLL_IN ? EPOLLIN : 0) |
	       (events & SLIRP_POLL_OUT ? EPOLLOUT : 0) |
	       (events & SLIRP_POLL_PRI ? EPOLLPRI : 0) |
	       (events & SLIRP_POLL_ERR ? EPOLLERR : 0) |
	       (events & SLIRP_POLL_HUP ? EPOLLHUP : 0);
}

static int from_epoll(uint32_t events)
{
	return (events & EPOLLIN ? SLIRP_POLL_IN : 0) |
	       (events & EPOLLOUT ? SLIRP_POLL_OUT : 0) |
	       (events & EPOLLPRI ? SLIRP_POLL_PRI : 0) |
	       (events & EPOLLERR ? SLIRP_POLL_ERR : 0) |
	       (events & EPOLLHUP ? SLIRP_POLL_HUP : 0);
}

static void on_file(struct loop_watch *watch, uint32_t events)
{
	struct poll_file *file = container_of(watch, struct poll_file, watch);

	file->happened |= events;
	loop_later(file->user->loop, &file->user->work);
}

static struct poll_file *known_file(const struct user *user, int fd)
{
	return fd >= 0 && fd < user->nr_files ? user->files[fd] : NULL;
}

static int grow_files(struct user *user, int nr)
{
	struct poll_file **files = reallocarray(user->files, nr,
						sizeof(void *));

	if (!files)
		return -1;
	while (user->nr_files < nr)
		files[user->nr_files++] = NULL;
	user->files = files;
	return 0;
}

static struct poll_file *new_file(struct user *user, int fd)
{
	struct poll_file *file = known_file(user, fd);

	if (file || fd < 0)
		return file;
	if (fd >= user->nr_files && grow_files(user, fd + FILES_MORE))
		return NULL;
	file = calloc(1, sizeof(*file));
	if (!file)
		return NULL;
	file->user = user;
	file->watch.fd = -1;
	file->watch.ready = on_file;
	user->files[fd] = file;
	return file;
}

/* For sockets that libslirp has not reported: those of redirected ports. */
static bool is_listener(int fd)
{
	socklen_t size = sizeof(int);
	int accepts = 0;

	return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) &&
	       accepts;
}

/* The number now is, or will be, another socket's: reset what is known of it. */
static void forget_file(struct poll_file *file)
{
	loop_unwatch(file->user->loop, &file->watch);
	file->happened = 0;
	file->listens = false;
	file->user->flows -= file->flow;
	file->flow = false;
}

static void on_new_file(int fd, void *arg)
{
	struct user *user = arg;
	struct poll_file *file = new_file(user, fd);
	const struct frame *f = user->sending;

	/* NULL if libslirp could not make the socket, or out of memory. */
	if (!file)
		return;
	forget_file(file);
	file->flow = true;
	user->flows++;
	file->from = in6addr_any;
	file->from_port = 0;
	if (f && f->protocol == IPPROTO_UDP && f->whole) {
		file->from = f->from;
		file->from_port = f->from_port;
	}
}

static void on_file_gone(int fd, void *arg)
{
	struct poll_file *file = known_file(arg, fd);

	if (file)
		forget_file(file);
}

static int on_add_poll(int fd, int events, void *arg)
{
	struct user *user = arg;
	struct poll_file *file = new_file(user, fd);
	uint32_t wanted = to_epoll(events);

	if (!file)
		return -1;
	if (!file->flow && file->watch.fd < 0)
		file->listens = is_listener(fd);
	/* New connections wait until there is room for a flow. */
	if (file->listens && flows_full(user))
		return fd;
	file->wanted = true;
	if (file->watch.fd >= 0 && file->events == wanted)
		return fd;
	file->events = wanted;
	if (file->watch.fd >= 0)
		loop_change(user->loop, &file->watch, wanted);
	else if (loop_watch(user->loop, &file->watch, fd, wanted))
		return -1;
	return fd;
}

static int on_get_revents(int fd, void *arg)
{
	const struct user *user = arg;
	const struct poll_file *file = known_file(arg, fd);

	if (!file || (file->listens && flows_full(user)))
		return 0;
	return from_epoll(file->happened);
}

/* Ask libslirp which descriptors to wait for, and until when. */
static void slirp_fill(struct user *user)
{
	int64_t at = NEVER;
	uint32_t timeout = UINT32_MAX;

	for (int fd = 0; fd < user->nr_files; fd++) {
		if (!user->files[fd])
			continue;
		user->files[fd]->wanted = false;
		user->files[fd]->happened = 0;
	}
	slirp_pollfds_fill(user->slirp, &timeout, on_add_poll, user);
	for (int fd = 0; fd < user->nr_files; fd++)
		if (user->files[fd] && !user->files[fd]->wanted)
			loop_unwatch(user->loop, &user->files[fd]->watch);

	if (timeout != UINT32_MAX)
		at = slirp_now_ms() + timeout;
	for (const struct user_timer *t = user->timers; t; t = t->next)
		if (t->at < at)
			at = t->at;
	set_clock(user, at);
}

static void on_work(struct loop_task *task)
{
	struct user *user = container_of(task, struct user, work);

	run_timers(user);
	slirp_pollfds_poll(user->slirp, 0, on_get_revents, user);
	slirp_fill(user);
}

/*
 * Setup and removal.
 */

static void on_notify(void *arg)
{
	struct user *user = arg;

	loop_later(user->loop, &user->work);
}

static void on_guest_error(const char *msg, void *arg)
{
	const struct user *user = arg;

	msg_info("eth%u: slirp: %s", user->back.unit, msg);
}

static void user_free(struct conet_back *back)
{
	struct user *user = to_user(back);

	if (user->slirp)
		slirp_cleanup(user->slirp);
	for (int fd = 0; fd < user->nr_files; fd++) {
		if (user->files[fd])
			loop_unwatch(user->loop, &user->files[fd]->watch);
		free(user->files[fd]);
	}
	free(user->files);
	while (user->first) {
		struct packet *p = user->first;

		user->first = p->next;
		free(p);
	}
	loop_cancel(user->loop, &user->work);
	loop_close(user->loop, &user->clock);
	free(user);
}

static void user_counters(const struct conet_back *back, counter_fn each,
			  void *arg)
{
	const struct user *user = container_of(back, struct user, back);

	each(arg, "flows", user->flows);
	each(arg, "flows_refused", user->refused);
}

static const struct conet_back_ops user_ops = {
	.send = user_send,
	.recv = user_recv,
	.counters = user_counters,
	.free = user_free,
};

static const SlirpCb callbacks = {
	.send_packet = on_packet,
	.guest_error = on_guest_error,
	.clock_get_ns = on_clock_ns,
	.timer_new = on_timer_new,
	.timer_free = on_timer_free,
	.timer_mod = on_timer_mod,
	.register_poll_fd = on_new_file,
	.unregister_poll_fd = on_file_gone,
	.notify = on_notify,
};

static struct in_addr address(unsigned int unit, unsigned int host)
{
	return (struct in_addr) { htonl(0x0a000200 + (unit << 8) + host) };
}

static struct in6_addr address6(unsigned int unit, unsigned int host)
{
	return (struct in6_addr) { .s6_addr = { 0xfe, 0xc0, [7] = unit,
						[15] = host } };
}

static int make_network(struct user *user, const struct net_param *p,
			const char *name, struct err *err)
{
	unsigned int unit = user->back.unit;
	const SlirpConfig config = {
		.version = 1,
		.restricted = p->restricted,
		.in_enabled = true,
		.vnetwork = address(unit, 0),
		.vnetmask = { htonl(0xffffff00) },
		.vhost = address(unit, 2),
		.vnameserver = address(unit, 3),
		.vdhcp_start = address(unit, GUEST_HOST),
		.in6_enabled = true,
		.vprefix_addr6 = address6(unit, 0),
		.vprefix_len = 64,
		.vhost6 = address6(unit, 2),
		.vnameserver6 = address6(unit, 3),
		.vhostname = name,
		.if_mtu = user->back.mtu,
		.if_mru = user->back.mtu,
	};

	reach_init(&user->reach, p->loopback, config.vhost, &config.vhost6);
	user->slirp = slirp_new(&config, &callbacks, user);
	return user->slirp ? 0 : err_set(err, "slirp %s: refuses to start",
					 slirp_version_string());
}

static int redirect4(struct user *user, const struct net_redir *r)
{
	return slirp_add_hostfwd(user->slirp, r->udp, r->addr, r->host_port,
				 address(user->back.unit, GUEST_HOST),
				 r->guest_port);
}

/*
 * The guest's IPv6 address is its own choice. libslirp can search for it, and takes
 * the first one it hears of, which is the link-local address. This works for TCP. The
 * guest answers UDP from its other address, which its kernel makes from the MAC
 * address.
 */
static struct in6_addr guest_address6(const struct user *user,
				      const uint8_t mac[MAC_BYTES])
{
	struct in6_addr addr = address6(user->back.unit, 0);

	memcpy(addr.s6_addr + 8, mac, 3);
	addr.s6_addr[8] ^= 2;
	addr.s6_addr[11] = 0xff;
	addr.s6_addr[12] = 0xfe;
	memcpy(addr.s6_addr + 13, mac + 3, 3);
	return addr;
}

static int redirect6(struct user *user, const struct net_redir *r,
		     const uint8_t mac[MAC_BYTES])
{
	const struct sockaddr_in6 host = {
		.sin6_family = AF_INET6,
		.sin6_addr = r->addr6,
		.sin6_port = htons(r->host_port),
	};
	const struct sockaddr_in6 guest = {
		.sin6_family = AF_INET6,
		.sin6_addr = r->udp ? guest_address6(user, mac) : in6addr_any,
		.sin6_port = htons(r->guest_port),
	};

	return slirp_add_hostxfwd(user->slirp, (const struct sockaddr *)&host,
				  sizeof(host), (const struct sockaddr *)&guest,
				  sizeof(guest), SLIRP_HOSTFWD_V6ONLY |
				  (r->udp ? SLIRP_HOSTFWD_UDP : 0));
}

static int redirect(struct user *user, const struct net_redir *r,
		    const uint8_t mac[MAC_BYTES], struct err *err)
{
	char addr[INET6_ADDRSTRLEN];
	const char *hint = "give another port";

	user->udp_redirected |= r->udp;
	if (r->udp && !r->ipv6)
		user->udp_ports[user->nr_udp++] = r->guest_port;
	if (!(r->ipv6 ? redirect6(user, r, mac) : redirect4(user, r)))
		return 0;
	if (errno == EACCES)
		hint = "give a port from 1024 on, or run as root";
	else if (errno == EADDRNOTAVAIL)
		hint = "give an address of this host";
	inet_ntop(r->ipv6 ? AF_INET6 : AF_INET, &r->addr6, addr, sizeof(addr));
	return err_set(err, "%s:%s%s%s:%u:%u: cannot listen there: %s: %s",
		       r->udp ? "udp" : "tcp", r->ipv6 ? "[" : "", addr,
		       r->ipv6 ? "]" : "", r->host_port, r->guest_port,
		       strerror(errno), hint);
}

static int slirp_set_up(struct user *user, const struct net_param *p,
			const char *name, struct err *err)
{
	uint8_t mac[MAC_BYTES];

	if (loop_watch_own(user->loop, &user->clock,
			   timerfd_create(CLOCK_MONOTONIC,
					  TFD_CLOEXEC | TFD_NONBLOCK)))
		return err_set(err, "timerfd: %s", strerror(errno));
	if (make_network(user, p, name, err))
		return -1;
	netparam_mac(p, name, user->back.unit, mac);
	for (unsigned int i = 0; i < p->nr_redirs; i++)
		if (redirect(user, &p->redirs[i], mac, err))
			return -1;
	/* This also sets libslirp's clock, which is 0 before. */
	loop_later(user->loop, &user->work);
	return 0;
}

/**
 * conet_slirp_open() - connect an interface with user-mode networking
 * @unit:	number of the interface
 * @p:		the user's parameters for it
 * @name:	name of the guest
 * @flows:	limit of flows
 * @loop:	event loop that will serve it
 * @err:	reason for the failure
 *
 * Return: the backend or NULL.
 */
struct conet_back *conet_slirp_open(unsigned int unit,
				    const struct net_param *p,
				    const char *name, unsigned int flows,
				    struct loop *loop, struct err *err)
{
	struct user *user = calloc(1, sizeof(*user));

	if (!user) {
		err_set(err, "out of memory");
		return NULL;
	}
	user->back = (struct conet_back) {
		.ops = &user_ops,
		.unit = unit,
		.mtu = p->mtu ? p->mtu : NET_MTU_DEFAULT,
		.link = true,
	};
	user->loop = loop;
	user->work.run = on_work;
	user->clock.fd = -1;
	user->clock.ready = on_clock;
	user->clock_at = NEVER;
	user->tail = &user->first;
	user->flows_max = flows;
	if (!slirp_set_up(user, p, name, err))
		return &user->back;
	user_free(&user->back);
	return NULL;
}

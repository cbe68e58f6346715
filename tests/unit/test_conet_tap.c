// SPDX-License-Identifier: GPL-2.0
/*
 * conet on a TAP. Each test runs in its own network namespace and touches no
 * interface of this machine. Without the right to make one, nothing is tested.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <sched.h>
#include <stdio.h>
#include <sys/capability.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>

#include "net_guest.h"
#include "suite.h"

#define WAIT_MS		10000
#define PROTO		0x88b5	/* for local experiments, otherwise not used */

static struct net_guest g;
static struct err err;
static uint8_t seen[80000];

/*
 * The namespace's interfaces.
 */

static struct nl_sock *nl;

static struct rtnl_link *get_link(const char *name)
{
	struct rtnl_link *link = NULL;

	rtnl_link_get_kernel(nl, 0, name, &link);
	return link;
}

static void set_up(const char *name, bool up)
{
	struct rtnl_link *link = get_link(name), *wanted = rtnl_link_alloc();

	ck_assert_ptr_nonnull(link);
	if (up)
		rtnl_link_set_flags(wanted, IFF_UP);
	else
		rtnl_link_unset_flags(wanted, IFF_UP);
	ck_assert_int_eq(rtnl_link_change(nl, link, wanted, 0), 0);
	rtnl_link_put(wanted);
	rtnl_link_put(link);
}

static void rename_link(const char *name, const char *to)
{
	struct rtnl_link *link = get_link(name), *wanted = rtnl_link_alloc();

	rtnl_link_set_name(wanted, to);
	ck_assert_int_eq(rtnl_link_change(nl, link, wanted, 0), 0);
	rtnl_link_put(wanted);
	rtnl_link_put(link);
}

static void delete_link(const char *name)
{
	struct rtnl_link *link = get_link(name);

	ck_assert_int_eq(rtnl_link_delete(nl, link), 0);
	rtnl_link_put(link);
}

static bool exists(const char *name)
{
	struct rtnl_link *link = get_link(name);

	if (link)
		rtnl_link_put(link);
	return link;
}

static void make_bridge(const char *name, unsigned int mtu)
{
	struct rtnl_link *link = rtnl_link_bridge_alloc();

	rtnl_link_set_name(link, name);
	rtnl_link_set_mtu(link, mtu);
	rtnl_link_set_flags(link, IFF_UP);
	ck_assert_int_eq(rtnl_link_add(nl, link, NLM_F_CREATE), 0);
	rtnl_link_put(link);
}

/* Make a TAP as "ip tuntap add" does: it stays when the file is closed. */
static void make_tap(const char *name, int flags)
{
	struct ifreq ifr = { .ifr_flags = flags | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	ck_assert_int_eq(ioctl(fd, TUNSETIFF, &ifr), 0);
	ck_assert_int_eq(ioctl(fd, TUNSETPERSIST, 1), 0);
	close(fd);
}

static unsigned int link_mtu(const char *name)
{
	struct rtnl_link *link = get_link(name);
	unsigned int mtu = rtnl_link_get_mtu(link);

	rtnl_link_put(link);
	return mtu;
}

static int master(const char *name)
{
	struct rtnl_link *link = get_link(name);
	int index = rtnl_link_get_master(link);

	rtnl_link_put(link);
	return index;
}

/*
 * The guest.
 */

static void setup(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	nl = nl_socket_alloc();
	ck_assert_int_eq(nl_connect(nl, NETLINK_ROUTE), 0);
	net_guest_init(&g);
}

static void teardown(void)
{
	net_guest_free(&g);
	nl_socket_free(nl);
}

static struct conet_back *open_back(const char *text)
{
	struct net_param p;

	ck_assert_int_eq(netparam_parse(&p, text, &err), 0);
	return conet_tap_open(0, &p, &g.loop, &err);
}

static void wait_link(bool up)
{
	while (g.slot->conet.status != (up ? CO_NET_LINK_UP : 0))
		ck_assert_msg(net_guest_run(&g, WAIT_MS), "link %d", up);
}

static void start(const char *text)
{
	struct conet_back *back = open_back(text);

	if (!back)
		ck_abort_msg("%s", err.text);
	net_guest_attach(&g, conet_make(back, net_mac, &g.loop), 0);
	ck_assert_uint_ne(if_nametoindex(conet_host(g.dev)), 0);
	net_guest_post_all(&g);
	wait_link(true);
}

static int packet_socket(const char *name)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(PROTO),
		.sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(PROTO));

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (void *)&addr, sizeof(addr)), 0);
	return fd;
}

static void make_frame(uint8_t *frame, uint32_t len, uint32_t seed)
{
	struct ethhdr *eth = (void *)frame;

	for (uint32_t i = sizeof(*eth); i < len; i++)
		frame[i] = (seed + i) * 2654435761U >> 24;
	memset(eth->h_dest, 0xff, 6);
	memcpy(eth->h_source, net_mac, 6);
	eth->h_proto = htons(PROTO);
}

/* Send a frame. Return: the status in its completion. */
static int send_frame(uint32_t len, uint32_t seed)
{
	static uint8_t frame[80000];
	static uint16_t id;
	uint16_t got;
	int status;

	make_frame(frame, len, seed);
	net_guest_send(&g, id, frame, len, 4096, &(struct co_sub) { .id = 0 });
	while ((status = net_guest_answer(&g, &got)) == 1)
		ck_assert(net_guest_run(&g, WAIT_MS));
	ck_assert_uint_eq(got, id);
	id = (id + 1) % NET_QUEUE;
	return status;
}

/* Send one frame in each direction. */
static void talk(int fd, uint32_t len, uint32_t seed)
{
	static uint8_t frame[80000];
	struct ethhdr *eth = (void *)seen;
	struct co_comp first;
	uint32_t n;

	ck_assert_int_eq(send_frame(len, seed), 0);
	ck_assert_int_eq(recv(fd, seen, sizeof(seen), 0), len);
	make_frame(frame, len, seed);
	ck_assert_mem_eq(seen, frame, len);

	make_frame(frame, len, ~seed);
	ck_assert_int_eq(send(fd, frame, len, 0), len);
	do {
		n = net_guest_receive(&g, seen, &first);
		if (!n)
			ck_assert(net_guest_run(&g, WAIT_MS));
	} while (!n || eth->h_proto != htons(PROTO));	/* IPv6 also sends frames */
	ck_assert_uint_eq(n, len);
	ck_assert_mem_eq(seen, frame, len);
}

/* The same with the host's end of this name. */
static void talk_by(const char *name, uint32_t len, uint32_t seed)
{
	int fd = packet_socket(name);

	talk(fd, len, seed);
	close(fd);
}

START_TEST(frames)
{
	int fd;

	start("tuntap,tap0,mtu=9000");
	ck_assert_uint_eq(g.slot->conet.mtu, 9000);
	ck_assert_uint_eq(link_mtu("tap0"), 9000);
	fd = packet_socket("tap0");
	for (uint32_t i = 0; i < 2000; i++)
		talk(fd, 60 + i * 37 % 8955, i);
	close(fd);
}
END_TEST

START_TEST(goes_when_ours)
{
	start("tuntap");
	ck_assert(exists("tap0"));
	g.dev->ops->free(g.dev);
	g.dev = NULL;
	ck_assert(!exists("tap0"));
}
END_TEST

START_TEST(stays_when_there)
{
	make_tap("tap0", IFF_TAP);
	start("tuntap,tap0");
	g.dev->ops->free(g.dev);
	g.dev = NULL;
	ck_assert(exists("tap0"));
}
END_TEST

START_TEST(in_bridge)
{
	make_bridge("br0", 4000);
	start("tuntap,tap7,bridge=br0");
	ck_assert_int_eq(master("tap7"), if_nametoindex("br0"));
	ck_assert_uint_eq(g.slot->conet.mtu, 4000);
	ck_assert_uint_eq(link_mtu("br0"), 4000);
}
END_TEST

/* The guest's link follows that of the TAP, also after the TAP was renamed. */
START_TEST(down_and_up)
{
	start("tuntap,tap0");
	for (int i = 0; i < 3; i++) {
		const char *name = i ? "other" : "tap0";

		set_up(name, false);
		wait_link(false);
		ck_assert(net_guest_irq(&g));
		ck_assert_int_eq(send_frame(100, 1), -EIO);
		if (!i)
			rename_link("tap0", "other");
		set_up("other", true);
		wait_link(true);
		talk_by("other", 1000, i);
	}
}
END_TEST

/* The TAP is removed while frames are on their way, and made again by the host. */
START_TEST(removed_and_back)
{
	make_tap("tap0", IFF_TAP);
	start("tuntap,tap0");
	for (int i = 0; i < 3; i++) {
		delete_link("tap0");
		ck_assert_int_lt(send_frame(100, 1), 0);
		wait_link(false);
		ck_assert_int_lt(send_frame(100, 1), 0);
		make_tap("tap0", IFF_TAP);
		set_up("tap0", true);
		wait_link(true);
		talk_by("tap0", 1000, i);
	}
}
END_TEST

/* The monitor does not make a TAP again that the host has removed. */
START_TEST(removed)
{
	start("tuntap,tap0");
	delete_link("tap0");
	wait_link(false);
	make_bridge("br0", 1500);	/* a change makes the monitor check again */
	net_guest_settle(&g);
	ck_assert(!exists("tap0"));
}
END_TEST

static const struct {
	const char *text;
	const char *error;
} refused[] = {
	{ "tuntap,tap0,bridge=br9", "br9: no such bridge: make it first" },
	{ "tuntap,tap0,bridge=lo", "lo: not a bridge: name one" },
	{ "tuntap,lo",
	  "lo: not a TAP with one queue: name another interface" },
	{ "tuntap,tun0",
	  "tun0: not a TAP with one queue: name another interface" },
	{ "tuntap,mq0",
	  "mq0: not a TAP with one queue: name another interface" },
};

START_TEST(refuses)
{
	make_tap("tun0", IFF_TUN);
	make_tap("mq0", IFF_TAP | IFF_MULTI_QUEUE);
	ck_assert_ptr_null(open_back(refused[_i].text));
	ck_assert_str_eq(err.text, refused[_i].error);
	ck_assert(!exists("tap0"));
}
END_TEST

START_TEST(in_use)
{
	make_tap("tap0", IFF_TAP);
	start("tuntap,tap0");
	ck_assert_ptr_null(open_back("tuntap,tap0"));
	ck_assert_str_eq(err.text,
			 "tap0: in use by another program: name another TAP");
}
END_TEST

static void drop_right(void)
{
	const cap_value_t net_admin = CAP_NET_ADMIN;
	cap_t caps = cap_get_proc();

	cap_set_flag(caps, CAP_EFFECTIVE, 1, &net_admin, CAP_CLEAR);
	cap_set_flag(caps, CAP_PERMITTED, 1, &net_admin, CAP_CLEAR);
	ck_assert_int_eq(cap_set_proc(caps), 0);
	cap_free(caps);
}

#define NO_RIGHT	"this needs the capability CAP_NET_ADMIN: run as root, or use slirp instead of tuntap"

START_TEST(no_capability)
{
	struct conet_back *back;

	make_tap("ready", IFF_TAP);
	set_up("ready", true);
	make_tap("down", IFF_TAP);
	drop_right();
	ck_assert_ptr_null(open_back("tuntap"));
	ck_assert_str_eq(err.text, "TAP: may not be made or used: " NO_RIGHT);
	ck_assert_ptr_null(open_back("tuntap,down"));
	ck_assert_str_eq(err.text,
			 "down: cannot be brought up: Operation not permitted: " NO_RIGHT);
	back = open_back("tuntap,ready");
	ck_assert_ptr_nonnull(back);
	back->ops->free(back);
}
END_TEST

static bool can_test(void)
{
	int fd = open("/dev/net/tun", O_RDWR);

	if (fd >= 0)
		close(fd);
	return fd >= 0 && !geteuid();
}

int main(void)
{
	Suite *s = suite_create("conet_tap");
	TCase *tc = tcase_create("conet_tap");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	if (can_test()) {
		tcase_add_test(tc, frames);
		tcase_add_test(tc, goes_when_ours);
		tcase_add_test(tc, stays_when_there);
		tcase_add_test(tc, in_bridge);
		tcase_add_test(tc, down_and_up);
		tcase_add_test(tc, removed_and_back);
		tcase_add_test(tc, removed);
		tcase_add_loop_test(tc, refuses, 0,
				    sizeof(refused) / sizeof(refused[0]));
		tcase_add_test(tc, in_use);
		tcase_add_test(tc, no_capability);
	} else {
		fputs("test_conet_tap: needs root and /dev/net/tun: nothing tested\n", stderr);
	}
	suite_add_tcase(s, tc);
	return suite_run(s);
}

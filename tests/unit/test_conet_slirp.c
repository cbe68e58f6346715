// SPDX-License-Identifier: GPL-2.0
/*
 * User-mode networking: DHCP, ARP, UDP to the host's loopback interface and back,
 * redirections. Functions of the test stand for the guest.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "net/files.h"
#include "net_guest.h"
#include "suite.h"

#define HOST		"10.0.2.2"
#define GUEST		"10.0.2.15"
#define HOST6		"fec0::2"
#define GUEST6		"fec0::15"
#define FRAME_MAX	65550
#define WAIT_MS		10000

#define DHCP_MAGIC	0x63825363
#define DHCP_TYPE	53
#define DHCP_END	255
#define DHCP_DISCOVER	1
#define DHCP_OFFER	2

struct ip_part {
	uint8_t version_ihl, tos;
	uint16_t len, id, frag;
	uint8_t ttl, protocol;
	uint16_t sum;
	uint32_t from, to;
};

struct udp_frame {
	struct ethhdr eth;
	struct ip_part ip;
	struct {
		uint16_t from, to, len, sum;
	} udp;
	uint8_t data[1472];
} __attribute__((packed));

struct tcp_frame {
	struct ethhdr eth;
	struct ip_part ip;
	struct tcphdr tcp;
} __attribute__((packed));

struct udp6_frame {
	struct ethhdr eth;
	uint32_t version;
	uint16_t len;
	uint8_t next, hops;
	uint8_t from[16], to[16];
	struct {
		uint16_t from, to, len, sum;
	} udp;
	uint8_t data[64];
} __attribute__((packed));

struct arp_frame {
	struct ethhdr eth;
	uint16_t hw, proto;
	uint8_t hw_len, proto_len;
	uint16_t op;
	uint8_t from_mac[6];
	uint32_t from;
	uint8_t to_mac[6];
	uint32_t to;
} __attribute__((packed));

struct dhcp {
	uint8_t op, hw, hw_len, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t client, yours, server, relay;
	uint8_t mac[16];
	uint8_t names[192];
	uint32_t magic;
	uint8_t options[64];
} __attribute__((packed));

static struct net_guest g;
static struct err err;
static uint8_t seen[FRAME_MAX + 4096];
static uint8_t host_mac[6];

static unsigned int flows = FLOWS_MAX;

static void start(const char *text)
{
	struct net_param p;
	struct conet_back *back;

	net_guest_init(&g);
	ck_assert_int_eq(netparam_parse(&p, text, &err), 0);
	back = conet_slirp_open(0, &p, "tester", flows, &g.loop, &err);
	if (!back)
		ck_abort_msg("%s", err.text);
	net_guest_attach(&g, conet_make(back, net_mac, &g.loop), 0);
	net_guest_post_all(&g);
}

static void stop(void)
{
	net_guest_free(&g);
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* Return: the status in the frame's completion. */
static int send_frame(const void *frame, uint32_t len)
{
	static uint16_t id;
	uint16_t got;
	int status;

	net_guest_send(&g, id, frame, len, 700, &(struct co_sub) { .id = 0 });
	while ((status = net_guest_answer(&g, &got)) == 1)
		ck_assert(net_guest_run(&g, WAIT_MS));
	ck_assert_uint_eq(got, id);
	id = (id + 1) % NET_QUEUE;
	return status;
}

static int send_udp(const char *from, const char *to, uint16_t from_port,
		    uint16_t to_port, const void *data, size_t len)
{
	struct udp_frame f = {
		.eth.h_proto = htons(ETH_P_IP),
		.ip = {
			.version_ihl = 0x45,
			.len = htons(28 + len),
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.from = inet_addr(from),
			.to = inet_addr(to),
		},
		.udp = { htons(from_port), htons(to_port), htons(8 + len), 0 },
	};

	memcpy(f.eth.h_source, net_mac, 6);
	memset(f.eth.h_dest, 0xff, 6);
	if (strcmp(to, "255.255.255.255"))
		memcpy(f.eth.h_dest, host_mac, 6);
	f.ip.sum = checksum(&f.ip, sizeof(f.ip));
	memcpy(f.data, data, len);
	return send_frame(&f, 42 + len);
}

/* Answer an ARP request: libslirp asks for the guest's address before it sends. */
static void answer_arp(const struct arp_frame *q)
{
	struct arp_frame f = *q;

	if (q->op != htons(1) || q->to != inet_addr(GUEST))
		return;
	memcpy(f.eth.h_source, net_mac, 6);
	memcpy(f.eth.h_dest, q->eth.h_source, 6);
	f.op = htons(2);
	memcpy(f.from_mac, net_mac, 6);
	f.from = q->to;
	memcpy(f.to_mac, q->from_mac, 6);
	f.to = q->from;
	send_frame(&f, sizeof(f));
}

/* Wait for a frame of this protocol. */
static uint32_t wait_frame(uint16_t proto)
{
	const struct ethhdr *eth = (void *)seen;
	struct co_comp first;

	for (;;) {
		uint32_t len = net_guest_receive(&g, seen, &first);

		if (!len) {
			ck_assert_msg(net_guest_run(&g, WAIT_MS),
				      "no frame arrived in %d ms", WAIT_MS);
			continue;
		}
		ck_assert_uint_eq(first.op, 0);
		ck_assert_uint_eq(first.opflags, 0);
		if (eth->h_proto == htons(proto))
			return len;
		if (eth->h_proto == htons(ETH_P_ARP))
			answer_arp((void *)seen);
	}
}

/* Wait for a UDP datagram to @port, and return it. */
static const struct udp_frame *wait_udp(uint16_t port)
{
	const struct udp_frame *f = (void *)seen;

	do {
		wait_frame(ETH_P_IP);
	} while (f->ip.protocol != IPPROTO_UDP || f->udp.to != htons(port));
	return f;
}

static void find_host(void)
{
	struct arp_frame f = {
		.eth.h_proto = htons(ETH_P_ARP),
		.hw = htons(1), .proto = htons(ETH_P_IP),
		.hw_len = 6, .proto_len = 4, .op = htons(1),
		.from = inet_addr(GUEST), .to = inet_addr(HOST),
	};

	memset(f.eth.h_dest, 0xff, 6);
	memcpy(f.eth.h_source, net_mac, 6);
	memcpy(f.from_mac, net_mac, 6);
	send_frame(&f, sizeof(f));
	wait_frame(ETH_P_ARP);
	memcpy(&f, seen, sizeof(f));
	ck_assert_uint_eq(f.op, htons(2));
	ck_assert_uint_eq(f.from, inet_addr(HOST));
	memcpy(host_mac, f.from_mac, 6);
}

START_TEST(dhcp)
{
	struct dhcp d = {
		.op = 1, .hw = 1, .hw_len = 6, .xid = 0x12345678,
		.magic = htonl(DHCP_MAGIC),
		.options = { DHCP_TYPE, 1, DHCP_DISCOVER, DHCP_END },
	};
	const struct udp_frame *f;

	start("slirp");
	memcpy(d.mac, net_mac, 6);
	send_udp("0.0.0.0", "255.255.255.255", 68, 67, &d, sizeof(d));
	f = wait_udp(68);
	memcpy(&d, f->data, sizeof(d));
	ck_assert_uint_eq(d.xid, 0x12345678);
	ck_assert_uint_eq(d.yours, inet_addr(GUEST));
	ck_assert_uint_eq(d.options[0], DHCP_TYPE);
	ck_assert_uint_eq(d.options[2], DHCP_OFFER);
	stop();
}
END_TEST

/* Open a socket on the host's loopback interface, at any port. */
static int host_socket(int type, struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);
	int fd = socket(AF_INET, type, 0);

	*addr = (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (void *)addr, len), 0);
	ck_assert_int_eq(getsockname(fd, (void *)addr, &len), 0);
	return fd;
}

static ssize_t wait_recv(int fd, void *buf, size_t size)
{
	ssize_t n;

	while ((n = recv(fd, buf, size, MSG_DONTWAIT)) < 0)
		ck_assert(net_guest_run(&g, WAIT_MS));
	return n;
}

/* Datagrams to the host and back, enough to use each buffer more than once. */
START_TEST(udp_to_host)
{
	struct sockaddr_in addr, from;
	socklen_t len = sizeof(from);
	const struct udp_frame *f;
	uint32_t n;
	int fd;

	start("slirp,hostloopback");
	find_host();
	fd = host_socket(SOCK_DGRAM, &addr);
	for (uint32_t i = 0; i < 2000; i++) {
		send_udp(GUEST, HOST, 5000, ntohs(addr.sin_port), &i, sizeof(i));
		while (recvfrom(fd, &n, sizeof(n), MSG_DONTWAIT, (void *)&from,
				&len) != sizeof(n))
			ck_assert(net_guest_run(&g, WAIT_MS));
		ck_assert_uint_eq(n, i);
		n = ~i;
		ck_assert_int_eq(sendto(fd, &n, sizeof(n), 0, (void *)&from,
					len), sizeof(n));
		f = wait_udp(5000);
		ck_assert_uint_eq(f->ip.from, inet_addr(HOST));
		ck_assert_mem_eq(f->data, &n, sizeof(n));
	}
	close(fd);
	stop();
}
END_TEST

/* Open a socket on all addresses of the host, at any port. */
static int any_socket(unsigned int *port)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (void *)&addr, len), 0);
	ck_assert_int_eq(getsockname(fd, (void *)&addr, &len), 0);
	*port = ntohs(addr.sin6_port);
	return fd;
}

static uint16_t checksum6(const struct udp6_frame *f, size_t len)
{
	uint32_t sum = len + IPPROTO_UDP;
	const uint8_t *p = (const void *)&f->from;

	/* The addresses, the UDP header and the data are adjacent. */
	for (size_t i = 0; i < 32 + len; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void send_udp6(const char *to, uint16_t to_port, const void *data,
		      size_t len)
{
	struct udp6_frame f = {
		.eth.h_proto = htons(ETH_P_IPV6),
		.version = htonl(6U << 28),
		.len = htons(8 + len),
		.next = IPPROTO_UDP,
		.hops = 64,
		.udp = { htons(5000), htons(to_port), htons(8 + len), 0 },
	};

	memcpy(f.eth.h_source, net_mac, 6);
	memcpy(f.eth.h_dest, host_mac, 6);
	ck_assert_int_eq(inet_pton(AF_INET6, GUEST6, &f.from), 1);
	ck_assert_int_eq(inet_pton(AF_INET6, to, &f.to), 1);
	memcpy(f.data, data, len);
	f.udp.sum = checksum6(&f, 8 + len);
	send_frame(&f, 62 + len);
}

/* libslirp cannot forward pings over IPv6, and would log each: none may reach it. */
START_TEST(ping_outside)
{
	static const char * const to[] = { "2001:db8::1", "fec0::77" };
	struct udp6_frame f = {
		.eth.h_proto = htons(ETH_P_IPV6),
		.version = htonl(6U << 28),
		.len = htons(8),
		.next = IPPROTO_ICMPV6,
		.hops = 64,
	};
	FILE *said = tmpfile();
	uint32_t sum = 0x8000 + 8 + IPPROTO_ICMPV6;
	const uint8_t *p = f.from;

	start("slirp");
	find_host();
	ck_assert_ptr_nonnull(said);
	memcpy(f.eth.h_source, net_mac, 6);
	memcpy(f.eth.h_dest, host_mac, 6);
	inet_pton(AF_INET6, GUEST6, f.from);
	inet_pton(AF_INET6, to[_i], f.to);
	for (int i = 0; i < 32; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	/* The ICMP header is in the place of the UDP header: type, checksum. */
	f.udp.from = htons(0x8000);
	f.udp.to = htons(~sum);
	fflush(stderr);
	dup2(fileno(said), STDERR_FILENO);
	send_frame(&f, 62);
	net_guest_settle(&g);
	fflush(stderr);
	ck_assert_int_eq(lseek(fileno(said), 0, SEEK_END), 0);
	stop();
}
END_TEST

static const struct {
	const char *to;
	bool ipv6;
} ways_in[] = {
	{ HOST, false },
	{ "127.0.0.1", false },
	{ "127.3.2.1", false },
	{ "0.0.0.0", false },
	{ "255.255.255.255", false },
	{ HOST6, true },
	{ "fec0::77", true },
	{ "ff02::1", true },
	{ "::1", true },
	{ "::", true },
	{ "::ffff:127.0.0.1", true },
};

#define NR_WAYS_IN	(sizeof(ways_in) / sizeof(ways_in[0]))

static void try_way(size_t i, unsigned int port)
{
	if (ways_in[i].ipv6)
		send_udp6(ways_in[i].to, port, "here", 4);
	else
		send_udp(GUEST, ways_in[i].to, 5000, port, "here", 4);
}

/* By default the guest cannot reach the host's loopback interface. */
START_TEST(no_loopback)
{
	unsigned int port;
	char buf[8];
	int fd = any_socket(&port);

	start(_i ? "slirp,restrict" : "slirp");
	find_host();
	for (size_t i = 0; i < NR_WAYS_IN; i++) {
		try_way(i, port);
		/* A datagram that libslirp sent would have arrived by then. */
		net_guest_settle(&g);
		ck_assert_msg(recv(fd, buf, sizeof(buf), MSG_DONTWAIT) < 0,
			      "by %s", ways_in[i].to);
	}
	close(fd);
	stop();
}
END_TEST

/* With hostloopback it can, by the host's addresses in the guest's network. */
START_TEST(loopback_wanted)
{
	static const char *const to[] = { HOST, HOST6 };
	unsigned int port;
	char buf[8];
	int fd = any_socket(&port);

	start("slirp,hostloopback");
	find_host();
	for (size_t i = 0; i < NR_WAYS_IN; i++) {
		if (strcmp(ways_in[i].to, to[ways_in[i].ipv6]))
			continue;
		try_way(i, port);
		ck_assert_int_eq(wait_recv(fd, buf, sizeof(buf)), 4);
	}
	close(fd);
	stop();
}
END_TEST

/* Return: a port that is not in use, for the parameter. */
static unsigned int free_port(int type)
{
	struct sockaddr_in addr;

	close(host_socket(type, &addr));
	return ntohs(addr.sin_port);
}

/* Start with a redirected port. Return: a socket that is connected to it. */
static int connect_redirected(int type, const char *from, unsigned int to)
{
	unsigned int port = free_port(type);
	struct sockaddr_in addr;
	char text[64];
	int fd;

	snprintf(text, sizeof(text), "slirp,,%s%u:%u", from, port, to);
	start(text);
	find_host();
	fd = host_socket(type, &addr);
	addr.sin_port = htons(port);
	ck_assert_int_eq(connect(fd, (void *)&addr, sizeof(addr)), 0);
	return fd;
}

START_TEST(udp_redirected)
{
	int other, fd = connect_redirected(SOCK_DGRAM, "udp:", 7);
	const struct udp_frame *f;
	char buf[16] = "";
	unsigned int port;

	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	f = wait_udp(7);
	ck_assert_mem_eq(f->data, "hello", 5);
	send_udp(GUEST, HOST, 7, ntohs(f->udp.from), "there", 5);
	ck_assert_int_eq(wait_recv(fd, buf, sizeof(buf)), 5);
	ck_assert_str_eq(buf, "there");
	/* The guest can answer the sender, and send to no other port. */
	other = any_socket(&port);
	send_udp(GUEST, HOST, 7, port, "here", 4);
	net_guest_settle(&g);
	ck_assert_int_lt(recv(other, buf, sizeof(buf), MSG_DONTWAIT), 0);
	close(other);
	close(fd);
	stop();
}
END_TEST

struct wanted {
	const char *name;
	uint64_t value;
};

static void find_counter(void *arg, const char *name, uint64_t value)
{
	struct wanted *wanted = arg;

	if (!strcmp(name, wanted->name))
		wanted->value = value;
}

static uint64_t counter(const char *name)
{
	struct wanted wanted = { name, UINT64_MAX };

	g.dev->ops->counters(g.dev, find_counter, &wanted);
	return wanted.value;
}

static unsigned int receive_all(void)
{
	const struct ethhdr *eth = (void *)seen;
	unsigned int packets = 0;
	struct co_comp first;

	do {
		while (net_guest_receive(&g, seen, &first))
			packets += eth->h_proto == htons(ETH_P_IP);
	} while (net_guest_run(&g, 0));
	return packets;
}

#define FLOOD	3000

/* The guest takes no frames: a number of them is kept, the others are counted. */
START_TEST(flood)
{
	static const char data[1400];
	int fd = connect_redirected(SOCK_DGRAM, "udp:127.0.0.1:", 7);
	uint64_t dropped;

	/* The first datagram makes libslirp find the guest by ARP. */
	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	wait_udp(7);
	for (int i = 0; i < FLOOD; i++) {
		ck_assert_int_eq(send(fd, data, sizeof(data), 0), sizeof(data));
		net_guest_settle(&g);
	}
	dropped = counter("rx_dropped");
	ck_assert_uint_gt(dropped, 0);
	ck_assert_uint_eq(receive_all(), FLOOD - dropped);
	close(fd);
	stop();
}
END_TEST

#define SENDERS	200

static unsigned int open_files(void)
{
	unsigned int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int send_syn(uint16_t to_port)
{
	struct tcp_frame f = {
		.eth.h_proto = htons(ETH_P_IP),
		.ip = {
			.version_ihl = 0x45,
			.len = htons(40),
			.ttl = 64,
			.protocol = IPPROTO_TCP,
			.from = inet_addr(GUEST),
			.to = inet_addr(HOST),
		},
		.tcp = {
			.source = htons(4000), .dest = htons(to_port),
			.doff = 5, .syn = 1,
		},
	};

	memcpy(f.eth.h_source, net_mac, 6);
	memcpy(f.eth.h_dest, host_mac, 6);
	f.ip.sum = checksum(&f.ip, sizeof(f.ip));
	return send_frame(&f, sizeof(f));
}

/* The guest opens the greatest number of flows. */
START_TEST(flows_used_up)
{
	unsigned int port, other, files, tcp = free_port(SOCK_STREAM);
	unsigned int udp = free_port(SOCK_DGRAM);
	struct sockaddr_in addr, to;
	const struct udp_frame *f;
	char text[64], buf[16];
	int fd, client, peer;

	flows = 50;
	snprintf(text, sizeof(text), "slirp,hostloopback,,tcp:%u:22/udp:%u:7",
		 tcp, udp);
	start(text);
	find_host();
	fd = any_socket(&port);
	peer = host_socket(SOCK_DGRAM, &addr);
	client = host_socket(SOCK_STREAM, &to);
	files = open_files();
	for (int i = 0; i < SENDERS; i++)
		ck_assert_int_eq(send_udp(GUEST, HOST, 10000 + i, port, "x", 1),
				 i < 50 ? 0 : -EMFILE);
	ck_assert_uint_eq(counter("flows"), 50);
	ck_assert_uint_eq(counter("flows_refused"), SENDERS - 50);
	ck_assert_uint_eq(open_files(), files + 50);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(wait_recv(fd, buf, sizeof(buf)), 1);
	ck_assert_int_lt(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 0);

	/* Existing flows go on, new ones of each kind are refused. */
	ck_assert_int_eq(send_udp(GUEST, HOST, 10007, port, "again", 5), 0);
	ck_assert_int_eq(wait_recv(fd, buf, sizeof(buf)), 5);
	ck_assert_int_eq(send_udp("10.0.2.16", HOST, 10007, port, "x", 1),
			 -EMFILE);
	ck_assert_int_eq(send_syn(port), -EMFILE);

	/* A redirected UDP port answers. */
	addr.sin_port = htons(udp);
	ck_assert_int_eq(connect(peer, (void *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(send(peer, "hello", 5, 0), 5);
	f = wait_udp(7);
	other = ntohs(f->udp.from);
	ck_assert_int_eq(send_udp(GUEST, HOST, 7, other, "there", 5), 0);
	ck_assert_int_eq(wait_recv(peer, buf, sizeof(buf)), 5);

	/* A connection waits to be accepted, without keeping the loop busy. */
	to.sin_port = htons(tcp);
	ck_assert_int_eq(connect(client, (void *)&to, sizeof(to)), 0);
	net_guest_settle(&g);
	ck_assert_uint_eq(counter("flows"), 50);
	close(client);
	close(peer);
	close(fd);
	stop();
}
END_TEST

/* Under any limit of open files, some files are kept from flows. */
START_TEST(flows_by_limit)
{
	static const struct {
		rlim_t soft, hard;
		unsigned int flows;
	} limits[] = {
		{ 100, 4096, FLOWS_MAX },
		{ 4096, 4096, FLOWS_MAX },
		{ 100, FILES_OTHER + 2 + 2 * 100 + 1, 100 },
		{ 100, FILES_OTHER + 2 + 2 * FLOWS_MIN, FLOWS_MIN },
		{ 100, FILES_OTHER + 2 + 2 * FLOWS_MIN - 1, 0 },
	};
	const struct rlimit limit = { limits[_i].soft, limits[_i].hard };
	static struct net_param nets[4];
	unsigned int n = 0;

	ck_assert_int_eq(netparam_parse(&nets[0], "slirp,,tcp:1:1:2", &err), 0);
	ck_assert_int_eq(netparam_parse(&nets[1], "tuntap", &err), 0);
	ck_assert_int_eq(netparam_parse(&nets[3], "slirp", &err), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(files_for_flows(nets, 4, &n, &err),
			 limits[_i].flows ? 0 : -1);
	ck_assert_uint_eq(n, limits[_i].flows);
	if (!n)
		ck_assert_str_eq(err.text, "289 open files are too few, it takes 290: raise the limit (ulimit -n, LimitNOFILE=)");
}
END_TEST

/* The guest refuses a redirected connection: the client is told. */
START_TEST(tcp_redirected)
{
	int fd = connect_redirected(SOCK_STREAM, "tcp:", 22);
	struct udp_frame *f = (void *)seen;

	do {
		wait_frame(ETH_P_IP);
	} while (f->ip.protocol != IPPROTO_TCP);
	/* The TCP header is in the place of the UDP header. */
	ck_assert_uint_eq(f->udp.to, htons(22));
	close(fd);
	stop();
}
END_TEST

START_TEST(port_in_use)
{
	struct sockaddr_in addr;
	struct net_param p;
	char text[64], why[128];
	unsigned int port;
	int fd = host_socket(SOCK_STREAM, &addr);

	ck_assert_int_eq(listen(fd, 1), 0);
	port = ntohs(addr.sin_port);
	snprintf(text, sizeof(text), "slirp,,tcp:127.0.0.1:%u:22", port);
	snprintf(why, sizeof(why), "tcp:127.0.0.1:%u:22: cannot listen there: Address already in use: give another port",
		 port);
	net_guest_init(&g);
	ck_assert_int_eq(netparam_parse(&p, text, &err), 0);
	ck_assert_ptr_null(conet_slirp_open(0, &p, "tester", flows, &g.loop, &err));
	ck_assert_str_eq(err.text, why);
	stop();
	close(fd);
}
END_TEST

static const char * const mtus[] = {
	"slirp,mtu=68", "slirp,mtu=1500", "slirp,mtu=9000",
};

START_TEST(mtu)
{
	start(mtus[_i]);
	find_host();
	stop();
}
END_TEST

/* The guest breaks its queue while frames are on their way. */
START_TEST(taken_away)
{
	struct sockaddr_in addr;
	int fd;

	start("slirp,hostloopback");
	find_host();
	fd = host_socket(SOCK_DGRAM, &addr);
	send_udp(GUEST, HOST, 5000, ntohs(addr.sin_port), "x", 1);
	fake_queue_add(&g.tx, &(struct co_sub) { .addr = ~0ULL, .len = 60 });
	fake_queue_publish(&g.tx);
	net_guest_kick(&g, CO_CONET_TX);
	net_guest_settle(&g);
	ck_assert_uint_eq(g.slot->type, CO_DEV_NONE);
	close(fd);
	stop();
}
END_TEST

/* A frame of noise that happens to be valid must not leave this machine. */
static void to_nowhere(struct ethhdr *eth)
{
	static const uint8_t host6[16] = { 0xfe, 0xc0, [15] = 2 };
	const uint32_t host = inet_addr(HOST);
	uint8_t *packet = (uint8_t *)(eth + 1);

	if (eth->h_proto == htons(ETH_P_IP))
		memcpy(packet + 16, &host, sizeof(host));
	else
		memcpy(packet + 24, host6, sizeof(host6));
}

/* The guest sends frames of noise behind valid headers. */
START_TEST(noise)
{
	static const uint16_t protos[] = {
		ETH_P_IP, ETH_P_IPV6, ETH_P_ARP, 0x88f8, 0,
	};
	static uint8_t frame[2000];
	struct co_comp first;
	uint32_t len;

	start("slirp,hostloopback");
	find_host();
	srandom(_i);
	for (int i = 0; i < 3000; i++) {
		struct ethhdr *eth = (void *)frame;
		uint32_t bytes = 14 + random() % 1900;

		for (uint32_t b = 0; b < bytes; b++)
			frame[b] = random();
		memcpy(eth->h_dest, host_mac, 6);
		memcpy(eth->h_source, net_mac, 6);
		eth->h_proto = htons(protos[random() % 5]);
		if (random() % 2)
			frame[14] = eth->h_proto == htons(ETH_P_IP) ? 0x45 :
								      0x60;
		to_nowhere(eth);
		send_frame(frame, bytes);
		do {
			len = net_guest_receive(&g, seen, &first);
		} while (len);
	}
	stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conet_slirp");
	TCase *tc = tcase_create("conet_slirp");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, dhcp);
	tcase_add_test(tc, udp_to_host);
	tcase_add_loop_test(tc, no_loopback, 0, 2);
	tcase_add_test(tc, loopback_wanted);
	tcase_add_loop_test(tc, ping_outside, 0, 2);
	tcase_add_test(tc, udp_redirected);
	tcase_add_test(tc, flood);
	tcase_add_test(tc, flows_used_up);
	tcase_add_loop_test(tc, flows_by_limit, 0, 5);
	tcase_add_test(tc, tcp_redirected);
	tcase_add_test(tc, port_in_use);
	tcase_add_loop_test(tc, mtu, 0, 3);
	tcase_add_test(tc, taken_away);
	tcase_add_loop_test(tc, noise, 0, 4);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The frames by which a guest could reach its host over user-mode networking: headers
 * of all kinds, one frame each.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>

#include "net/reach.h"
#include "suite.h"

#define HOST	"10.0.2.2"
#define HOST6	"fec0::2"

static uint8_t data[256];
static size_t len;
static struct reach reach;

static void setup(void)
{
	struct in_addr host = { inet_addr(HOST) };
	struct in6_addr host6;

	inet_pton(AF_INET6, HOST6, &host6);
	reach_init(&reach, false, host, &host6);
}

static void begin(uint16_t proto)
{
	memset(data, 0, sizeof(data));
	data[12] = proto >> 8;
	data[13] = (uint8_t)proto;
	len = ETH_HLEN;
}

static void add(const void *bytes, size_t n)
{
	memcpy(data + len, bytes, n);
	len += n;
}

/* @frag is as in the IPv4 header: flags, and an offset in units of 8 bytes. */
static void add_ip4(const char *from, const char *to, uint8_t protocol,
		    uint16_t frag)
{
	const struct iphdr ip = {
		.version = 4,
		.ihl = 6,
		.protocol = protocol,
		.frag_off = htons(frag),
		.saddr = inet_addr(from),
		.daddr = inet_addr(to),
	};
	const uint8_t options[4] = { 1, 1, 1, 0 };

	begin(ETH_P_IP);
	add(&ip, sizeof(ip));
	add(options, sizeof(options));
}

static void add_ip6(const char *from, const char *to, uint8_t protocol)
{
	struct ip6_hdr ip = { .ip6_nxt = protocol };

	begin(ETH_P_IPV6);
	inet_pton(AF_INET6, from, &ip.ip6_src);
	inet_pton(AF_INET6, to, &ip.ip6_dst);
	add(&ip, sizeof(ip));
}

static void add_udp(uint16_t from, uint16_t to)
{
	const struct udphdr udp = {
		.source = htons(from), .dest = htons(to), .len = htons(8),
	};

	add(&udp, sizeof(udp));
}

static void add_tcp(bool syn, bool ack)
{
	const struct tcphdr tcp = {
		.source = htons(1000), .dest = htons(80), .doff = 5,
		.syn = syn, .ack = ack,
	};

	add(&tcp, sizeof(tcp));
}

static bool allowed(void)
{
	struct frame f;

	return !frame_parse(&f, data, len) || reach_allows(&reach, &f);
}

#define UDP4(to, port, frag)						\
	(add_ip4("10.0.2.15", to, IPPROTO_UDP, frag), add_udp(1000, port), allowed())
#define TCP4(to, syn, ack, frag)					\
	(add_ip4("10.0.2.15", to, IPPROTO_TCP, frag), add_tcp(syn, ack), allowed())
#define UDP6(to, port)							\
	(add_ip6("fec0::15", to, IPPROTO_UDP), add_udp(1000, port), allowed())
#define TCP6(to, syn, ack)						\
	(add_ip6("fec0::15", to, IPPROTO_TCP), add_tcp(syn, ack), allowed())

static const char *const guarded[] = {
	HOST, "127.0.0.1", "127.255.255.255", "0.0.0.0", "255.255.255.255",
};

static const char *const guarded6[] = {
	HOST6, "fec0::", "fec0::4", "fec0::ffff:1", "ff02::1", "::1", "::",
	"::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1",
};

START_TEST(keeps_away)
{
	for (size_t i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
		ck_assert_msg(!UDP4(guarded[i], 53, 0), "%s", guarded[i]);
		ck_assert_msg(!UDP4(guarded[i], 53, IP_MF), "%s", guarded[i]);
		ck_assert_msg(!TCP4(guarded[i], true, false, 0), "%s", guarded[i]);
	}
	for (size_t i = 0; i < sizeof(guarded6) / sizeof(guarded6[0]); i++) {
		ck_assert_msg(!UDP6(guarded6[i], 53), "%s", guarded6[i]);
		ck_assert_msg(!TCP6(guarded6[i], true, false), "%s", guarded6[i]);
	}
}
END_TEST

START_TEST(lets_pass)
{
	static const char *const outside[] = {
		"10.0.2.3", "10.0.3.2", "10.0.2.1", "192.0.2.1", "128.0.0.1",
		"1.0.0.0", "224.0.0.1",
	};
	static const char *const outside6[] = {
		"fec0::3", "fec0:0:0:1::2", "2001:db8::1", "ff02::2", "fe80::2",
		"::2:0:0:1",
	};

	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		ck_assert_msg(UDP4(outside[i], 53, 0), "%s", outside[i]);
		ck_assert_msg(TCP4(outside[i], true, false, 0), "%s", outside[i]);
	}
	for (size_t i = 0; i < sizeof(outside6) / sizeof(outside6[0]); i++) {
		ck_assert_msg(UDP6(outside6[i], 53), "%s", outside6[i]);
		ck_assert_msg(TCP6(outside6[i], true, false), "%s", outside6[i]);
	}
	/* Neither frame reaches a service of the host. */
	add_ip4("10.0.2.15", HOST, IPPROTO_ICMP, 0);
	ck_assert(allowed());
	begin(ETH_P_ARP);
	ck_assert(allowed());
}
END_TEST

static bool icmp6(const char *to, uint8_t type)
{
	add_ip6("fec0::15", to, IPPROTO_ICMPV6);
	add(&type, 1);
	return allowed();
}

/* Only pings that libslirp answers itself pass. */
START_TEST(pings_by_ipv6)
{
	static const char *const answering[] = {
		HOST6, "fec0::3", "fe80::2", "fe80::3",
	};
	static const char *const others[] = {
		"2001:db8::2", "fec0::4", "fec0::1", "fec0::1:0:0:2", "fe80::4",
		"fec0:0:0:1::2", "ff02::1", "::1",
	};

	for (size_t i = 0; i < sizeof(answering) / sizeof(answering[0]); i++)
		ck_assert_msg(icmp6(answering[i], 128), "%s", answering[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_msg(!icmp6(others[i], 128), "%s", others[i]);
	/* Neighbour and router discovery use other types of ICMPv6. */
	ck_assert(icmp6("ff02::1", 135));
	ck_assert(icmp6("ff02::2", 133));
	ck_assert(icmp6("2001:db8::2", 129));
}
END_TEST

START_TEST(pings_that_become_udp)
{
	add_ip4("10.0.2.15", "255.255.255.255", IPPROTO_ICMP, 0);
	ck_assert(!allowed());
}
END_TEST

START_TEST(dhcp)
{
	ck_assert(UDP4("255.255.255.255", 67, 0));
	ck_assert(UDP4(HOST, 67, 0));
	ck_assert(!UDP4("127.0.0.1", 67, 0));
	ck_assert(UDP6(HOST6, 547));
	ck_assert(UDP6("ff02::1:2", 547));
	ck_assert(!UDP6("ff02::1", 547));
	ck_assert(!UDP6("fec0::7", 547));
}
END_TEST

/* Segments of a connection into the guest pass; a fragment could open one to the host. */
START_TEST(established)
{
	ck_assert(TCP4(HOST, false, true, 0));
	ck_assert(TCP4(HOST, true, true, 0));
	ck_assert(TCP6(HOST6, false, true));
	ck_assert(!TCP4(HOST, false, true, IP_MF));
	ck_assert(!TCP4(HOST, false, true, 1));
	add_ip4("10.0.2.15", HOST, IPPROTO_TCP, 0);
	add("12345678", 8);
	ck_assert(!allowed());
}
END_TEST

static void sent(bool ipv6, const char *from, uint16_t port, uint16_t guest)
{
	struct frame f;

	if (ipv6)
		add_ip6(from, "fec0::15", IPPROTO_UDP);
	else
		add_ip4(from, "10.0.2.15", IPPROTO_UDP, 0);
	add_udp(port, guest);
	ck_assert(frame_parse(&f, data, len));
	reach_sent(&reach, &f);
}

START_TEST(answers)
{
	ck_assert(!UDP4(HOST, 40000, 0));
	sent(false, "192.0.2.1", 40000, 1000);
	ck_assert(!UDP4(HOST, 40000, 0));
	sent(false, HOST, 40000, 1001);
	ck_assert(!UDP4(HOST, 40000, 0));
	sent(false, HOST, 40000, 1000);
	ck_assert(UDP4(HOST, 40000, 0));
	ck_assert(UDP4(HOST, 40000, IP_MF));
	ck_assert(!UDP4(HOST, 40001, 0));
	ck_assert(!UDP6(HOST6, 40000));
	sent(true, HOST6, 40000, 1000);
	ck_assert(UDP6(HOST6, 40000));

	/* A known peer does not take the place of another one. */
	for (int i = 0; i < 2 * REACH_PEERS; i++)
		sent(false, HOST, 40000, 1000);
	ck_assert(UDP6(HOST6, 40000));
	for (int i = 0; i < REACH_PEERS; i++)
		sent(false, HOST, 1 + i, 2000);
	ck_assert(!UDP4(HOST, 40000, 0));
}
END_TEST

START_TEST(wanted)
{
	reach.loopback = true;
	ck_assert(UDP4(HOST, 53, 0));
	ck_assert(TCP4(HOST, true, false, 0));
	ck_assert(TCP6(HOST6, true, false));
	ck_assert(!UDP4("127.0.0.1", 53, 0));
	ck_assert(!TCP6("::1", true, false));
}
END_TEST

/* Headers that end too early: libslirp drops the frame, or it is refused. */
START_TEST(cut_short)
{
	struct frame f;

	TCP4(HOST, true, false, 0);
	for (size_t n = 0; n < len; n++) {
		if (!frame_parse(&f, data, n))
			continue;
		ck_assert(!reach_allows(&reach, &f));
	}
	TCP6(HOST6, true, false);
	for (size_t n = 0; n < len; n++) {
		if (!frame_parse(&f, data, n))
			continue;
		ck_assert(!reach_allows(&reach, &f));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("reach");
	TCase *tc = tcase_create("reach");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, keeps_away);
	tcase_add_test(tc, lets_pass);
	tcase_add_test(tc, pings_that_become_udp);
	tcase_add_test(tc, pings_by_ipv6);
	tcase_add_test(tc, dhcp);
	tcase_add_test(tc, established);
	tcase_add_test(tc, answers);
	tcase_add_test(tc, wanted);
	tcase_add_test(tc, cut_short);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

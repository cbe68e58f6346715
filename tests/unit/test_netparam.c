// SPDX-License-Identifier: GPL-2.0
/*
 * The value of ethN=, and stable MAC addresses.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "common/netparam.h"
#include "suite.h"

static struct net_param p;
static struct err err;

static void parse(const char *text)
{
	if (netparam_parse(&p, text, &err))
		ck_abort_msg("%s: %s", text, err.text);
}

START_TEST(tuntap)
{
	static const uint8_t mac[] = { 2, 0xab, 0xcd, 0xef, 1, 9 };

	parse("tuntap");
	ck_assert_int_eq(p.kind, NET_TUNTAP);
	ck_assert_str_eq(p.ifname, "");
	ck_assert_str_eq(p.bridge, "");
	ck_assert(!p.has_mac);
	ck_assert_uint_eq(p.mtu, 0);

	parse("tuntap,tap0,02:ab:CD:eF:01:09");
	ck_assert_str_eq(p.ifname, "tap0");
	ck_assert(p.has_mac);
	ck_assert_mem_eq(p.mac, mac, sizeof(mac));

	parse("tuntap,,02:ab:cd:ef:01:09,bridge=br0");
	ck_assert_str_eq(p.ifname, "");
	ck_assert(p.has_mac);
	ck_assert_str_eq(p.bridge, "br0");

	parse("tuntap,bridge=br0,fifteen-letters,mtu=9000,");
	ck_assert_str_eq(p.ifname, "fifteen-letters");
	ck_assert_str_eq(p.bridge, "br0");
	ck_assert_uint_eq(p.mtu, 9000);
	ck_assert(!p.has_mac);
}
END_TEST

static void check_redir(unsigned int i, bool udp, const char *addr,
			unsigned int host, unsigned int guest)
{
	const struct net_redir *r = &p.redirs[i];

	char text[INET6_ADDRSTRLEN];

	ck_assert_int_eq(r->udp, udp);
	inet_ntop(r->ipv6 ? AF_INET6 : AF_INET, &r->addr6, text, sizeof(text));
	ck_assert_str_eq(text, addr);
	ck_assert_uint_eq(r->host_port, host);
	ck_assert_uint_eq(r->guest_port, guest);
}

START_TEST(slirp)
{
	parse("slirp");
	ck_assert_int_eq(p.kind, NET_SLIRP);
	ck_assert_uint_eq(p.nr_redirs, 0);
	ck_assert(!p.loopback);
	ck_assert(!p.restricted);

	parse("slirp,02:00:00:00:00:01,tcp:2222:22/udp:127.0.0.1:5353:53,mtu=68");
	ck_assert(p.has_mac);
	ck_assert_uint_eq(p.mtu, 68);
	ck_assert_uint_eq(p.nr_redirs, 2);
	check_redir(0, false, "127.0.0.1", 2222, 22);
	check_redir(1, true, "127.0.0.1", 5353, 53);

	parse("slirp,,tcp:10.1.2.3:65534:1:2/");
	ck_assert_uint_eq(p.nr_redirs, 2);
	check_redir(0, false, "10.1.2.3", 65534, 1);
	check_redir(1, false, "10.1.2.3", 65535, 2);

	parse("slirp,,udp:1000:2000:128");
	ck_assert_uint_eq(p.nr_redirs, NET_REDIRS_MAX);
	check_redir(127, true, "127.0.0.1", 1127, 2127);

	parse("slirp,,tcp:*:2222:22/tcp:[::1]:2222:22/udp:[2001:db8::7]:1:2:2/tcp:[::]:3:4");
	ck_assert_uint_eq(p.nr_redirs, 5);
	check_redir(0, false, "0.0.0.0", 2222, 22);
	check_redir(1, false, "::1", 2222, 22);
	check_redir(2, true, "2001:db8::7", 1, 2);
	check_redir(3, true, "2001:db8::7", 2, 3);
	check_redir(4, false, "::", 3, 4);
}
END_TEST

START_TEST(reach)
{
	parse("slirp,hostloopback");
	ck_assert(p.loopback);
	ck_assert(!p.restricted);
	ck_assert(!p.has_mac);

	parse("slirp,02:00:00:00:00:01,restrict,tcp:2222:22,mtu=1400");
	ck_assert(!p.loopback);
	ck_assert(p.restricted);
	ck_assert(p.has_mac);
	ck_assert_uint_eq(p.nr_redirs, 1);
	ck_assert_uint_eq(p.mtu, 1400);

	/* "restrict" is a valid name of a TAP. */
	parse("tuntap,restrict");
	ck_assert_str_eq(p.ifname, "restrict");
}
END_TEST

START_TEST(nothing)
{
	parse("");
	ck_assert_int_eq(p.kind, NET_NONE);
}
END_TEST

#define NOT_A_MAC	": not an interface's address: give one like " MAC_EXAMPLE ", or none"
#define NOT_A_NAME	": not the name of an interface: give up to 15 characters, like tap0"
#define NOT_A_REDIR	": not a redirection: give one like tcp:2222:22, tcp:*:2222:22 or udp:[::1]:5353:53"
#define NOT_AN_MTU	": not an MTU: give 68 to 9000"

static const struct {
	const char *text;
	const char *error;
} refused[] = {
	{ "tap", "tap: no such network: use tuntap or slirp" },
	{ ",", ": no such network: use tuntap or slirp" },
	{ "tuntap=", "tuntap=: no such network: use tuntap or slirp" },
	{ "tuntap,bridge=sixteen-letters-", "sixteen-letters-" NOT_A_NAME },
	{ "tuntap,a\tb", "a\tb" NOT_A_NAME },
	{ "tuntap,tap%d", "tap%d" NOT_A_NAME },
	{ "tuntap,../x", "../x" NOT_A_NAME },
	{ "tuntap,.", "." NOT_A_NAME },
	{ "tuntap,a:0", "a:0" NOT_A_NAME },
	{ "tuntap,bridge=", "bridge=: empty: name a bridge" },
	{ "tuntap,bridge=a/b", "a/b" NOT_A_NAME },
	{ "tuntap,a,x", "x" NOT_A_MAC },
	{ "tuntap,a,02:00:00:00:00:0", "02:00:00:00:00:0" NOT_A_MAC },
	{ "tuntap,a,02:00:00:00:00:000", "02:00:00:00:00:000" NOT_A_MAC },
	{ "tuntap,a,02:00:00:00:00-01", "02:00:00:00:00-01" NOT_A_MAC },
	{ "tuntap,a,02:00:00:00:00:0g", "02:00:00:00:00:0g" NOT_A_MAC },
	{ "tuntap,a,00:00:00:00:00:00", "00:00:00:00:00:00" NOT_A_MAC },
	{ "tuntap,a,03:00:00:00:00:00", "03:00:00:00:00:00" NOT_A_MAC },
	{ "tuntap,a,,b", "b: one too many: write tuntap,IFNAME,MAC" },
	{ "tuntap,mut=5", "mut=5: no such setting: there is mtu=, and bridge=" },
	{ "tuntap,mtu=67", "mtu=67" NOT_AN_MTU },
	{ "tuntap,mtu=9001", "mtu=9001" NOT_AN_MTU },
	{ "tuntap,mtu=", "mtu=" NOT_AN_MTU },
	{ "tuntap,mtu=-1", "mtu=-1" NOT_AN_MTU },
	{ "tuntap,mtu=4294967396", "mtu=4294967396" NOT_AN_MTU },
	{ "slirp,bridge=br0", "bridge=br0: no such setting: there is mtu=, hostloopback and restrict" },
	{ "slirp,tcp:2222:22", "tcp:2222:22" NOT_A_MAC },
	{ "slirp,,tcp", "tcp" NOT_A_REDIR },
	{ "slirp,,sctp:1:2", "sctp:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:1", "tcp:1" NOT_A_REDIR },
	{ "slirp,,tcp:1:", "tcp:1:" NOT_A_REDIR },
	{ "slirp,,tcp:0:1", "tcp:0:1" NOT_A_REDIR },
	{ "slirp,,tcp:1:65536", "tcp:1:65536" NOT_A_REDIR },
	{ "slirp,,tcp:1:2:0", "tcp:1:2:0" NOT_A_REDIR },
	{ "slirp,,tcp:65535:1:2", "tcp:65535:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:1:2:3:4", "tcp:1:2:3:4" NOT_A_REDIR },
	{ "slirp,,tcp:1.2.3.4:1", "tcp:1.2.3.4:1" NOT_A_REDIR },
	{ "slirp,,tcp:1.2.3.256:1:2", "tcp:1.2.3.256:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:1111.1111.1111.1111:1:2",
	  "tcp:1111.1111.1111.1111:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:[::1:2222:22", "tcp:[::1:2222:22" NOT_A_REDIR },
	{ "slirp,,tcp:[::1]", "tcp:[::1]" NOT_A_REDIR },
	{ "slirp,,tcp:[::1]:", "tcp:[::1]:" NOT_A_REDIR },
	{ "slirp,,tcp:[::1]2222:22", "tcp:[::1]2222:22" NOT_A_REDIR },
	{ "slirp,,tcp:[127.0.0.1]:1:2", "tcp:[127.0.0.1]:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:[fe80::1%lo]:1:2", "tcp:[fe80::1%lo]:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:[]:1:2", "tcp:[]:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:**:1:2", "tcp:**:1:2" NOT_A_REDIR },
	{ "slirp,,tcp:::1:2", "tcp:::1:2" NOT_A_REDIR },
	{ "slirp,hostloopback,restrict",
	  "restrict and hostloopback: leave one of them out" },
	{ "slirp,restrict,,udp:1:2",
	  "restrict: takes no answers by UDP: redirect TCP only, or leave it out" },
	{ "slirp,,tcp:1:1:100/udp:1:1:29",
	  "udp:1:1:29: more than 128 redirected ports: leave some out" },
	{ "slirp,,,", ": one too many: write slirp,MAC,REDIRECTION/REDIRECTION" },
};

START_TEST(refuses)
{
	ck_assert_int_eq(netparam_parse(&p, refused[_i].text, &err), -1);
	ck_assert_str_eq(err.text, refused[_i].error);
}
END_TEST

START_TEST(stable_mac)
{
	uint8_t a[MAC_BYTES], b[MAC_BYTES];

	mac_from_name("guest", 0, a);
	ck_assert_uint_eq(a[0], 0x02);
	mac_from_name("guest", 0, b);
	ck_assert_mem_eq(a, b, sizeof(a));
	mac_from_name("guest", 1, b);
	ck_assert_mem_ne(a, b, sizeof(a));
	mac_from_name("guest1", 0, b);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

static int compare_macs(const void *a, const void *b)
{
	return memcmp(a, b, MAC_BYTES);
}

/* The interfaces of a thousand guests with similar names. */
START_TEST(different_macs)
{
	static uint8_t macs[8000][MAC_BYTES];
	char name[16];

	for (int i = 0; i < 8000; i++) {
		snprintf(name, sizeof(name), "guest%d", i / 8);
		mac_from_name(name, i % 8, macs[i]);
	}
	qsort(macs, 8000, MAC_BYTES, compare_macs);
	for (int i = 1; i < 8000; i++)
		ck_assert_mem_ne(macs[i - 1], macs[i], MAC_BYTES);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("netparam");
	TCase *tc = tcase_create("netparam");

	tcase_add_test(tc, tuntap);
	tcase_add_test(tc, slirp);
	tcase_add_test(tc, reach);
	tcase_add_test(tc, nothing);
	tcase_add_loop_test(tc, refuses, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tc, stable_mac);
	tcase_add_test(tc, different_macs);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

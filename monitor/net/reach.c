// SPDX-License-Identifier: GPL-2.0
/*
 * The services of its host that a guest may reach over user-mode networking. A filter
 * of frames between conet_slirp.c and libslirp.
 *
 * libslirp takes several destination addresses for the host, and connects to the
 * host's loopback interface. Some other addresses it passes to the host's kernel,
 * which does the same. libslirp has an option against this (disable_host_loopback),
 * but then a guest behind a redirected UDP port cannot answer a program on the host.
 * So this filter drops frames that would open a flow to the loopback interface, and
 * passes answers.
 */
#include <string.h>

#include "reach.h"

#define BOOTP_SERVER	67
#define DHCP6_SERVER	547

/**
 * reach_init() - initialize the filter of an interface
 * @r:		filled in
 * @loopback:	true if the guest may use services of the loopback interface
 * @host:	the host's address in the guest's network
 * @host6:	likewise for IPv6
 */
void reach_init(struct reach *r, bool loopback, struct in_addr host,
		const struct in6_addr *host6)
{
	*r = (struct reach) {
		.loopback = loopback,
		.host.s6_addr = { [10] = 0xff, [11] = 0xff },
		.host6 = *host6,
	};
	memcpy(r->host.s6_addr + 12, &host, sizeof(host));
}

/*
 * 127.0.0.0/8 and ::1. Also 0.0.0.0 and ::, with which the host's kernel connects to
 * itself. Also IPv4 addresses in the form of IPv6, to which an IPv6 socket connects.
 */
static bool is_loopback(const struct frame *f)
{
	const uint8_t *to = f->to.s6_addr;
	uint32_t addr;

	if (f->ipv6)
		return IN6_IS_ADDR_V4MAPPED(&f->to) ||
		       IN6_IS_ADDR_LOOPBACK(&f->to) ||
		       IN6_IS_ADDR_UNSPECIFIED(&f->to) ||
		       IN6_IS_ADDR_V4COMPAT(&f->to);
	memcpy(&addr, to + 12, sizeof(addr));
	return to[12] == IN_LOOPBACKNET || addr == htonl(INADDR_ANY);
}

/* The addresses that libslirp takes for the host. */
static bool is_host(const struct reach *r, const struct frame *f)
{
	static const struct in6_addr all_nodes = {
		.s6_addr = { 0xff, 0x02, [15] = 1 },
	};
	const uint8_t *to = f->to.s6_addr;
	uint32_t addr;

	if (f->ipv6)
		return !memcmp(to, r->host6.s6_addr, 8) ||
		       IN6_ARE_ADDR_EQUAL(&f->to, &all_nodes);
	memcpy(&addr, to + 12, sizeof(addr));
	return IN6_ARE_ADDR_EQUAL(&f->to, &r->host) ||
	       addr == htonl(INADDR_BROADCAST);
}

/* libslirp's IPv6 name server: the address behind the host's, with no other service. */
static bool is_name_server(const struct reach *r, const struct frame *f)
{
	struct in6_addr server = r->host6;

	server.s6_addr[15]++;
	return f->ipv6 && IN6_ARE_ADDR_EQUAL(&f->to, &server);
}

/* Host and name server, by their addresses in the network or their link-local ones. */
static bool answers_pings(const struct reach *r, const struct frame *f)
{
	static const uint8_t link[8] = { 0xfe, 0x80 };
	const uint8_t *to = f->to.s6_addr, *host = r->host6.s6_addr;

	return (!memcmp(to, host, 8) || !memcmp(to, link, 8)) &&
	       !memcmp(to + 8, host + 8, 7) &&
	       (to[15] == host[15] || to[15] == host[15] + 1);
}

static bool is_answer(const struct reach *r, const struct frame *f)
{
	for (unsigned int i = 0; i < REACH_PEERS; i++) {
		const struct reach_peer *p = &r->peers[i];

		if (p->guest_port && p->guest_port == f->from_port &&
		    p->port == f->to_port && p->ipv6 == f->ipv6)
			return true;
	}
	return false;
}

/* DHCP, which libslirp answers itself. */
static bool is_dhcp(const struct reach *r, const struct frame *f)
{
	if (f->ipv6)
		return f->to_port == DHCP6_SERVER &&
		       IN6_ARE_ADDR_EQUAL(&f->to, &r->host6);
	return f->to_port == BOOTP_SERVER;
}

/**
 * reach_allows() - may the guest send this frame?
 * @r:		the filter
 * @f:		the frame
 *
 * Return: true if it may.
 */
bool reach_allows(const struct reach *r, const struct frame *f)
{
	if (is_loopback(f))
		return false;
	/* For other destinations libslirp itself prints a line to standard error. */
	if (f->ping6 && !answers_pings(r, f))
		return false;
	if (r->loopback || !is_host(r, f) || is_name_server(r, f))
		return true;
	switch (f->protocol) {
	case IPPROTO_UDP:
		/* A later fragment is useless without the first one. */
		return f->whole ? is_dhcp(r, f) || is_answer(r, f) : f->fragment;
	case IPPROTO_TCP:
		/* Reassembled fragments could open a connection. */
		return f->whole && !f->fragment && !f->opens;
	default:
		/* libslirp sends a ping to 255.255.255.255 by UDP. */
		return f->ipv6 || IN6_ARE_ADDR_EQUAL(&f->to, &r->host);
	}
}

/**
 * reach_sent() - allow the guest to answer a frame that it is sent
 * @r:		the filter
 * @f:		the frame
 *
 * Remembers the peer of a UDP frame from the host.
 */
void reach_sent(struct reach *r, const struct frame *f)
{
	const struct reach_peer peer = {
		.ipv6 = f->ipv6,
		.port = f->from_port,
		.guest_port = f->to_port,
	};
	const struct frame answer = {
		.ipv6 = f->ipv6,
		.from_port = f->to_port,
		.to_port = f->from_port,
	};

	if (f->protocol != IPPROTO_UDP || !f->whole || is_answer(r, &answer) ||
	    !IN6_ARE_ADDR_EQUAL(&f->from, f->ipv6 ? &r->host6 : &r->host))
		return;
	r->peers[r->next++ % REACH_PEERS] = peer;
}

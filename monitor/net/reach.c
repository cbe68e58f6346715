// SPDX-License-Identifier: GPL-2.0
/*
 * What of its host a guest reaches over user-mode networking.
 *
 * libslirp takes several addresses for the host and connects to its loopback
 * interface then; others it leaves to the host's kernel, which does the same.
 * It can be told not to do so (disable_host_loopback), but then a redirected UDP
 * port cannot answer a program of the host either. So what opens a way to the
 * loopback interface is kept from it, and answers are not.
 */
#include <string.h>

#include "reach.h"

#define BOOTP_SERVER	67
#define DHCP6_SERVER	547

/**
 * reach_init() - begin with a guest
 * @r:		filled in
 * @loopback:	it may use the loopback interface's services
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
 * 127.0.0.0/8, ::1, and 0.0.0.0 and ::, by which the host's kernel means itself;
 * for an IPv6 socket also IPv4 addresses in one of IPv6.
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

/* What libslirp takes for the host. */
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

/* Its name server has an address of its own, and nothing but that. */
static bool is_name_server(const struct reach *r, const struct frame *f)
{
	struct in6_addr server = r->host6;

	server.s6_addr[15]++;
	return f->ipv6 && IN6_ARE_ADDR_EQUAL(&f->to, &server);
}

/* Host and name server, by their addresses here or those of the link. */
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

/* What libslirp answers itself. */
static bool is_dhcp(const struct reach *r, const struct frame *f)
{
	if (f->ipv6)
		return f->to_port == DHCP6_SERVER &&
		       IN6_ARE_ADDR_EQUAL(&f->to, &r->host6);
	return f->to_port == BOOTP_SERVER;
}

/**
 * reach_allows() - may the guest send this?
 * @r:		the guest's
 * @f:		what it sends
 *
 * Return: true if so.
 */
bool reach_allows(const struct reach *r, const struct frame *f)
{
	if (is_loopback(f))
		return false;
	/* For others libslirp writes a line of its own to standard error. */
	if (f->ping6 && !answers_pings(r, f))
		return false;
	if (r->loopback || !is_host(r, f) || is_name_server(r, f))
		return true;
	switch (f->protocol) {
	case IPPROTO_UDP:
		/* A later fragment is of use only behind a first one. */
		return f->whole ? is_dhcp(r, f) || is_answer(r, f) : f->fragment;
	case IPPROTO_TCP:
		/* Fragments could open a connection once they are put together. */
		return f->whole && !f->fragment && !f->opens;
	default:
		/* To 255.255.255.255 libslirp sends a ping by UDP. */
		return f->ipv6 || IN6_ARE_ADDR_EQUAL(&f->to, &r->host);
	}
}

/**
 * reach_sent() - the guest is sent something: it may answer
 * @r:		the guest's
 * @f:		what it is sent
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

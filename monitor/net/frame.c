// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of frames. See frame.h.
 *
 * They are parsed as libslirp parses them. It gets the frame next, and checks the
 * fields that do not matter here.
 */
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>

#include "frame.h"

static struct in6_addr map_address(uint32_t addr)
{
	struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	memcpy(mapped.s6_addr + 12, &addr, sizeof(addr));
	return mapped;
}

/* @data is what follows the IP header; not for a later fragment, which has no ports. */
static void parse_ports(struct frame *f, const uint8_t *data, size_t len)
{
	struct udphdr udp;
	struct tcphdr tcp;

	if (f->protocol == IPPROTO_UDP && len >= sizeof(udp)) {
		memcpy(&udp, data, sizeof(udp));
		f->from_port = ntohs(udp.source);
		f->to_port = ntohs(udp.dest);
		f->whole = true;
	} else if (f->protocol == IPPROTO_TCP && len >= sizeof(tcp)) {
		memcpy(&tcp, data, sizeof(tcp));
		f->from_port = ntohs(tcp.source);
		f->to_port = ntohs(tcp.dest);
		f->opens = tcp.syn && !tcp.ack;
		f->whole = true;
	} else if (f->ipv6 && f->protocol == IPPROTO_ICMPV6 && len) {
		f->ping6 = data[0] == ICMP6_ECHO_REQUEST;
	}
}

static bool parse4(struct frame *f, const uint8_t *data, size_t len)
{
	struct iphdr ip;
	unsigned int offset;
	size_t header;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, data, sizeof(ip));
	header = (size_t)ip.ihl * 4;
	if (ip.version != IPVERSION || header < sizeof(ip) || header > len)
		return false;
	f->protocol = ip.protocol;
	f->from = map_address(ip.saddr);
	f->to = map_address(ip.daddr);
	offset = ntohs(ip.frag_off) & IP_OFFMASK;
	f->fragment = offset || ntohs(ip.frag_off) & IP_MF;
	if (!offset)
		parse_ports(f, data + header, len - header);
	return true;
}

/* libslirp supports no extension headers before the UDP or TCP header. */
static bool parse6(struct frame *f, const uint8_t *data, size_t len)
{
	struct ip6_hdr ip;

	if (len < sizeof(ip))
		return false;
	memcpy(&ip, data, sizeof(ip));
	f->ipv6 = true;
	f->protocol = ip.ip6_nxt;
	f->from = ip.ip6_src;
	f->to = ip.ip6_dst;
	parse_ports(f, data + sizeof(ip), len - sizeof(ip));
	return true;
}

/**
 * frame_parse() - parse the headers of a frame
 * @f:		filled in
 * @data:	the frame, in memory that the guest cannot change
 * @len:	its bytes
 *
 * Return: true if it is an IPv4 or IPv6 frame.
 */
bool frame_parse(struct frame *f, const uint8_t *data, size_t len)
{
	*f = (struct frame) { .ipv6 = false };
	if (len < ETH_HLEN)
		return false;
	switch (data[12] << 8 | data[13]) {
	case ETH_P_IP:
		return parse4(f, data + ETH_HLEN, len - ETH_HLEN);
	case ETH_P_IPV6:
		return parse6(f, data + ETH_HLEN, len - ETH_HLEN);
	default:
		return false;
	}
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Headers of frames. User-mode networking parses a guest's frame before libslirp does,
 * and passes on or refuses it.
 */
#ifndef MONITOR_FRAME_H
#define MONITOR_FRAME_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct frame - headers of a frame of IPv4 or IPv6
 * @ipv6:	IPv6
 * @protocol:	IPPROTO_*
 * @from:	source address, ::ffff:A.B.C.D for IPv4
 * @to:		destination address, in the same form
 * @fragment:	true for a fragment of an IPv4 packet
 * @whole:	true if the UDP or TCP header is complete: @from_port, @to_port and
 *		@opens are valid
 * @from_port:	source port
 * @to_port:	destination port
 * @opens:	true if it opens a TCP connection
 * @ping6:	true for an ICMPv6 echo request; valid without @whole
 */
struct frame {
	bool ipv6;
	uint8_t protocol;
	struct in6_addr from;
	struct in6_addr to;
	bool fragment;
	bool whole;
	uint16_t from_port;
	uint16_t to_port;
	bool opens;
	bool ping6;
};

bool frame_parse(struct frame *f, const uint8_t *data, size_t len);

#endif /* MONITOR_FRAME_H */

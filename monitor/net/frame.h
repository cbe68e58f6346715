/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames as far as user-mode networking has to know them, which looks at them
 * before libslirp does.
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
 * @from:	source, ::ffff:A.B.C.D if that is of IPv4
 * @to:		destination, in the same form
 * @fragment:	it is a part of a packet
 * @whole:	the rest is valid: its header of UDP or TCP is there
 * @from_port:	source port
 * @to_port:	destination port
 * @opens:	it opens a TCP connection
 * @ping6:	it is an echo request of ICMPv6, whatever @whole says
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

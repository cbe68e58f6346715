/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of its host a guest reaches over user-mode networking.
 */
#ifndef MONITOR_REACH_H
#define MONITOR_REACH_H

#include "frame.h"

/* Peers on the host that may be answered by UDP; a power of two. */
#define REACH_PEERS	256

/**
 * struct reach_peer - somebody on the host who has sent to the guest by UDP
 * @ipv6:	over IPv6
 * @port:	its port
 * @guest_port:	the guest's port, 0 for nobody
 */
struct reach_peer {
	bool ipv6;
	uint16_t port;
	uint16_t guest_port;
};

/**
 * struct reach - what of its host a guest reaches
 * @loopback:	the services of its loopback interface too
 * @host:	its address in the guest's network
 * @host6:	its IPv6 address there, whose first half all addresses there have
 * @peers:	who may be answered
 * @next:	the peer that is forgotten next
 */
struct reach {
	bool loopback;
	struct in6_addr host;
	struct in6_addr host6;
	struct reach_peer peers[REACH_PEERS];
	unsigned int next;
};

void reach_init(struct reach *r, bool loopback, struct in_addr host,
		const struct in6_addr *host6);
bool reach_allows(const struct reach *r, const struct frame *f);
void reach_sent(struct reach *r, const struct frame *f);

#endif /* MONITOR_REACH_H */

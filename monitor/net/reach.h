/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The services of its host that a guest may reach over user-mode networking.
 */
#ifndef MONITOR_REACH_H
#define MONITOR_REACH_H

#include "frame.h"

/* Peers on the host that the guest may answer by UDP; a power of two. */
#define REACH_PEERS	256

/**
 * struct reach_peer - a program on the host that has sent UDP to the guest
 * @ipv6:	true if over IPv6
 * @port:	its port
 * @guest_port:	the guest's port, 0 for an unused entry
 */
struct reach_peer {
	bool ipv6;
	uint16_t port;
	uint16_t guest_port;
};

/**
 * struct reach - the services of its host that a guest may reach
 * @loopback:	true if also those of the loopback interface
 * @host:	the host's address in the guest's network
 * @host6:	the host's IPv6 address there; its first half is the network's prefix
 * @peers:	the peers that the guest may answer
 * @next:	counter of peers; its low bits are the entry that is replaced next
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

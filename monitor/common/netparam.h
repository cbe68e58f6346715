/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of one network interface: the value of ethN=.
 */
#ifndef MONITOR_NETPARAM_H
#define MONITOR_NETPARAM_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

#define MAC_BYTES	6

/* Example of an address that mac_parse() accepts, for messages. */
#define MAC_EXAMPLE	"02:00:00:12:34:56"

#define NET_MTU_MIN	68
#define NET_MTU_MAX	9000
#define NET_MTU_DEFAULT	1500

/* Limit of redirected ports of an interface. */
#define NET_REDIRS_MAX	128

enum net_kind {
	NET_NONE,
	NET_TUNTAP,
	NET_SLIRP,
};

/**
 * struct net_redir - a port of the host that is redirected to the guest
 * @udp:	true for UDP, false for TCP
 * @ipv6:	true for IPv6, false for IPv4, on both sides
 * @addr:	IPv4 address of the host to listen at
 * @addr6:	IPv6 address of the host to listen at
 * @host_port:	port there
 * @guest_port:	port of the guest
 */
struct net_redir {
	bool udp;
	bool ipv6;
	union {
		struct in_addr addr;
		struct in6_addr addr6;
	};
	uint16_t host_port;
	uint16_t guest_port;
};

/**
 * struct net_param - parameters of an interface
 * @kind:	kind of the backend, NET_NONE if there is no interface
 * @has_mac:	true if @mac was given
 * @mac:	its MAC address
 * @mtu:	its MTU, 0 if not given
 * @ifname:	NET_TUNTAP: name of the TAP, "" for any
 * @bridge:	NET_TUNTAP: bridge that the TAP becomes a port of, "" for none
 * @loopback:	NET_SLIRP: true if the guest may reach the host's loopback interface
 * @restricted:	NET_SLIRP: true if the guest can open no connections, only accept
 *		redirected ones
 * @redirs:	NET_SLIRP: redirected ports
 * @nr_redirs:	their number
 */
struct net_param {
	enum net_kind kind;
	bool has_mac;
	uint8_t mac[MAC_BYTES];
	unsigned int mtu;
	char ifname[IFNAMSIZ];
	char bridge[IFNAMSIZ];
	bool loopback;
	bool restricted;
	struct net_redir redirs[NET_REDIRS_MAX];
	unsigned int nr_redirs;
};

void netparam_mac(const struct net_param *p, const char *name,
		  unsigned int unit, uint8_t mac[MAC_BYTES]);
int netparam_parse(struct net_param *p, const char *value, struct err *err);
int mac_parse(const char *text, size_t len, uint8_t mac[MAC_BYTES]);
void mac_from_name(const char *name, unsigned int unit, uint8_t mac[MAC_BYTES]);

#endif /* MONITOR_NETPARAM_H */

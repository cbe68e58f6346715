/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ethernet addresses: as text, and made up.
 */
#ifndef MONITOR_MAC_H
#define MONITOR_MAC_H

#include <stddef.h>
#include <stdint.h>

#define MAC_BYTES	6

/* What mac_parse() expects, for messages. */
#define MAC_EXAMPLE	"02:00:00:12:34:56"

int mac_parse(const char *text, size_t len, uint8_t mac[MAC_BYTES]);
void mac_from_name(const char *name, unsigned int unit, uint8_t mac[MAC_BYTES]);

#endif /* MONITOR_MAC_H */

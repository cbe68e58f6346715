// SPDX-License-Identifier: GPL-2.0
/*
 * Ethernet addresses: as text, and made up. See mac.h.
 */
#include <ctype.h>
#include <string.h>

#include "mac.h"

#define MULTICAST	0x01
#define LOCAL		0x02

/* FNV-1a, 64 bits: offset basis and prime as its authors give them. */
#define FNV_BASIS	0xcbf29ce484222325ULL
#define FNV_PRIME	0x100000001b3ULL

static int hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

/**
 * mac_parse() - read an address
 * @text:	six pairs of hexadecimal digits with colons between them
 * @len:	its characters
 * @mac:	filled in
 *
 * Return: 0, or -1 if it is not an address an interface can have: broken,
 * multicast, or zero.
 */
int mac_parse(const char *text, size_t len, uint8_t mac[MAC_BYTES])
{
	static const uint8_t zero[MAC_BYTES];

	if (len != MAC_BYTES * 3 - 1)
		return -1;
	for (int i = 0; i < MAC_BYTES; i++) {
		int high = hex_digit(text[0]);
		int low = hex_digit(text[1]);

		if (high < 0 || low < 0)
			return -1;
		if (i < MAC_BYTES - 1 && text[2] != ':')
			return -1;
		mac[i] = high << 4 | low;
		text += 3;
	}
	if (mac[0] & MULTICAST || !memcmp(mac, zero, MAC_BYTES))
		return -1;
	return 0;
}

/**
 * mac_from_name() - make up an address that is always the same
 * @name:	of the guest
 * @unit:	of the interface
 * @mac:	filled in: locally administered, with 40 bits out of @name and
 *		@unit
 */
void mac_from_name(const char *name, unsigned int unit, uint8_t mac[MAC_BYTES])
{
	uint64_t hash = FNV_BASIS;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * FNV_PRIME;
	hash = (hash ^ unit) * FNV_PRIME;
	/* Its low bits alone depend too little on the last bytes. */
	hash ^= hash >> 40;

	mac[0] = LOCAL;
	for (int i = 1; i < MAC_BYTES; i++) {
		mac[i] = hash;
		hash >>= 8;
	}
}

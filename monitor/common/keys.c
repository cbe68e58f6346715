// SPDX-License-Identifier: GPL-2.0
/*
 * Keys that are not for the guest, for front.c and for colinux. See keys.h.
 */
#include "keys.h"

#define ESCAPE		(']' & 0x1f)

/**
 * keys_take() - remove the keys that are not for the guest
 * @keys:	the parser
 * @buf:	the input; changed in place
 * @len:	its bytes
 *
 * Return: number of bytes for the guest.
 */
size_t keys_take(struct keys *keys, char *buf, size_t len)
{
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (!keys->pressed && buf[i] == ESCAPE) {
			keys->pressed = true;
		} else if (keys->pressed && buf[i] != ESCAPE) {
			keys->pressed = false;
			if (!keys->key(keys, buf[i]))
				break;
		} else {
			keys->pressed = false;
			buf[out++] = buf[i];
		}
	}
	return out;
}

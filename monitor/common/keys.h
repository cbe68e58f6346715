/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys on the guest's console that are not for the guest: those that follow Ctrl-].
 */
#ifndef MONITOR_KEYS_H
#define MONITOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* The help text. A program adds its own keys with @before and @after. */
#define KEYS_HELP(program, before, after, newline)			\
	newline								\
	program ": Ctrl-] and then" newline				\
	before								\
	"  q       ask the guest to power off" newline			\
	after								\
	"  Ctrl-]  send Ctrl-] to the guest" newline			\
	"  ?       show this" newline

/**
 * struct keys - parser of these keys
 * @pressed:	true if Ctrl-] was the last key
 * @key:	callback for the key that follows Ctrl-]; false to discard the rest of
 *		the input
 */
struct keys {
	bool pressed;
	bool (*key)(struct keys *keys, char key);
};

size_t keys_take(struct keys *keys, char *buf, size_t len);

#endif /* MONITOR_KEYS_H */

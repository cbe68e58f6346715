/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys of a terminal on the guest's console that are not for the guest.
 */
#ifndef MONITOR_KEYS_H
#define MONITOR_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/* What there is to say of them; @before and @after are a program's own. */
#define KEYS_HELP(program, before, after, newline)			\
	newline								\
	program ": Ctrl-] and then" newline				\
	before								\
	"  q       ask the guest to power off" newline			\
	after								\
	"  Ctrl-]  send Ctrl-] to the guest" newline			\
	"  ?       show this" newline

/**
 * struct keys - looks for them
 * @pressed:	Ctrl-] was the last key
 * @key:	called with the key behind Ctrl-]; false if what follows is nobody's
 */
struct keys {
	bool pressed;
	bool (*key)(struct keys *keys, char key);
};

size_t keys_take(struct keys *keys, char *buf, size_t len);

#endif /* MONITOR_KEYS_H */

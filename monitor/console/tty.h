/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The terminal colinux-run was started from.
 */
#ifndef MONITOR_TTY_H
#define MONITOR_TTY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/msg.h"

/* What the user can ask for behind Ctrl-]. */
enum tty_key {
	TTY_KEY_POWER_OFF,
	TTY_KEY_FORCE,
	TTY_KEY_HELP,
};

/**
 * struct tty_escape - looks for keys that are not for the guest
 * @pressed:	Ctrl-] was the last key
 * @key:	called with what the user asks for
 */
struct tty_escape {
	bool pressed;
	void (*key)(struct tty_escape *esc, enum tty_key key);
};

int tty_raw(struct err *err);
void tty_resume(void);
void tty_restore(void);
int tty_size(unsigned int *cols, unsigned int *rows);

size_t tty_escape(struct tty_escape *esc, char *buf, size_t len);
const char *tty_help(void);

#endif /* MONITOR_TTY_H */

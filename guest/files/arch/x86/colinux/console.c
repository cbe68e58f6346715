// SPDX-License-Identifier: GPL-2.0
/*
 * The boot console: shows the kernel's messages until cocon takes over.
 *
 * Each message is a hypercall, which works before any device does. In a guest
 * without cocon, or with "keep_bootcon", this console stays on.
 */
#include <linux/console.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/colinux.h>

#include "colinux.h"

/* A copy of the text, in memory that has a gpa. A stack need not have one. */
static char colinux_text[512];

/* Caller holds the console lock, except in a panic. */
static void colinux_console_write(struct console *con, const char *text,
				  unsigned int len)
{
	unsigned int n;

	for (; len; text += n, len -= n) {
		n = min_t(unsigned int, len, sizeof(colinux_text));
		memcpy(colinux_text, text, n);
		colinux_hypercall(CO_HC_CONSOLE, __pa(colinux_text), n, 0);
	}
}

static struct console colinux_console = {
	.name	= "colinux",
	.write	= colinux_console_write,
	.flags	= CON_PRINTBUFFER | CON_BOOT | CON_ANYTIME,
	.index	= -1,
};

/**
 * colinux_init_console() - register the boot console
 */
void __init colinux_init_console(void)
{
	register_console(&colinux_console);
}

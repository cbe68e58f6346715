// SPDX-License-Identifier: GPL-2.0
/*
 * The boot console: what the kernel says until cocon has taken over.
 *
 * Every line is a hypercall, which works before anything else does. It stays
 * on for good in a guest without cocon, or with "keep_bootcon".
 */
#include <linux/console.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/colinux.h>

#include "colinux.h"

/* The text as the host gets it, in memory that has a gpa. */
static char colinux_text[512];

/* The caller holds the console lock, or is a panic that does not care. */
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
 * colinux_init_console() - let the kernel's messages be seen
 */
void __init colinux_init_console(void)
{
	register_console(&colinux_console);
}

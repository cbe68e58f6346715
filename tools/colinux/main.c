// SPDX-License-Identifier: GPL-2.0
/*
 * colinux: looks at running guests and tells them what to do, by the control
 * channel of their monitors (docs/control.md).
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

static const struct command commands[] = {
	{ "ls", "[--json]", "list running guests", command_ls },
	{ "status", "NAME [--json]", "show a guest", command_status },
	{ "console", "NAME [--read-only] [--no-scrollback]",
	  "show its console, type into it; Ctrl-] d leaves", command_console },
	{ "stop", "NAME [--timeout S]",
	  "ask it to power off; by force after S seconds", command_stop },
	{ "kill", "NAME", "end it at once", command_kill },
	{ "reset", "NAME", "end it at once as for a reboot", command_reset },
	{ "pause", "NAME", "have it wait", command_pause },
	{ "resume", "NAME", "have it go on", command_resume },
	{ "wait", "NAME", "wait for its end", command_wait },
	{ "disk", "add NAME PATH[,ro][,direct][,raw] [cobdN]", "give it a disk", command_disk },
	{ "disk", "remove NAME cobdN", "take a disk away from it", command_disk },
	{ "disk", "resize NAME cobdN [SIZE]",
	  "enlarge a disk, or tell it that its image has grown", command_disk },
	{ "net", "up|down NAME ethN",
	  "put the cable of an interface in, or pull it out", command_net },
	{ "convert", "FILE", "make a config file of an XML file of the first coLinux",
	  command_convert },
	{ "top", "[--delay S] [--count N]", "watch all guests", command_top },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/**
 * complain() - say what went wrong
 * @fmt:	as printf(), one line without the newline
 */
void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("colinux: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/**
 * usage() - the command line makes no sense
 * @why:	why not
 *
 * Return: the status to end with.
 */
enum status usage(const char *why)
{
	complain("%s: see colinux --help", why);
	return STATUS_USAGE;
}

/**
 * parse_number() - read a decimal number
 * @text:	all of it
 * @max:	the largest there may be
 * @n:		the number
 *
 * Return: 0 or -1.
 */
int parse_number(const char *text, unsigned int max, unsigned int *n)
{
	char *end;
	unsigned long value;

	if (*text < '0' || *text > '9')
		return -1;
	value = strtoul(text, &end, 10);
	if (*end || value > max)
		return -1;
	*n = value;
	return 0;
}

static enum status help(void)
{
	puts("Usage: colinux COMMAND [ARGUMENT]...\n"
	     "Look at running coLinux guests and tell them what to do.\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		printf("  %s %s\n        %s\n", commands[i].name,
		       commands[i].args, commands[i].help);
	puts("\n"
	     "      --help, --version\n"
	     "\n"
	     "See colinux(1) for the rest, exit statuses included.");
	return fflush(stdout) ? STATUS_FAILED : STATUS_OK;
}

int main(int argc, char **argv)
{
	enum status status;

	signal(SIGPIPE, SIG_IGN);
	if (argc < 2)
		return usage("no command given");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help();
	if (!strcmp(argv[1], "--version")) {
		puts("colinux " CO_VERSION);
		return STATUS_OK;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[1]))
			continue;
		status = commands[i].run(argc - 1, argv + 1);
		/* A full disk must not look like success. */
		return fflush(stdout) ? STATUS_FAILED : status;
	}
	complain("%s: no such command: see colinux --help", argv[1]);
	return STATUS_USAGE;
}

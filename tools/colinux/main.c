// SPDX-License-Identifier: GPL-2.0
/*
 * colinux: looks at running guests and tells them what to do, by the control
 * channel of their monitors (docs/control.md).
 *
 * The table below is all there is to know of a command: args.c makes the help
 * and what the shell completion asks for of it, and tests hold the manual page
 * against it.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

#define JSON	{ "json", 0, NULL, "print JSON" }
#define END	{ NULL, 0, NULL, NULL }

static const struct opt json_options[] = { JSON, END };

static const struct opt list_options[] = {
	{ "all", 'a', NULL, "those that are defined and do not run, too" },
	JSON, END,
};

static const struct opt logs_options[] = {
	{ "follow", 'f', NULL, "wait for more" },
	{ "lines", 'n', "N", "the last ones alone" },
	END,
};

static const struct opt console_options[] = {
	{ "read-only", 0, NULL, "type nothing" },
	{ "no-scrollback", 0, NULL, "leave earlier output out" },
	END,
};

static const struct opt stop_options[] = {
	{ "timeout", 0, "S", "by force after so many seconds" },
	JSON, END,
};

static const struct opt persistent_options[] = {
	{ "persistent", 0, NULL, "have the guest's file say so too" },
	END,
};

static const struct opt create_options[] = {
	{ "from", 0, "SOURCE", "take this over, as colinux-image import does" },
	{ "mem", 0, "MIB", "its memory" },
	{ "net", 0, "WORD", "its eth0=, or none (slirp)" },
	{ "size", 0, "SIZE", "of its disk, with K, M, G or T" },
	{ "suite", 0, "SUITE", "Debian's release" },
	{ "include", 0, "PACKAGE,...", "more packages" },
	{ "hostname", 0, "NAME", "a host name of its own (NAME is the guest's)" },
	{ "no-docs", 0, NULL, "without documents and translations" },
	{ "demo", 0, NULL, "root logs in without a password" },
	{ "root-password-file", 0, "FILE", "root's password is in its first line" },
	{ "ssh-key", 0, "FILE", "public keys that log in" },
	{ "user", 0, "NAME", "a user who becomes root by sudo" },
	{ "hook", 0, "COMMAND", "run before the image is packed" },
	{ "format", 0, "FORMAT", "of SOURCE: qcow2, vdi, vmdk, vhdx, vpc" },
	{ "partition", 0, "N", "the root's in SOURCE" },
	END,
};

static const struct opt rm_options[] = {
	{ "disks", 0, NULL, "the images that it writes to, too" },
	{ "yes", 'y', NULL, "do not ask" },
	END,
};

static const struct opt top_options[] = {
	{ "delay", 0, "S", "seconds between two looks (2)" },
	{ "count", 0, "N", "so many looks, and not for ever" },
	JSON, END,
};

static const struct command commands[] = {
	{ "list", "ls", "", "list guests",
	  "List the guests that run.",
	  list_options, command_list, false },
	{ "status", NULL, "NAME", "show a guest",
	  "Show all about a guest that runs, with rates of half a second.",
	  json_options, command_status, false },
	{ "console", NULL, "NAME", "show and use its console",
	  "Show the guest's console and type into it; Ctrl-] d leaves, Ctrl-] ? shows\n"
	  "more.",
	  console_options, command_console, false },
	{ "top", NULL, "", "watch all guests",
	  "Show all guests that run, again and again.",
	  top_options, command_top, false },
	{ "logs", NULL, "NAME", "show its log",
	  "Show what the guest's monitor has said: of a unit, from systemd's journal;\n"
	  "else from its file, where its console is, too.",
	  logs_options, command_logs, true },
	{ "start", NULL, "NAME", "start a guest",
	  "Start a guest that is defined: by systemd, as colinux@NAME, where that runs;\n"
	  "otherwise as a process in the background.",
	  NULL, command_start, true },
	{ "stop", NULL, "NAME", "ask it to power off",
	  "Ask the guest to power off, and wait until it has.",
	  stop_options, command_stop, false },
	{ "kill", NULL, "NAME", "end it at once",
	  "End the guest at once, as if its power failed.",
	  json_options, command_kill, false },
	{ "reset", NULL, "NAME", "end it as for a reboot",
	  "End the guest at once, as one that wanted to reboot: what started it starts\n"
	  "it again.",
	  json_options, command_reset, false },
	{ "pause", NULL, "NAME", "have it wait",
	  "Have the guest wait, until it is resumed. Its clock goes on.",
	  NULL, command_pause, false },
	{ "resume", NULL, "NAME", "have it go on",
	  "Have a paused guest go on.",
	  NULL, command_resume, false },
	{ "wait", NULL, "NAME", "wait for its end",
	  "Wait until the guest has ended, and say how.",
	  json_options, command_wait, false },
	{ "create", NULL, "NAME", "make a guest",
	  "Make an image, by colinux-image(1), and the definition of a guest with it.",
	  create_options, command_create, false },
	{ "edit", NULL, "NAME", "change its definition",
	  "Change the guest's definition with $VISUAL or $EDITOR. It is checked before it\n"
	  "replaces the old one.",
	  NULL, command_edit, true },
	{ "clone", NULL, "NAME NEW", "make a copy of it",
	  "Make a guest NEW like NAME, with copies of the disks that NAME writes to, and\n"
	  "with addresses, machine ID and host keys of its own.",
	  NULL, command_clone, true },
	{ "rename", NULL, "NAME NEW", "give it another name",
	  "Give the guest the name NEW. Its disks keep theirs, interfaces their addresses.",
	  NULL, command_rename, true },
	{ "rm", NULL, "NAME", "remove a guest",
	  "Remove the guest's definition.",
	  rm_options, command_rm, true },
	{ "disk add", NULL, "NAME PATH[,ro][,direct][,raw] [cobdN]",
	  "give it a disk",
	  "Give a guest that runs an image or a block device, with this number or the\n"
	  "next one that is free, which is printed.",
	  persistent_options, command_disk_add, false },
	{ "disk remove", "disk rm", "NAME cobdN", "take a disk away",
	  "Take a disk away from a guest that runs. Unmount it there first.",
	  persistent_options, command_disk_remove, false },
	{ "disk resize", NULL, "NAME cobdN [SIZE]", "enlarge a disk",
	  "Enlarge an image to SIZE (bytes, or with K, M, G or T) and tell the guest;\n"
	  "without SIZE, tell it the size that the image or device has by now.",
	  NULL, command_disk_resize, false },
	{ "net up", NULL, "NAME ethN", "put a cable in",
	  "Put the cable of an interface in.",
	  NULL, command_net_up, false },
	{ "net down", NULL, "NAME ethN", "pull a cable out",
	  "Pull the cable of an interface out: frames are lost in both directions.",
	  NULL, command_net_down, false },
	{ "convert", NULL, "FILE", "take over an old XML file",
	  "Print a config file made of FILE, an XML file of the first coLinux.",
	  NULL, command_convert, false },
};

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/**
 * complain() - say what went wrong
 * @fmt:	as printf(), one line without the newline
 */
void complain(const char *fmt, ...)
{
	char text[2 * PATH_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* One line, and no command to the terminal, whatever is in a name. */
	for (char *s = text; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
	fprintf(stderr, "colinux: %s\n", text);
}

/**
 * usage() - the command line makes no sense
 * @a:		the command line
 * @fmt:	why not, as printf()
 *
 * Return: the status to end with.
 */
enum status usage(const struct args *a, const char *fmt, ...)
{
	const char *name = a->command ? a->command->name :
			   a->group ? a->words[0] : "";
	struct err err;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, ap);
	va_end(ap);
	if (a->command)
		err_prefix(&err, "%s: ", name);
	complain("%s: see colinux %s%s--help", err.text, name,
		 *name ? " " : "");
	return STATUS_USAGE;
}

/**
 * print_json() - print an object, for programs
 * @object:	the object
 */
void print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY));
}

static enum status command_run(const struct args *a)
{
	if (a->version)
		puts("colinux " CO_VERSION);
	else if (a->completion)
		args_completion(commands, NR_COMMANDS);
	else if (a->help)
		args_help(a, commands, NR_COMMANDS);
	else
		return a->command->run(a);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	enum status status;
	struct args args;
	struct err err;

	signal(SIGPIPE, SIG_IGN);
	if (args_parse(&args, argc, argv, commands, NR_COMMANDS, &err))
		return usage(&args, "%s", err.text);
	status = command_run(&args);
	/* A full disk must not look like success. */
	return fflush(stdout) ? STATUS_FAILED : status;
}

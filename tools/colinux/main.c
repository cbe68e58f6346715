// SPDX-License-Identifier: GPL-2.0
/*
 * colinux: controls running guests through the control channel of their monitors
 * (docs/control.md), and manages the definitions of guests.
 *
 * The table below describes each command completely. tools/common/args.c makes the help
 * and the data for the shell completion from it. Tests compare it with the manual page.
 */
#include <signal.h>
#include <stdio.h>

#include "command.h"

#define JSON	{ "json", 0, NULL, "print JSON" }
#define END	{ NULL, 0, NULL, NULL }

static const struct opt json_options[] = { JSON, END };

static const struct opt list_options[] = {
	{ "all", 'a', NULL, "also defined guests that do not run" },
	JSON, END,
};

static const struct opt logs_options[] = {
	{ "follow", 'f', NULL, "wait for more" },
	{ "lines", 'n', "N", "only the last N lines" },
	END,
};

static const struct opt console_options[] = {
	{ "read-only", 0, NULL, "send no keys to the guest" },
	{ "no-scrollback", 0, NULL, "omit earlier output" },
	END,
};

static const struct opt stop_options[] = {
	{ "timeout", 0, "S", "use force after S seconds" },
	JSON, END,
};

static const struct opt persistent_options[] = {
	{ "persistent", 0, NULL, "change the guest's definition, too" },
	END,
};

static const struct opt create_options[] = {
	{ "from", 0, "SOURCE", "convert SOURCE, with colinux-image import" },
	{ "mem", 0, "MIB", "its memory" },
	{ "net", 0, "WORD", "its eth0=, or none (default: slirp)" },
	{ "size", 0, "SIZE", "size of its disk, with K, M, G or T" },
	{ "suite", 0, "SUITE", "Debian's release" },
	{ "arch", 0, "ARCH", "i386 or amd64, for an x86_64 guest (i386)" },
	{ "include", 0, "PACKAGE,...", "more packages" },
	{ "hostname", 0, "NAME", "its host name (default: the guest's name)" },
	{ "no-docs", 0, NULL, "no documentation, no translations" },
	{ "demo", 0, NULL, "root logs in without a password" },
	{ "root-password-file", 0, "FILE", "root's password: the first line of FILE" },
	{ "ssh-key", 0, "FILE", "public keys for logins" },
	{ "user", 0, "NAME", "a user with sudo" },
	{ "hook", 0, "COMMAND", "run before the image is packed" },
	{ "format", 0, "FORMAT", "format of SOURCE: qcow2, vdi, vmdk, vhdx, vpc" },
	{ "partition", 0, "N", "partition of SOURCE with the root file system" },
	END,
};

static const struct opt rm_options[] = {
	{ "disks", 0, NULL, "also the images that it writes to" },
	{ "yes", 'y', NULL, "do not ask" },
	END,
};

static const struct opt top_options[] = {
	{ "delay", 0, "S", "seconds between updates (2)" },
	{ "count", 0, "N", "end after N updates" },
	JSON, END,
};

static const struct command commands[] = {
	{ "list", "ls", "", "list guests",
	  "List the guests that run.",
	  list_options, command_list, false },
	{ "status", NULL, "NAME", "show a guest",
	  "Show the state of a running guest, with rates over half a second.",
	  json_options, command_status, false },
	{ "console", NULL, "NAME", "show and use its console",
	  "Show the guest's console and type into it; Ctrl-] d leaves, Ctrl-] ? shows\n"
	  "more.",
	  console_options, command_console, false },
	{ "top", NULL, "", "watch all guests",
	  "Show all running guests every few seconds.",
	  top_options, command_top, false },
	{ "logs", NULL, "NAME", "show its log",
	  "Show the messages of the guest's monitor: of a unit, from systemd's journal;\n"
	  "otherwise from its log file, which has the console, too.",
	  logs_options, command_logs, true },
	{ "start", NULL, "NAME", "start a guest",
	  "Start a defined guest: by systemd, as colinux@NAME, if that runs; otherwise as\n"
	  "a process in the background.",
	  NULL, command_start, true },
	{ "stop", NULL, "NAME", "ask it to power off",
	  "Ask the guest to power off, and wait until it has.",
	  stop_options, command_stop, false },
	{ "kill", NULL, "NAME", "end it at once",
	  "End the guest at once, as if its power failed.",
	  json_options, command_kill, false },
	{ "reset", NULL, "NAME", "end it as for a reboot",
	  "End the guest at once, with the exit status of a reboot: its supervisor starts\n"
	  "it again.",
	  json_options, command_reset, false },
	{ "pause", NULL, "NAME", "stop its CPU",
	  "Stop the guest's CPU until it is resumed. Its clock goes on.",
	  NULL, command_pause, false },
	{ "resume", NULL, "NAME", "let it go on",
	  "Let a paused guest go on.",
	  NULL, command_resume, false },
	{ "wait", NULL, "NAME", "wait for its end",
	  "Wait until the guest has ended, and print how.",
	  json_options, command_wait, false },
	{ "create", NULL, "NAME", "make a guest",
	  "Make an image, with colinux-image(1), and the definition of a guest with it.",
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
	  "Give the guest the name NEW. Its disks keep their names, its interfaces their\n"
	  "MAC addresses.",
	  NULL, command_rename, true },
	{ "rm", NULL, "NAME", "remove a guest",
	  "Remove the guest's definition.",
	  rm_options, command_rm, true },
	{ "disk add", NULL, "NAME PATH[,ro][,direct][,raw] [cobdN]",
	  "add a disk",
	  "Add an image or a block device to a running guest, with this number or the next\n"
	  "free one, which is printed.",
	  persistent_options, command_disk_add, false },
	{ "disk remove", "disk rm", "NAME cobdN", "remove a disk",
	  "Remove a disk from a running guest. Unmount it there first.",
	  persistent_options, command_disk_remove, false },
	{ "disk resize", NULL, "NAME cobdN [SIZE]", "enlarge a disk",
	  "Enlarge an image to SIZE (bytes, or with K, M, G or T) and tell the guest;\n"
	  "without SIZE, tell it the current size of the image or device.",
	  NULL, command_disk_resize, false },
	{ "net up", NULL, "NAME ethN", "bring a link up",
	  "Bring the link of an interface up.",
	  NULL, command_net_up, false },
	{ "net down", NULL, "NAME ethN", "take a link down",
	  "Take the link of an interface down: frames are lost in both directions.",
	  NULL, command_net_down, false },
	{ "convert", NULL, "FILE", "convert an old XML file",
	  "Convert FILE, an XML file of the first coLinux, and print a config file.",
	  NULL, command_convert, false },
};

const struct program this_program = {
	.name = "colinux",
	.about = "Define, watch and control coLinux guests.",
	.commands = commands,
	.nr = sizeof(commands) / sizeof(commands[0]),
	.wrong = STATUS_USAGE,
};

int main(int argc, char **argv)
{
	enum status status;
	struct args args;
	struct err err;

	signal(SIGPIPE, SIG_IGN);
	if (args_parse(&args, argc, argv, &err))
		return usage(&args, "%s", err.text);
	status = args_run(&args);
	/* A full disk must not look like success. */
	return fflush(stdout) ? STATUS_FAILED : status;
}

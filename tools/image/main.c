// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image: makes, imports and maintains the disk images of guests. An image is one
 * file system in a sparse file, without a partition table.
 *
 * The table below describes each command completely. tools/common/args.c makes the help
 * and the data for the shell completion from it. Tests compare it with the manual page.
 *
 * Other programs do most of the work: run.c runs them, jail.c those that read untrusted
 * data. A new file gets its name when it is complete.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

#define END	{ NULL, 0, NULL, NULL }

static const struct opt create_options[] = {
	{ "suite", 0, "SUITE", "Debian's release (bookworm)" },
	{ "arch", 0, "ARCH", "i386 or amd64, for x86_64 guests (i386)" },
	{ "include", 0, "PACKAGE,...", "more packages; may be repeated" },
	{ "size", 0, "SIZE", "of the file system, with K, M, G or T (1G)" },
	{ "hostname", 0, "NAME", "its host name (default: the guest's name)" },
	{ "root", 0, "DEVICE", "the root file system in fstab (/dev/cobd0)" },
	{ "no-docs", 0, NULL, "no documentation, no translations" },
	{ "demo", 0, NULL, "root logs in without a password" },
	{ "root-password-file", 0, "FILE", "root's password: the first line of FILE" },
	{ "ssh-key", 0, "FILE", "public keys for logins" },
	{ "user", 0, "NAME", "a user with sudo" },
	{ "hook", 0, "COMMAND", "run by sh before packing; may be repeated" },
	END,
};

static const struct opt import_options[] = {
	{ "format", 0, "FORMAT", "of an image: qcow2, vdi, vmdk, vhdx, vpc, raw" },
	{ "size", 0, "SIZE", "of the new file system" },
	{ "partition", 0, "N", "the partition with the root file system" },
	END,
};

static const struct opt info_options[] = {
	{ "json", 0, NULL, "print JSON" },
	END,
};

static const struct opt shell_options[] = {
	{ "network", 0, NULL, "with the network of the host" },
	END,
};

static const struct command commands[] = {
	{ "create", NULL, "OUT", "a Debian, by mmdebstrap",
	  "Make a Debian image.",
	  create_options, command_create, false },
	{ "import", NULL, "SOURCE OUT", "convert a root file system",
	  "Convert the root file system of SOURCE: a directory, a tar, a file system, a\n"
	  "disk with a partition table, an OVA; or an image of a disk. SOURCE may be\n"
	  "compressed by gzip, bzip2, xz or zstd.",
	  import_options, command_import, false },
	{ "info", NULL, "IMAGE", "show the content of an image",
	  "Show the content of an image.",
	  info_options, command_info, false },
	{ "fsck", NULL, "IMAGE", "check and repair its file system",
	  "Check its file system, and repair it.",
	  NULL, command_fsck, false },
	{ "resize", NULL, "IMAGE SIZE", "make it larger or smaller",
	  "Make it larger, or smaller if its content fits. SIZE with K, M, G or T.",
	  NULL, command_resize, false },
	{ "renew", NULL, "IMAGE", "give a copy an identity of its own",
	  "Give a copy of an image an identity of its own: it makes a machine ID and SSH\n"
	  "host keys at its next start. It is not mounted, and nothing in it is run.",
	  NULL, command_renew, false },
	{ "shell", NULL, "IMAGE [COMMAND]...", "run a shell or a command in an image",
	  "Run a shell, or COMMAND, in the image, with systemd-nspawn, as root of a user\n"
	  "namespace. Options come before IMAGE.",
	  shell_options, command_shell, false },
};

const struct program this_program = {
	.name = "colinux-image",
	.about = "Make, import and maintain the disk images of guests.",
	.commands = commands,
	.nr = sizeof(commands) / sizeof(commands[0]),
	.wrong = STATUS_FAILED,
};

/**
 * say_failure() - print why a command failed
 * @err:	the reason, unless a signal is
 *
 * Return: the status to end with.
 */
enum status say_failure(const struct err *err)
{
	if (!stop_status()) {
		complain("%s", err->text);
		return STATUS_FAILED;
	}
	stop_say();
	return (enum status)stop_status();
}

/* The PATH of some users lacks the directories of e2fsprogs. */
static void set_environment(void)
{
	const char *path = getenv("PATH");
	char *longer;

	if (asprintf(&longer, "%s:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin") < 0)
		return;
	setenv("PATH", longer, 1);
	free(longer);
	/* The messages of programs must not depend on the user's language. */
	setenv("LC_ALL", "C", 1);
}

int main(int argc, char **argv)
{
	enum status status;
	struct args args;
	struct err err;

	signal(SIGPIPE, SIG_IGN);
	set_environment();
	if (args_parse(&args, argc, argv, &err))
		return usage(&args, "%s", err.text);
	stop_begin();
	if (run_adopt()) {
		complain("prctl: %s", strerror(errno));
		return STATUS_FAILED;
	}
	status = args_run(&args);
	/* A full disk must not look like success. */
	return fflush(stdout) ? STATUS_FAILED : status;
}

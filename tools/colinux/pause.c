// SPDX-License-Identifier: GPL-2.0
/*
 * colinux pause, resume.
 */
#include "command.h"

/**
 * command_pause() - have a guest wait
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_pause(int argc, char **argv)
{
	if (argc != 2)
		return usage("pause takes NAME");
	return client_tell(argv[1], client_request("pause"), NULL);
}

/**
 * command_resume() - have a guest go on
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_resume(int argc, char **argv)
{
	if (argc != 2)
		return usage("resume takes NAME");
	return client_tell(argv[1], client_request("resume"), NULL);
}

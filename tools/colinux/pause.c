// SPDX-License-Identifier: GPL-2.0
/*
 * colinux pause, resume: stop a guest's CPU, and let it go on.
 */
#include "command.h"

/**
 * command_pause() - pause a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_pause(const struct args *a)
{
	return client_tell(a->words[0], client_request("pause"), NULL);
}

/**
 * command_resume() - resume a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_resume(const struct args *a)
{
	return client_tell(a->words[0], client_request("resume"), NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux pause, resume.
 */
#include "command.h"

/**
 * command_pause() - have a guest wait
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_pause(const struct args *a)
{
	return client_tell(a->words[0], client_request("pause"), NULL);
}

/**
 * command_resume() - have a guest go on
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_resume(const struct args *a)
{
	return client_tell(a->words[0], client_request("resume"), NULL);
}

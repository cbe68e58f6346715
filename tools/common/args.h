/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line of a program with commands: colinux and colinux-image. Each has a
 * table of its commands in its main.c. The grammar, the help and the data for the shell
 * completion come from that table.
 */
#ifndef TOOLS_ARGS_H
#define TOOLS_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/msg.h"

/* Exit statuses; an interface, see colinux(1). */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_GUEST = 3,	/* no guest of this name runs or is defined */
	STATUS_FORCED = 4,	/* the guest was ended by force */
};

/**
 * struct opt - an option of a command
 * @name:	name without "--"; NULL ends a list
 * @letter:	short form, or 0
 * @value:	name of the value in the help; NULL if the option has none
 * @help:	text for the help
 */
struct opt {
	const char *name;
	char letter;
	const char *value;
	const char *help;
};

struct args;

/**
 * struct command - a command
 * @name:	name, one word or two
 * @alias:	another name, or NULL
 * @args:	operands, separated by a space; optional ones in []
 * @help:	text for the list of commands, up to 25 characters
 * @text:	text for the command's own help
 * @options:	options besides --help, or NULL
 * @run:	function that runs the command
 * @defined:	true if NAME may be a defined guest that does not run
 *
 * The last operand may be repeated ("[WORD]..."). All words from the one before it on
 * are then operands, also those that look like options: they are for another program.
 */
struct command {
	const char *name;
	const char *alias;
	const char *args;
	const char *help;
	const char *text;
	const struct opt *options;
	enum status (*run)(const struct args *a);
	bool defined;
};

/* Most options on one command line. */
#define ARGS_GIVEN_MAX	64

/**
 * struct program - a program with commands
 * @name:	its name
 * @about:	text for its help
 * @commands:	the table of its commands
 * @nr:		the number of commands
 * @wrong:	its exit status after an error in the command line
 */
struct program {
	const char *name;
	const char *about;
	const struct command *commands;
	size_t nr;
	enum status wrong;
};

/* The running program; its main.c has it. */
extern const struct program this_program;

/**
 * struct given - an option on the command line
 * @name:	name without "--"
 * @value:	value, or NULL
 */
struct given {
	const char *name;
	const char *value;
};

/**
 * struct args - a command line
 * @command:	the command; NULL if unknown
 * @group:	true if the first word begins commands of two words
 * @words:	operands; all words if there is no command
 * @nr:		number of @words
 * @given:	options in their order
 * @nr_given:	number of @given
 * @help:	true after --help
 * @version:	true after --version
 * @completion:	true after --completion
 */
struct args {
	const struct command *command;
	bool group;
	char **words;
	unsigned int nr;
	struct given given[ARGS_GIVEN_MAX];
	unsigned int nr_given;
	bool help;
	bool version;
	bool completion;
};

int args_parse(struct args *a, int argc, char **argv, struct err *err);
const char *args_value(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);
enum status args_number(const struct args *a, const char *name,
			unsigned int min, unsigned int max, unsigned int *n);
enum status args_run(const struct args *a);

#endif /* TOOLS_ARGS_H */

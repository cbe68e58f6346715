// SPDX-License-Identifier: GPL-2.0
/*
 * The command line: PROGRAM COMMAND [ARGUMENT]... Also prints the help and the data for
 * the shell completion. See args.h.
 *
 * An option may precede its command. So getopt_long() gets the options of all
 * commands; args_check_options() then checks whether the command has the given ones.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "common/number.h"
#include "say.h"

/* Most options of all commands together; a unit test counts them. */
#define OPTIONS_MAX	64

static const struct opt general[] = {
	{ "help", 'h', NULL, "show this" },
	{ "version", 0, NULL, "print the version" },
	{ "completion", 0, NULL, "print the data for shell completion" },
	{ NULL, 0, NULL, NULL },
};

/**
 * struct options - the options of all commands
 * @list:	long options for getopt_long(); all 0 at the end
 * @known:	the table entry of each
 * @letters:	short options for getopt_long()
 * @nr:		the number of options
 */
struct options {
	struct option list[OPTIONS_MAX + 1];
	const struct opt *known[OPTIONS_MAX];
	char letters[OPTIONS_MAX * 2 + 4];
	size_t nr;
};

static const struct opt *find_option(const struct opt *list, const char *name)
{
	for (; list && list->name; list++)
		if (!strcmp(list->name, name))
			return list;
	return NULL;
}

static int add_option(struct options *o, const struct opt *opt)
{
	for (size_t i = 0; i < o->nr; i++)
		if (!strcmp(o->known[i]->name, opt->name))
			return !!o->known[i]->value == !!opt->value ? 0 : -1;
	if (o->nr == OPTIONS_MAX)
		return -1;
	o->known[o->nr] = opt;
	o->list[o->nr] = (struct option) {
		.name = opt->name,
		.has_arg = opt->value ? required_argument : no_argument,
		.val = opt->letter ? opt->letter : 256 + (int)o->nr,
	};
	if (opt->letter) {
		size_t len = strlen(o->letters);

		o->letters[len] = opt->letter;
		o->letters[len + 1] = opt->value ? ':' : '\0';
	}
	o->nr++;
	return 0;
}

static int args_collect(struct options *o, struct err *err)
{
	int ret = 0;

	/* "-": getopt_long() also returns the operands, in their order. */
	*o = (struct options) { .letters = "-:" };
	for (const struct opt *opt = general; opt->name; opt++)
		ret |= add_option(o, opt);
	for (size_t i = 0; i < this_program.nr; i++)
		for (const struct opt *opt = this_program.commands[i].options;
		     opt && opt->name; opt++)
			ret |= add_option(o, opt);
	return ret ? err_set(err, "internal error in the table of options") : 0;
}

static const struct opt *option_of(const struct options *o, int value)
{
	for (size_t i = 0; i < o->nr; i++)
		if (o->list[i].val == value)
			return o->known[i];
	return NULL;
}

static int args_option_error(int found, const char *word, struct err *err)
{
	if (found == ':')
		return err_set(err, "%s: needs a value", word);
	return err_set(err, "%s: no such option, or not with a value", word);
}

/* Tells whether the first word or the first two are @name. */
static bool is_named(const char *name, const struct args *a)
{
	const char *second = name ? strchr(name, ' ') : NULL;
	size_t len;

	if (!name || !a->nr)
		return false;
	if (!second)
		return !strcmp(name, a->words[0]);
	len = second - name;
	return a->nr > 1 && !strncmp(name, a->words[0], len) &&
	       !a->words[0][len] && !strcmp(second + 1, a->words[1]);
}

static int find_command(struct args *a, struct err *err)
{
	bool group = false;

	for (size_t i = 0; i < this_program.nr; i++) {
		const struct command *c = &this_program.commands[i];
		const char *second = strchr(c->name, ' ');
		bool named = is_named(c->name, a);

		if (named || is_named(c->alias, a)) {
			const char *name = named ? c->name : c->alias;
			unsigned int used = strchr(name, ' ') ? 2 : 1;

			a->command = c;
			a->words += used;
			a->nr -= used;
			return 0;
		}
		if (second && a->nr &&
		    strlen(a->words[0]) == (size_t)(second - c->name) &&
		    !strncmp(a->words[0], c->name, second - c->name))
			group = true;
	}
	a->group = group;
	if (a->help && (group || !a->nr))
		return 0;
	if (!a->nr)
		return err_set(err, "no command given");
	if (group && a->nr == 1)
		return err_set(err, "%s: does nothing by itself", a->words[0]);
	if (group)
		return err_set(err, "%s %s: no such command", a->words[0],
			       a->words[1]);
	return err_set(err, "%s: no such command", a->words[0]);
}

static bool is_repeated(const struct command *c)
{
	size_t len = strlen(c->args);

	return len > 3 && !strcmp(c->args + len - 3, "...");
}

/* Counts the operands in the usage; optional ones are in brackets. */
static void count_operands(const struct command *c, unsigned int *min,
			   unsigned int *max)
{
	*min = *max = 0;
	for (const char *s = c->args; *s; s += strcspn(s, " ")) {
		s += *s == ' ';
		(*max)++;
		*min += *s != '[';
	}
	if (is_repeated(c))
		*max = UINT_MAX;
}

static int check_operands(const struct args *a, struct err *err)
{
	unsigned int min, max;

	count_operands(a->command, &min, &max);
	if (a->nr < min)
		return err_set(err, "give %s", a->command->args);
	if (a->nr > max)
		return err_set(err, "%s: one too many: give %s", a->words[max],
			       max ? a->command->args : "options alone");
	return 0;
}

static int args_check_options(const struct args *a, struct err *err)
{
	for (unsigned int i = 0; i < a->nr_given; i++)
		if (!find_option(a->command->options, a->given[i].name))
			return err_set(err, "--%s: no such option here",
				       a->given[i].name);
	return 0;
}

static int give(struct args *a, const struct opt *opt, const char *value,
		struct err *err)
{
	if (!strcmp(opt->name, "help"))
		a->help = true;
	else if (!strcmp(opt->name, "version"))
		a->version = true;
	else if (!strcmp(opt->name, "completion"))
		a->completion = true;
	else if (a->nr_given == ARGS_GIVEN_MAX)
		return err_set(err, "--%s: more than %d options", opt->name,
			       ARGS_GIVEN_MAX);
	else
		a->given[a->nr_given++] = (struct given) { opt->name, value };
	return 0;
}

/* Do the words so far end the options, as all further ones are for another program? */
static bool ends_options(const struct args *a)
{
	struct args begin = *a;
	unsigned int min, max;
	struct err err;

	if (find_command(&begin, &err) || !begin.command ||
	    !is_repeated(begin.command))
		return false;
	count_operands(begin.command, &min, &max);
	return begin.nr == min;
}

/*
 * Moves the operands to the beginning of @argv: getopt_long() has been there. Returns
 * the number of the first argument that it did not read, or -1.
 */
static int read_words(struct args *a, const struct options *o, int argc,
		      char **argv, struct err *err)
{
	optind = 0;	/* reset, as unit tests parse more than once */
	opterr = 0;
	for (;;) {
		int found = getopt_long(argc, argv, o->letters, o->list, NULL);
		char letter[3] = "-";

		if (found == -1)
			return optind;
		if (found == 1) {
			a->words[a->nr++] = optarg;
			if (ends_options(a))
				return optind;
			continue;
		}
		if (found == '?' || found == ':') {
			letter[1] = (char)optopt;
			return args_option_error(found, optopt > 0 && optopt < 256 ?
						 letter : argv[optind - 1], err);
		}
		if (give(a, option_of(o, found), optarg, err))
			return -1;
	}
}

static int read_options(struct args *a, const struct options *o, int argc,
			char **argv, struct err *err)
{
	int next = read_words(a, o, argc, argv, err);

	if (next < 0)
		return -1;
	if (next < argc && ends_options(a) && !strcmp(argv[next], "--"))
		next++;
	while (next < argc)
		a->words[a->nr++] = argv[next++];
	return 0;
}

/**
 * args_parse() - parse the command line
 * @a:		the result
 * @argc:	the argument of main()
 * @argv:	the argument of main(); it is reordered
 * @err:	the error
 *
 * Return: 0 or -1. After an error, @a->command is set if the command itself is
 * valid.
 */
int args_parse(struct args *a, int argc, char **argv, struct err *err)
{
	struct options options;

	*a = (struct args) { .words = argv + 1 };
	if (args_collect(&options, err) ||
	    read_options(a, &options, argc, argv, err))
		return -1;
	if (a->version || a->completion)
		return 0;
	if (find_command(a, err))
		return -1;
	if (a->help)
		return 0;
	return args_check_options(a, err) || check_operands(a, err) ? -1 : 0;
}

/**
 * args_value() - get the value of an option
 * @a:		the command line
 * @name:	the option's name, without --
 *
 * Return: the last value given; "" for an option without one; NULL if it was not
 * given.
 */
const char *args_value(const struct args *a, const char *name)
{
	for (unsigned int i = a->nr_given; i > 0; i--)
		if (!strcmp(a->given[i - 1].name, name))
			return a->given[i - 1].value ? a->given[i - 1].value : "";
	return NULL;
}

/**
 * args_has() - tell whether an option was given
 * @a:		the command line
 * @name:	the option's name, without --
 */
bool args_has(const struct args *a, const char *name)
{
	return args_value(a, name);
}

/**
 * args_number() - get the value of an option that takes a number
 * @a:		the command line
 * @name:	the option's name, without --
 * @min:	the smallest valid number
 * @max:	the largest valid number
 * @n:		the number; unchanged if the option was not given
 *
 * Return: the status to end with, if not STATUS_OK.
 */
enum status args_number(const struct args *a, const char *name,
			unsigned int min, unsigned int max, unsigned int *n)
{
	const char *value = args_value(a, name);

	if (!value || (!number_whole(value, max, n) && *n >= min))
		return STATUS_OK;
	return usage(a, "--%s %s: not a number from %u to %u", name, value, min,
		     max);
}

/*
 * Help.
 */

/* Columns of half a screen, and of the command's name in it. */
#define HALF		39
#define NAME_WIDTH	12

static void show_row(const struct command *c, bool last)
{
	int used = printf("  %-*s %s", NAME_WIDTH, c->name, c->help);

	printf("%*s", last ? 0 : HALF - used, last ? "\n" : "");
}

/* Few commands have a line each. */
#define FEW		10

static void show_all(void)
{
	size_t rows = this_program.nr > FEW ? (this_program.nr + 1) / 2 : this_program.nr;

	printf("Usage: %s COMMAND [ARGUMENT]... [OPTION]...\n%s\n\n", this_program.name,
	       this_program.about);
	for (size_t i = 0; i < rows; i++) {
		show_row(&this_program.commands[i], i + rows >= this_program.nr);
		if (i + rows < this_program.nr)
			show_row(&this_program.commands[i + rows], true);
	}
	printf("\n"
	       "      --help, --version, --completion\n"
	       "\n"
	       "'%s COMMAND --help' describes a command, %s(1) all commands.\n",
	       this_program.name, this_program.name);
}

static void show_usage(const struct command *c)
{
	printf("%s %s%s%s%s\n", this_program.name, c->name, *c->args ? " " : "",
	       c->args, c->options ? " [OPTION]..." : "");
}

static void show_option(const struct opt *o)
{
	char left[64];
	int len = snprintf(left, sizeof(left), "  %c%c%c --%s%s%s",
			   o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
			   o->letter ? ',' : ' ', o->name, o->value ? "=" : "",
			   o->value ? o->value : "");

	if (len > 29)
		printf("%s\n%30s%s\n", left, "", o->help);
	else
		printf("%-30s%s\n", left, o->help);
}

static void show_command(const struct command *c)
{
	fputs("Usage: ", stdout);
	show_usage(c);
	if (c->alias)
		printf("       %s %s ...\n", this_program.name, c->alias);
	printf("%s\n\n", c->text);
	for (const struct opt *o = c->options; o && o->name; o++)
		show_option(o);
	show_option(&general[0]);
}

static void show_group(const struct args *a)
{
	size_t len = strlen(a->words[0]);

	for (size_t i = 0; i < this_program.nr; i++) {
		const struct command *c = &this_program.commands[i];

		if (strncmp(c->name, a->words[0], len) || c->name[len] != ' ')
			continue;
		fputs("Usage: ", stdout);
		show_usage(c);
		printf("    %s\n", c->help);
	}
}

static void args_help(const struct args *a)
{
	if (a->command)
		show_command(a->command);
	else if (a->group)
		show_group(a);
	else
		show_all();
}

static void list_name(const char *name, const struct command *c)
{
	printf("%s|%s%s|", name, c->defined ? "=" : "", c->args);
	for (const struct opt *o = c->options; o && o->name; o++)
		printf("--%s%s ", o->name, o->value ? "=" : "");
	puts("--help");
}

/*
 * Prints a line for each name: NAME|OPERANDS|OPTIONS. "=" before the operands means
 * that the operand NAME is any defined guest, not only a running one.
 */
static void args_completion(void)
{
	for (size_t i = 0; i < this_program.nr; i++) {
		const struct command *c = &this_program.commands[i];

		list_name(c->name, c);
		if (c->alias)
			list_name(c->alias, c);
	}
}

/**
 * args_run() - do what the command line asks for
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status args_run(const struct args *a)
{
	if (a->version)
		printf("%s " CO_VERSION "\n", this_program.name);
	else if (a->completion)
		args_completion();
	else if (a->help)
		args_help(a);
	else
		return a->command->run(a);
	return STATUS_OK;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The control tool's command line, with the table of its commands.
 */
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "suite.h"

int colinux_main(int argc, char **argv);

#define main colinux_main
#include "tools/colinux/main.c"
#undef main

#define NR_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static struct args args;
static struct err err;
static char shown[16384];

static int parse(const char *line)
{
	return line_parse(&args, line, &err);
}

/* Print the help that @line asks for, to be kept as text. */
static void show(const char *line)
{
	int saved = dup(STDOUT_FILENO);
	FILE *to = tmpfile();
	size_t len;

	ck_assert(saved >= 0 && to);
	ck_assert_int_eq(parse(line), 0);
	fflush(stdout);
	dup2(fileno(to), STDOUT_FILENO);
	ck_assert_int_eq(args_run(&args), STATUS_OK);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(to);
	len = fread(shown, 1, sizeof(shown) - 1, to);
	shown[len] = '\0';
	fclose(to);
}

/* Return: the number of lines of the help, none longer than a terminal's. */
static unsigned int lines(void)
{
	unsigned int nr = 0;

	for (const char *s = shown; *s; nr++) {
		size_t len = strcspn(s, "\n");

		ck_assert_msg(len <= 80, "%.*s", (int)len, s);
		s += len + !!s[len];
	}
	return nr;
}

START_TEST(options_anywhere)
{
	static const char * const good[] = {
		"colinux stop demo --timeout 5 --json",
		"colinux stop --timeout 5 demo --json",
		"colinux --json --timeout=5 stop demo",
		"colinux --timeout 5 --json stop demo",
		"colinux stop --json --timeout=5 -- demo",
		"colinux stop --timeout 9 demo --json --timeout 5",
	};

	ck_assert_msg(!parse(good[_i]), "%s", err.text);
	ck_assert_str_eq(args.command->name, "stop");
	ck_assert_uint_eq(args.nr, 1);
	ck_assert_str_eq(args.words[0], "demo");
	ck_assert_str_eq(args_value(&args, "timeout"), "5");
	ck_assert(args_has(&args, "json"));
	ck_assert(!args_has(&args, "delay"));
}
END_TEST

START_TEST(two_words)
{
	ck_assert_int_eq(parse("colinux disk remove demo cobd1"), 0);
	ck_assert_str_eq(args.command->name, "disk remove");
	ck_assert_str_eq(args.words[1], "cobd1");
	ck_assert_int_eq(parse("colinux disk rm demo cobd1"), 0);
	ck_assert_str_eq(args.command->name, "disk remove");
	ck_assert_uint_eq(args.nr, 2);
	ck_assert_int_eq(parse("colinux ls"), 0);
	ck_assert_str_eq(args.command->name, "list");
	/* An operand that looks like an option. */
	ck_assert_int_eq(parse("colinux disk add demo -- --json"), 0);
	ck_assert_str_eq(args.words[1], "--json");
}
END_TEST

static const struct {
	const char *line;
	const char *why;
} bad[] = {
	{ "colinux", "no command given" },
	{ "colinux fly", "fly: no such command" },
	{ "colinux st", "st: no such command" },
	{ "colinux disk", "disk: does nothing by itself" },
	{ "colinux disk eat demo", "disk eat: no such command" },
	{ "colinux dis add demo", "dis: no such command" },
	{ "colinux stop", "give NAME" },
	{ "colinux stop --timeout 5", "give NAME" },
	{ "colinux stop a b", "b: one too many: give NAME" },
	{ "colinux list a", "a: one too many: give options alone" },
	{ "colinux disk add demo", "give NAME PATH[,ro][,direct][,raw] [cobdN]" },
	{ "colinux disk add a b c d", "d: one too many: give NAME PATH[,ro][,direct][,raw] [cobdN]" },
	{ "colinux stop demo --timeout", "--timeout: needs a value" },
	{ "colinux stop demo --json=yes", "--json=yes: no such option, or not with a value" },
	{ "colinux stop demo --loud", "--loud: no such option, or not with a value" },
	{ "colinux stop demo -x", "-x: no such option, or not with a value" },
	{ "colinux kill demo --timeout 5", "--timeout: no such option here" },
};

START_TEST(wrong)
{
	ck_assert_int_eq(parse(bad[_i].line), -1);
	ck_assert_str_eq(err.text, bad[_i].why);
}
END_TEST

START_TEST(too_many)
{
	char *argv[ARGS_GIVEN_MAX + 4] = { "colinux", "ls" };

	for (int i = 2; i < ARGS_GIVEN_MAX + 3; i++)
		argv[i] = "--json";
	ck_assert_int_eq(args_parse(&args, ARGS_GIVEN_MAX + 2, argv, &err), 0);
	ck_assert_int_eq(args_parse(&args, ARGS_GIVEN_MAX + 3, argv, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "more than"));
}
END_TEST

/* The help and the prompt fit on 24 lines. */
START_TEST(one_screen)
{
	show("colinux --help");
	ck_assert_uint_le(lines(), 23);
	for (size_t i = 0; i < NR_COMMANDS; i++) {
		ck_assert_ptr_nonnull(strstr(shown, commands[i].name));
		ck_assert_msg(strlen(commands[i].help) <= 25, "%s",
			      commands[i].help);
	}
	show("colinux disk --help");
	ck_assert_ptr_nonnull(strstr(shown, "colinux disk resize NAME cobdN"));
	ck_assert_ptr_null(strstr(shown, "net"));
}
END_TEST

/* --help of a command needs no operands. */
START_TEST(help_of)
{
	const struct command *c = &commands[_i];
	char line[128];

	snprintf(line, sizeof(line), "colinux %s --help", c->name);
	show(line);
	ck_assert_uint_le(lines(), 24);
	ck_assert_ptr_nonnull(strstr(shown, c->text));
	for (const struct opt *o = c->options; o && o->name; o++)
		ck_assert_ptr_nonnull(strstr(shown, o->name));
	snprintf(line, sizeof(line), "colinux -h %s", c->alias ? c->alias : c->name);
	show(line);
	ck_assert_ptr_nonnull(strstr(shown, c->text));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("args");
	TCase *tc = tcase_create("args");

	tcase_add_loop_test(tc, options_anywhere, 0, 6);
	tcase_add_test(tc, two_words);
	tcase_add_loop_test(tc, wrong, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, one_screen);
	tcase_add_loop_test(tc, help_of, 0, NR_COMMANDS);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

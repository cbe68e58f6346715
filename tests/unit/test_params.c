// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: words, options and files, and the messages about wrong ones.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/doubt.h"
#include "common/params.h"
#include "common/paramshow.h"
#include "suite.h"

#define MAX_WORDS	64

static struct params params;
static struct err err;

static void setup(void)
{
	params_init(&params);
	err.text[0] = '\0';
}

static void teardown(void)
{
	params_free(&params);
}

static int parse(char **words)
{
	char *argv[MAX_WORDS] = { "colinux-run" };
	int argc = 1;

	while (words[argc - 1]) {
		argv[argc] = words[argc - 1];
		argc++;
	}
	return params_parse(&params, argc, argv, &err);
}

#define PARSE(...)	parse((char *[]){ __VA_ARGS__, NULL })

#define ck_ok(...)	do {						\
	if (PARSE(__VA_ARGS__))						\
		ck_abort_msg("%s", err.text);				\
} while (0)

#define ck_refused(why, ...)	do {					\
	ck_assert_int_eq(PARSE(__VA_ARGS__), -1);			\
	ck_assert_str_eq(err.text, why);				\
} while (0)

/*
 * Config files.
 */

static char file_path[32];
static char file_word[64];

static void make_file(const void *text, size_t size)
{
	int fd;

	strcpy(file_path, "/tmp/colinux-params-XXXXXX");
	fd = mkstemp(file_path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	close(fd);
	snprintf(file_word, sizeof(file_word), "@%s", file_path);
}

static void drop_file(void)
{
	if (file_word[0])
		unlink(file_path);
}

struct words_case {
	const char *text;
	const char *words[6];
	const char *error;
	unsigned int line;
};

static const struct words_case words_cases[] = {
	{ "", { NULL }, NULL, 0 },
	{ "a b\tc\nd", { "a", "b", "c", "d" }, NULL, 0 },
	{ "\n\n  # only # this\n#\n", { NULL }, NULL, 0 },
	{ "a # b\nc", { "a", "c" }, NULL, 0 },
	{ "a#b", { "a#b" }, NULL, 0 },
	{ "\"a b\" 'c d'", { "a b", "c d" }, NULL, 0 },
	{ "x=\"a # b\"y", { "x=a # by" }, NULL, 0 },
	{ "\"a \\\" b\\\\\" 'c\\'", { "a \" b\\", "c\\" }, NULL, 0 },
	{ "c:\\a\\b", { "c:\\a\\b" }, NULL, 0 },
	{ "\"\" ''", { "", "" }, NULL, 0 },
	{ "a\r\nb\r\n", { "a", "b" }, NULL, 0 },
	{ "\xef\xbb\xbfmem\r\nb", { "mem", "b" }, NULL, 0 },
	{ "\xef\xbb", { "\xef\xbb" }, NULL, 0 },
	{ "\"\\\"\" \"\\\\x\"", { "\"", "\\x" }, NULL, 0 },
	{ "a=\"C:\\\" b=\"D:\\x\\\"", { "a=C:\\", "b=D:\\x\\" }, NULL, 0 },
	{ "\"\\Device\\x\\\" b", { "\\Device\\x\\", "b" }, NULL, 0 },
	{ "a=\"x\\\"\nb", { "a=x\\", "b" }, NULL, 0 },
	{ "a\n\"b\nc\"", { "a" }, "a \" is not closed on its line", 2 },
	{ "\n\n'b", { NULL }, "a ' is not closed on its line", 3 },
};

START_TEST(conf_words)
{
	const struct words_case *c = &words_cases[_i];
	struct conf conf;
	int ret = 1, n = 0;

	ck_assert_int_eq(conf_start(&conf, c->text, strlen(c->text), &err), 0);
	while ((ret = conf_next(&conf, &err)) > 0) {
		ck_assert_ptr_nonnull(c->words[n]);
		ck_assert_str_eq(conf.word, c->words[n]);
		n++;
	}
	ck_assert_ptr_null(c->words[n]);
	ck_assert_int_eq(ret, c->error ? -1 : 0);
	if (c->error) {
		ck_assert_str_eq(err.text, c->error);
		ck_assert_uint_eq(conf.word_line, c->line);
	}
	conf_end(&conf);
}
END_TEST

static const struct {
	const char *text;
	size_t size;
	const char *word;
	const char *error;
} utf16_cases[] = {
	{ "\xff\xfem\0e\0\r\0\n\0", 10, "me", NULL },
	{ "\xfe\xff\0m\0e\0\r\0\n", 10, "me", NULL },
	{ "\xff\xfe\xac\x20", 4, "\xe2\x82\xac", NULL },
	{ "\xff\xfem", 3, NULL, "begins like UTF-16, and is not: save it as UTF-8" },
	{ "\xff\xfe\x3d\xd8\x00\xde", 6, NULL, "begins like UTF-16, and is not: save it as UTF-8" },
};

START_TEST(conf_utf16)
{
	struct conf conf;
	int ret;

	ret = conf_start(&conf, utf16_cases[_i].text, utf16_cases[_i].size, &err);
	if (utf16_cases[_i].error) {
		ck_assert_int_eq(ret, -1);
		ck_assert_str_eq(err.text, utf16_cases[_i].error);
	} else {
		ck_assert_int_eq(ret, 0);
		ck_assert_int_eq(conf_next(&conf, &err), 1);
		ck_assert_str_eq(conf.word, utf16_cases[_i].word);
		ck_assert_int_eq(conf_next(&conf, &err), 0);
	}
	conf_end(&conf);
}
END_TEST

static const char * const written[] = {
	"a", "", "a b", "#a", "a#", "it's", "\"", "a\\", "a b\\", "a \"b\" c", "c:\\a b\\",
	"\\Device\\a b", "\\", "\t",
};

/* A word that is written to a file is read as the same word. */
START_TEST(conf_written)
{
	char text[64] = "", *word = (char *)written[_i];
	FILE *f = fmemopen(text, sizeof(text), "w");
	struct conf conf;

	conf_write_word(f, word);
	fputs(" next\n", f);
	fclose(f);
	ck_assert_int_eq(conf_start(&conf, text, strlen(text), &err), 0);
	ck_assert_int_eq(conf_next(&conf, &err), 1);
	ck_assert_str_eq(conf.word, word);
	ck_assert_int_eq(conf_next(&conf, &err), 1);
	ck_assert_str_eq(conf.word, "next");
	conf_end(&conf);
}
END_TEST

START_TEST(conf_file)
{
	static const char text[] =
		"# a guest\n"
		"kernel=\"/boot/my kernel\" mem=64\n"
		"cobd0=/x/root.img,ro\n"
		"root=/dev/cobd0 ro --console=none\n"
		"-- three\n";

	make_file(text, sizeof(text) - 1);
	ck_ok("mem=32", file_word, "ro", "mem=128");
	ck_assert_str_eq(params.kernel, "/boot/my kernel");
	ck_assert_uint_eq(params.mem, 128 << 20);
	ck_assert_str_eq(params.disks[0].path, "/x/root.img");
	ck_assert(params.disks[0].ro);
	ck_assert_int_eq(params.console, CONSOLE_NONE);
	ck_assert_uint_eq(params.nr_words, 5);
	ck_assert_str_eq(params.words[2], "--");
	ck_assert_str_eq(params.words[4], "ro");
}
END_TEST

static const char * const bad_files[][2] = {
	{ "a\nb\nmem=0\n", ":3: mem=0: a guest needs memory: give more, like mem=256" },
	{ "\n\n--nope", ":3: --nope: no such option: see --help" },
	{ "--name", ":1: --name: needs a value: write --name=VALUE" },
	{ "--check=1", ":1: --check=1: takes no value: write --check" },
	{ "@other", ":1: @other: files cannot name files: name it on the command line" },
	{ "mem=2\nx='", ":2: a ' is not closed on its line" },
	{ "\0", ":1: a NUL byte: not a text file" },
	{ "\xef\xbb\xbf\r\n<?xml version=\"1.0\"?>", ":1: XML, of the first versions of coLinux: let 'colinux convert' make a config file of it" },
	{ "<colinux>", ":1: XML, of the first versions of coLinux: let 'colinux convert' make a config file of it" },
};

START_TEST(conf_file_errors)
{
	char want[256];

	make_file(bad_files[_i][0], _i == 6 ? 1 : strlen(bad_files[_i][0]));
	snprintf(want, sizeof(want), "%s%s", file_path, bad_files[_i][1]);
	ck_refused(want, file_word);
}
END_TEST

START_TEST(conf_file_missing)
{
	ck_refused("/nonexistent/x: No such file or directory: check the path",
		   "@/nonexistent/x");
	ck_refused("/tmp: is a directory: name a file", "@/tmp");
	ck_refused("@: no file named: write @FILE", "@");
}
END_TEST

/*
 * The command line.
 */

START_TEST(defaults)
{
	ck_assert_int_eq(parse((char *[]){ NULL }), 0);
	ck_assert_int_eq(params.action, ACTION_RUN);
	ck_assert_uint_eq(params.mem, (uint64_t)CO_DEFAULT_MEM << 20);
	ck_assert_str_eq(params.name, "guest");
	ck_assert_str_eq(params_kernel(&params), CO_KERNEL);
	ck_assert_ptr_null(params.initrd);
	ck_assert_uint_eq(params.ready_timeout, 60);
	ck_assert_uint_eq(params.stop_timeout, 30);
	ck_assert_int_eq(params.console, CONSOLE_AUTO);
}
END_TEST

START_TEST(all_options)
{
	ck_ok("--check", "--console", "file:/x", "--force-share", "--hugetlb",
	      "--io=threads", "--name=a.b-c_1", "--stats=/y",
	      "--ready-timeout=0", "--stop-timeout=5", "-v");
	ck_assert_int_eq(params.action, ACTION_CHECK);
	ck_assert_int_eq(params.console, CONSOLE_FILE);
	ck_assert_str_eq(params.console_file, "/x");
	ck_assert(params.force_share && params.hugetlb && params.verbose);
	ck_assert_int_eq(params.io, IO_THREADS);
	ck_assert_str_eq(params.name, "a.b-c_1");
	ck_assert(params.stats);
	ck_assert_str_eq(params.stats_file, "/y");
	ck_assert_uint_eq(params.ready_timeout, 0);
	ck_assert_uint_eq(params.stop_timeout, 5);
}
END_TEST

START_TEST(all_words)
{
	ck_ok("kernel=k", "initrd=i", "mem=2G", "cocon=80x25", "cobd15=a,b",
	      "cobd2=c,rw", "cobd3=d,direct,ro", "cobd4=e,ro,direct",
	      "cobd5=f,raw", "cobd6=g,raw,ro", "arch=x86_64",
	      "eth7=slirp");
	ck_assert_str_eq(params.kernel, "k");
	ck_assert_str_eq(params.initrd, "i");
	ck_assert_uint_eq(params.arch, CO_ARCH_X86_64);
	ck_assert_uint_eq(params.mem, 2048ULL << 20);
	ck_assert_uint_eq(params.cols, 80);
	ck_assert_uint_eq(params.rows, 25);
	ck_assert_str_eq(params.disks[15].path, "a,b");
	ck_assert_str_eq(params.disks[2].path, "c");
	ck_assert(!params.disks[2].ro);
	ck_assert(!params.disks[2].direct);
	for (int i = 3; i <= 4; i++) {
		ck_assert_uint_eq(strlen(params.disks[i].path), 1);
		ck_assert(params.disks[i].ro);
		ck_assert(params.disks[i].direct);
	}
	ck_assert_str_eq(params.disks[5].path, "f");
	ck_assert(params.disks[5].raw && !params.disks[5].ro);
	ck_assert(params.disks[6].raw && params.disks[6].ro);
	ck_assert(!params.disks[4].raw);
	ck_assert_int_eq(params.nets[7].kind, NET_SLIRP);
	ck_assert_uint_eq(params.nr_words, 0);
}
END_TEST

static void parse_again(void)
{
	teardown();
	setup();
}

START_TEST(architectures)
{
	ck_ok("arch=x86_64");
	ck_assert_str_eq(params_kernel(&params), CO_KERNEL "-x86_64");
	parse_again();
	ck_ok("arch=i386", "arch=amd64");
	ck_assert_uint_eq(params.arch, CO_ARCH_X86_64);
	ck_ok("arch=x86_64", "arch=i386");
	ck_assert_str_eq(params_kernel(&params), CO_KERNEL);
	ck_ok("kernel=k", "arch=x86_64");
	ck_assert_str_eq(params_kernel(&params), "k");
}
END_TEST

static int root_of(char *root, char *disk)
{
	parse_again();
	ck_ok(disk, "cobd3=d", root);
	return params_root(&params);
}

START_TEST(roots)
{
	ck_assert_int_eq(root_of("root=/dev/cobd3", "cobd0=a"), 3);
	ck_assert_int_eq(root_of("root=/dev/cobd3p1", "cobd0=a"), 3);
	ck_assert_int_eq(root_of("root=/dev/hda1", "hda1=a"), 0);
	ck_assert_int_eq(root_of("root=LABEL=x", "cobd0=a"), 0);
	ck_assert_int_eq(root_of("root=LABEL=x", "cobd1=a"), -1);
	ck_assert_int_eq(root_of("ro", "cobd0=a"), 0);
	ck_assert_int_eq(root_of("root=/dev/cobd2", "cobd0=a"), -1);
	ck_assert_int_eq(root_of("root=/dev/cobd16", "cobd0=a"), -1);
	ck_assert_int_eq(root_of("root=/dev/ram0", "cobd0=a"), -1);
	ck_assert_int_eq(root_of("root=/dev/cobd", "cobd0=a"), -1);
	parse_again();
	ck_ok("cobd0=a", "cobd2=b", "root=/dev/cobd0", "root=/dev/cobd2");
	ck_assert_int_eq(params_root(&params), 2);
}
END_TEST

/* Options follow the path in any order; commas of the overlay's path belong to it. */
START_TEST(overlays)
{
	ck_ok("cobd0=a,snapshot", "cobd1=b,raw,cow=o,1", "hda1=c,cow=x,cow=p,raw",
	      "cobd3=d,cow=q", "cobd3=d");
	ck_assert(params.disks[0].snapshot);
	ck_assert_ptr_null(params.disks[0].cow);
	ck_assert_str_eq(params.disks[1].path, "b");
	ck_assert(params.disks[1].raw);
	ck_assert_str_eq(params.disks[1].cow, "o,1");
	ck_assert_str_eq(params.disks[2].path, "c,cow=x");
	ck_assert_str_eq(params.disks[2].cow, "p");
	ck_assert(params.disks[2].raw);
	ck_assert_ptr_null(params.disks[3].cow);
	ck_refused("a,snapshot,ro: ,ro goes with no overlay: leave it out, or ,snapshot and ,cow=",
		   "cobd0=a,snapshot,ro");
	ck_refused("a,cow=b,direct: ,direct goes with no overlay: leave it out, or ,snapshot and ,cow=",
		   "cobd0=a,cow=b,direct");
	ck_refused("a,cow=b,snapshot: ,snapshot and ,cow=: leave one of them out",
		   "cobd0=a,cow=b,snapshot");
	ck_refused(",cow=: empty: name a file", "cobd0=a,cow=");
}
END_TEST

/* A disk without a path is no disk: nothing may be left of it. */
START_TEST(options_alone)
{
	static const char *const values[] = { ",ro", ",raw", ",direct",
					      ",snapshot", ",cow=o", ",ro,raw" };
	char word[32], why[96];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(word, sizeof(word), "hda1=%s", values[i]);
		snprintf(why, sizeof(why), "%s: no path before the options: name an image or a block device",
			 values[i]);
		ck_refused(why, word, "hda1=:cobd0");
	}
}
END_TEST

START_TEST(later_wins)
{
	ck_ok("initrd=a", "cobd0=a", "eth0=slirp", "cobd1=x,direct,ro", "initrd=",
	      "cobd0=", "eth0=", "cobd1=y");
	ck_assert_ptr_null(params.initrd);
	ck_assert_ptr_null(params.disks[0].path);
	ck_assert_int_eq(params.nets[0].kind, NET_NONE);
	ck_assert_str_eq(params.disks[1].path, "y");
	ck_assert(!params.disks[1].ro);
	ck_assert(!params.disks[1].direct);
}
END_TEST

/* Words of the guest's kernel that begin like colinux-run's. */
START_TEST(guest_words)
{
	ck_ok("ether=1", "memtest=3", "mem", "initrdmem=1", "kernel.x=1",
	      "cobd", "eth=1", "sdx", "--", "--name=x", "@y", "mem=4");
	ck_assert_uint_eq(params.nr_words, 11);
	ck_assert_uint_eq(params.mem, (uint64_t)CO_DEFAULT_MEM << 20);
}
END_TEST

static const char * const bad_words[][2] = {
	{ "arch=arm", "arch=arm: no such architecture: give i386 or x86_64" },
	{ "arch=", "arch=: no such architecture: give i386 or x86_64" },
	{ "mem=0", "mem=0: a guest needs memory: give more, like mem=256" },
	{ "mem=3", "mem=3: memory comes in steps of 2 MiB: give mem=4" },
	{ "mem=x", "mem=x: not a number of MiB up to 1048576: give one like mem=256" },
	{ "mem=", "mem=: not a number of MiB up to 1048576: give one like mem=256" },
	{ "mem=-2", "mem=-2: not a number of MiB up to 1048576: give one like mem=256" },
	{ "mem=2K", "mem=2K: not a number of MiB: give one like mem=256" },
	{ "mem=18446744073709551618", "mem=18446744073709551618: not a number of MiB up to 1048576: give one like mem=256" },
	{ "kernel=", "kernel=: empty: name a file" },
	{ "cocon=80", "cocon=80: not a window size: give one like cocon=80x25" },
	{ "cocon=0x9", "cocon=0x9: not a window size: give one like cocon=80x25" },
	{ "cocon=80x25x9x", "cocon=80x25x9x: not a window size: give one like cocon=80x25" },
	{ "cocon=80x25x", "cocon=80x25x: not a window size: give one like cocon=80x25" },
	{ "cobd16=x", "cobd16: no such device: there are cobd0 to cobd15" },
	{ "cobd99999999999=x", "cobd99999999999: no such device: there are cobd0 to cobd15" },
	{ "cobda=x", "cobda=x: no such disk: there are cobd0 to cobd15" },
	{ "eth1=pcap", "eth1=pcap: pcap: no such network: use tuntap or slirp" },
	{ "eth8=x", "eth8: no such device: there are eth0 to eth7" },
	{ "hda=:cobd16", "hda=:cobd16: no such disk: there are cobd0 to cobd15" },
	{ "hda1234=x", "hda1234=x: not a disk's name: those go from hda1 to hda999" },
	{ "sdb00001=:cobd0", "sdb00001=:cobd0: not a disk's name: those go from sdb1 to sdb999" },
	{ "--nope", "--nope: no such option, or not with a value: see --help" },
	{ "--check=x", "--check=x: no such option, or not with a value: see --help" },
	{ "-x", "-x: no such option, or not with a value: see --help" },
	{ "--name", "--name: needs a value: write --name=VALUE" },
	{ "--name=", "--name=: not a name: use up to 63 letters, digits, '.', '_' and '-'" },
	{ "--name=a/b", "--name=a/b: not a name: use up to 63 letters, digits, '.', '_' and '-'" },
	{ "--name=..", "--name=..: not a name: use up to 63 letters, digits, '.', '_' and '-'" },
	{ "--io=x", "--io=x: no such engine: use uring or threads" },
	{ "--console=x", "--console=x: no such console: use tty, stdio, pty, file:PATH or none" },
	{ "--console=file:", "--console=file:: empty: name a file" },
	{ "--ready-timeout=", "--ready-timeout=: not a number of seconds up to 86400: give one like 30" },
	{ "--stop-timeout=1s", "--stop-timeout=1s: not a number of seconds up to 86400: give one like 30" },
	{ "--stats=", "--stats=: empty: name a file" },
};

START_TEST(refused)
{
	ck_refused(bad_words[_i][1], (char *)bad_words[_i][0]);
}
END_TEST

START_TEST(long_name)
{
	char word[128] = "--name=";

	memset(word + 7, 'a', 63);
	ck_ok(word);
	word[70] = 'a';
	ck_assert_int_eq(PARSE(word), -1);
}
END_TEST

/*
 * Disks under other names.
 */

START_TEST(aliases)
{
	char line[256];

	ck_ok("cobd0=a", "hda1=b", "sdb=c,ro", "hda2=:cobd0", "hda1=d",
	      "root=/dev/hda1");
	ck_assert_str_eq(params.disks[0].alias, "hda2");
	ck_assert_str_eq(params.disks[1].path, "d");
	ck_assert_str_eq(params.disks[2].path, "c");
	ck_assert(params.disks[2].ro);
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(line), &err), 15);
	ck_assert_str_eq(line, "root=/dev/cobd1");
}
END_TEST

/* A disk without a number takes none that a later word names. */
START_TEST(aliases_make_room)
{
	char line[256];

	ck_ok("hda1=a,ro", "hda2=b", "cobd0=c", "hda3=:cobd1",
	      "root=/dev/hda1");
	ck_assert_str_eq(params.disks[0].path, "c");
	ck_assert(!params.disks[0].ro);
	ck_assert_str_eq(params.disks[0].alias, "");
	ck_assert_ptr_null(params.disks[1].path);
	ck_assert_str_eq(params.disks[1].alias, "hda3");
	ck_assert_str_eq(params.disks[2].path, "a");
	ck_assert(params.disks[2].ro);
	ck_assert_str_eq(params.disks[3].path, "b");
	ck_assert_str_eq(params.disks[3].alias, "hda2");
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(line), &err), 15);
	ck_assert_str_eq(line, "root=/dev/cobd2");
	/* A disk that has moved gives way again. */
	ck_ok("hda1=a", "cobd0=c", "cobd1=d", "cobd0=e");
	ck_assert_str_eq(params.disks[0].path, "e");
	ck_assert_str_eq(params.disks[1].path, "d");
	ck_assert_str_eq(params.disks[2].path, "a");
}
END_TEST

START_TEST(aliases_of_one_disk)
{
	/* Of two words for one name the later one counts. */
	ck_ok("cobd0=a", "cobd1=b", "hda1=:cobd0", "hda1=:cobd0",
	      "hda1=:cobd1", "hda2=:cobd0");
	ck_assert_str_eq(params.disks[0].alias, "hda2");
	ck_assert_str_eq(params.disks[1].alias, "hda1");
	ck_refused("hda3=:cobd0: that disk is hda2 already: leave one of the two out",
		   "hda3=:cobd0");
	ck_refused("hda5=:cobd3: that disk is hda4 already: leave one of the two out",
		   "hda4=:cobd3", "hda5=:cobd3", "cobd3=a");
}
END_TEST

START_TEST(longest_alias)
{
	char line[256];

	/* The last word is no name of a disk, but a word of the guest. */
	ck_ok("cobd0=a", "hda123=b", "root=/dev/hda123", "hda1x=c");
	ck_assert_str_eq(params.disks[1].path, "b");
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(line), &err), 23);
	ck_assert_str_eq(line, "root=/dev/cobd1 hda1x=c");
}
END_TEST

START_TEST(too_many_disks)
{
	char words[17][24], *argv[19] = { "colinux-run" };

	for (int i = 0; i < 17; i++) {
		snprintf(words[i], sizeof(words[i]), "hda%d=x", i + 1);
		argv[i + 1] = words[i];
	}
	ck_assert_int_eq(params_parse(&params, 18, argv, &err), -1);
	ck_assert_str_eq(err.text,
			 "hda17=: more than 16 disks: leave some out");
}
END_TEST

/*
 * The guest's command line.
 */

/* Files of the first coLinux are accepted; words without a meaning are ignored. */
START_TEST(old_words)
{
	char words[] = "";

	ck_ok("kernel=c:\\colinux\\vmlinux", "initrd=C:/initrd.gz",
	      "cobd0=\\Device\\Harddisk0\\Partition1", "cobd1=root.img",
	      "hda1=d:\\root", "eth0=pcap-bridge,\"LAN\"", "eth1=ndis-bridge",
	      "cofs0=c:\\", "scsi0=disk,x", "exec0=a.exe", "ttys0=COM1",
	      "eth2=tuntap,Local Area 2,,192.168.0.1", "pci0=x", "video0=4");
	ck_assert_ptr_null(params.kernel);
	ck_assert_ptr_null(params.initrd);
	ck_assert_ptr_null(params.disks[0].path);
	ck_assert_str_eq(params.disks[1].path, "root.img");
	ck_assert_int_eq(params.nets[0].kind, NET_NONE);
	ck_assert_int_eq(params.nets[2].kind, NET_TUNTAP);
	ck_assert_str_eq(params.nets[2].ifname, "");
	ck_assert_uint_eq(params.nr_words, 0);
	ck_assert_int_eq(params_cmdline(&params, words, sizeof(words), &err), 0);
}
END_TEST

/* Windows paths mean files beside the configuration file, unless the path exists. */
START_TEST(old_paths)
{
	char there[] = "/tmp/colinux-a\\b-XXXXXX", word[64];
	int fd = mkstemp(there);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_ok("cobd0=images\\root.img,ro", "initrd=boot\\initrd.gz",
	      "kernel=x\\vmlinux", "cocon=120x40x500", "cobd1=a/b\\c");
	ck_assert_str_eq(params.disks[0].path, "images/root.img");
	ck_assert(params.disks[0].ro);
	ck_assert_str_eq(params.disks[1].path, "a/b\\c");
	ck_assert_str_eq(params.initrd, "boot/initrd.gz");
	ck_assert_str_eq(params.kernel, "x/vmlinux");
	ck_assert_uint_eq(params.cols, 120);
	ck_assert_uint_eq(params.rows, 40);
	ck_assert_int_eq(chdir("/tmp"), 0);
	snprintf(word, sizeof(word), "cobd0=%s", there + 5);
	ck_ok(word, "kernel=vmlinux",
	      "eth0=tuntap,LocalAreaConnection2");
	ck_assert_str_eq(params.disks[0].path, there + 5);
	ck_assert_ptr_null(params.kernel);
	ck_assert_str_eq(params.nets[0].ifname, "");
	unlink(there);
}
END_TEST

START_TEST(background)
{
	ck_ok("--name=demo", "--detach", "--pidfile=/run/demo.pid");
	ck_assert(params.named && params.detach);
	ck_assert_str_eq(params.name, "demo");
	ck_assert_str_eq(params.pidfile, "/run/demo.pid");
	ck_refused("--pidfile=: empty: name a file", "--pidfile=");
}
END_TEST

START_TEST(cmdline)
{
	static const char want[] =
		"root=/dev/hdz ro a=\"b c\" \"d e\" quo\"te init=/bin/sh";
	char line[256];

	ck_ok("root=/dev/hdz", "ro", "a=b c", "d e", "quo\"te",
	      "init=/bin/sh");
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(line), &err),
			 sizeof(want) - 1);
	ck_assert_str_eq(line, want);
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(want), &err),
			 sizeof(want) - 1);
	for (size_t size = 1; size < sizeof(want); size++) {
		ck_assert_int_eq(params_cmdline(&params, line, size, &err), -1);
		ck_assert_ptr_nonnull(strstr(err.text, "longer than"));
	}
}
END_TEST

START_TEST(cmdline_quotes)
{
	char line[256];

	ck_ok("a=\"b c");
	ck_assert_int_eq(params_cmdline(&params, line, sizeof(line), &err), -1);
	ck_assert_str_eq(err.text, "a=\"b c: has a space and a quote or newline: the guest's command line cannot hold both");
}
END_TEST

/* $TERM is untrusted, and must stay one word. */
START_TEST(cmdline_defaults)
{
	static const struct {
		const char *name, *term, *want;
	} rows[] = {
		{ "demo", "linux", "TERM=linux hostname=demo " },
		{ "my_guest-_", NULL, "TERM=xterm-256color hostname=my-guest " },
		{ "a.b.", "", "TERM=xterm-256color hostname=a.b " },
		{ "a", "x init=/bin/sh", "TERM=xterm-256color hostname=a " },
		{ "a", "x\ny", "TERM=xterm-256color hostname=a " },
		{ "a", "123456789012345678901234567890123",
		  "TERM=xterm-256color hostname=a " },
		{ "1234567890123456789012345678901234567890123456789012345678901234-5",
		  "rxvt-unicode+256.a",
		  "TERM=rxvt-unicode+256.a hostname=1234567890123456789012345678901234567890123456789012345678901234 " },
	};
	char line[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = params_defaults(rows[i].name, rows[i].term, line,
					     sizeof(line));

		ck_assert_uint_eq(len, strlen(line));
		ck_assert_str_eq(line, rows[i].want);
	}
}
END_TEST

/*
 * The warnings of --check.
 */

static const struct {
	const char *text;
	const char *doubts[3];
} doubts[] = {
	{ "root=/dev/cobd0 ro cobd0=x quiet", { NULL } },
	{ "initrd=x mem=64", { NULL } },
	{ "initrd=x vdso=1 nvme_core.x=1 eth=1 memory=2 single", { NULL } },
	{ "root=PARTUUID=1 cobd0=x", { NULL } },
	{ "root=/dev/ram0 root=/dev/hda1 hda1=x", { NULL } },
	{ "root=/dev/cobd0p2 cobd0=x console=hvc0", { NULL } },
	{ "initrd=x root=UUID=1 console=ttyS0 console=hvc0", { NULL } },
	{ "initrd=x\nmem = 64", { ":2: =: goes to the guest: no spaces around =" } },
	{ "initrd=x mem =64", { ":1: =64: goes to the guest: no spaces" } },
	{ "initrd=x cobd0 = /x", { ":1: =: goes to the guest: no spaces around =" } },
	{ "initrd=x cobd0= /x", { ":1: /x: goes to the guest: no space behind =" } },
	{ "initrd=x hda1= /x eth0= slirp",
	  { ":1: /x: goes to", ":1: slirp: goes to" } },
	{ "initrd=x MEM=64 Cobd0=/x HDA1=/y",
	  { ":1: MEM=64: goes to the guest: write the name in small",
	    ":1: Cobd0=/x: ", ":1: HDA1=/y: " } },
	{ "initrd=x vda=/x", { ":1: vda=/x: goes to the guest: disks are cobd0=" } },
	{ "initrd=x xvdb1=/x nvme0n1=/y", { ":1: xvdb1=/x: ", ":1: nvme0n1=/y: " } },
	{ "initrd=x\n; a comment", { ":2: ;: goes to the guest, and what follows is read" } },
	{ "initrd=x\n;a\nREM b\n//", { ":2: ;a: ", ":3: REM: ", ":4: //: " } },
	{ "cobd0=x ro", { "root=: none given: say root=/dev/cobd0" } },
	{ "cobd0=x root=/dev/cobd1", { "root=/dev/cobd1: no such disk is given" } },
	{ "cobd0=x root=/dev/cobd16", { "root=/dev/cobd16: no disk is called so" } },
	{ "cobd0=x root=/dev/sda1", { "root=/dev/sda1: no disk is called so" } },
	{ "cobd0=x root=/dev/vda", { "root=/dev/vda: no disk is called so" } },
	{ "hda1=:cobd0 root=/dev/hda1", { "root=/dev/hda1: no such disk is given" } },
	{ "cobd0=x root=cobd0", { "root=cobd0: not a device's path" } },
	{ "cobd0=x root=UUID=1", { "root=UUID=1: only an initrd can look" } },
	{ "initrd=x console=ttyS0", { "console=ttyS0: a guest has none of these" } },
	{ "initrd=x console=hvc0 console=tty1,9600", { "console=tty1,9600: " } },
};

static void read_all(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
}

/* The file that gets standard error. */
static char said_path[32];

START_TEST(doubted)
{
	char said[2048], *at = said;
	int fd, old = dup(STDERR_FILENO), nr = 0;

	make_file(doubts[_i].text, strlen(doubts[_i].text));
	ck_ok("--check", file_word);
	strcpy(said_path, "/tmp/colinux-said-XXXXXX");
	fd = mkstemp(said_path);
	dup2(fd, STDERR_FILENO);
	close(fd);
	nr = doubt_show(&params);
	dup2(old, STDERR_FILENO);
	read_all(said_path, said, sizeof(said));
	unlink(said_path);
	for (int i = 0; i < 3 && doubts[_i].doubts[i]; i++, nr--) {
		at = strstr(at, doubts[_i].doubts[i]);
		ck_assert_msg(at != NULL, "no warning '%s' in '%s'",
			      doubts[_i].doubts[i], said);
	}
	ck_assert_msg(!nr, "more warnings than expected: '%s'", said);
}
END_TEST

START_TEST(doubted_level)
{
	ck_ok("-v", "3", "initrd=x");
	ck_assert_uint_eq(params.nr_doubts, 1);
	ck_assert_str_eq(params.doubts[0], "3: goes to the guest: -v has no levels here");
	ck_ok("-v", "initrd=x", "3", "--", "mem", "=3");
	ck_assert_uint_eq(params.nr_doubts, 1);
}
END_TEST

/* The words shown can be read again, and are then shown as the same. */
START_TEST(shown)
{
	static char first[8192], second[8192];
	struct params again;
	char *argv[2] = { "colinux-run", file_word };
	FILE *f;

	ck_ok("--name=n", "kernel=/a b/k\\", "arch=i386", "initrd=i", "mem=1G",
	      "cobd0=/x \"y\"'z,ro", "hda1=/p,direct,raw,ro", "hda2=:cobd0",
	      "cobd15=q,snapshot", "cobd14=r,cow=s t", "eth0=slirp,,tcp:*:22:22/udp:127.0.0.1:5:6:3/tcp:[::1]:7:8",
	      "eth3=slirp,hostloopback", "eth4=slirp,restrict",
	      "eth1=tuntap,tap0,02:00:00:00:00:01,bridge=br0,mtu=9000",
	      "eth2=tuntap", "eth7=slirp,02:00:00:00:00:02", "cocon=80x25",
	      "--console=file:/c d", "--io=threads", "--hugetlb", "--detach",
	      "--force-share", "--stats=/s", "--pidfile=/p", "--user=u", "-v",
	      "--ready-timeout=1", "--stop-timeout=2", "root=/dev/hda1", "a b",
	      "#x", "q=\"", "");
	make_file("", 0);
	f = fopen(file_path, "w");
	params_show(&params, f);
	fclose(f);
	read_all(file_path, first, sizeof(first));
	ck_assert_ptr_nonnull(strstr(first, "\narch=i386\n"));
	ck_assert_ptr_nonnull(strstr(first, "\nmem=1024\n"));
	ck_assert_ptr_nonnull(strstr(first, "\ncobd0=\"/x \\\"y\\\"'z\",ro\nhda2=:cobd0\n"));
	ck_assert_ptr_nonnull(strstr(first, "\neth0=slirp,,tcp:*:22:22/udp:5:6/udp:6:7/udp:7:8/tcp:[::1]:7:8\n"));
	params_init(&again);
	if (params_parse(&again, 2, argv, &err))
		ck_abort_msg("%s: %s", err.text, first);
	f = fopen(file_path, "w");
	params_show(&again, f);
	fclose(f);
	read_all(file_path, second, sizeof(second));
	ck_assert_str_eq(first, second);
	ck_assert_uint_eq(again.nr_words, params.nr_words);
	for (size_t i = 0; i < params.nr_words; i++)
		ck_assert_str_eq(again.words[i], params.words[i]);
	ck_assert_str_eq(again.kernel, params.kernel);
	ck_assert_str_eq(again.disks[0].path, params.disks[0].path);
	params_free(&again);
}
END_TEST

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

int main(void)
{
	Suite *s = suite_create("params");
	TCase *tc = tcase_create("params");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_checked_fixture(tc, NULL, drop_file);
	tcase_add_loop_test(tc, conf_words, 0, COUNT(words_cases));
	tcase_add_loop_test(tc, conf_utf16, 0, COUNT(utf16_cases));
	tcase_add_loop_test(tc, conf_written, 0, COUNT(written));
	tcase_add_test(tc, conf_file);
	tcase_add_loop_test(tc, conf_file_errors, 0, COUNT(bad_files));
	tcase_add_test(tc, conf_file_missing);
	tcase_add_test(tc, defaults);
	tcase_add_test(tc, all_options);
	tcase_add_test(tc, all_words);
	tcase_add_test(tc, architectures);
	tcase_add_test(tc, roots);
	tcase_add_test(tc, overlays);
	tcase_add_test(tc, options_alone);
	tcase_add_test(tc, later_wins);
	tcase_add_test(tc, guest_words);
	tcase_add_loop_test(tc, refused, 0, COUNT(bad_words));
	tcase_add_test(tc, long_name);
	tcase_add_test(tc, aliases);
	tcase_add_test(tc, aliases_make_room);
	tcase_add_test(tc, aliases_of_one_disk);
	tcase_add_test(tc, longest_alias);
	tcase_add_test(tc, too_many_disks);
	tcase_add_test(tc, old_words);
	tcase_add_test(tc, old_paths);
	tcase_add_test(tc, background);
	tcase_add_test(tc, cmdline);
	tcase_add_test(tc, cmdline_quotes);
	tcase_add_test(tc, cmdline_defaults);
	tcase_add_loop_test(tc, doubted, 0, COUNT(doubts));
	tcase_add_test(tc, doubted_level);
	tcase_add_test(tc, shown);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters: from words and options to struct params.
 *
 * A word is NAME=VALUE with a name of words[], or @FILE. Any other word is for the
 * guest's command line. An option begins with "--". getopt_long() reads those of the
 * command line, file_option() those of a file, and both call set_option(). For each name
 * there is one function that checks and stores its value.
 *
 * A word is for the guest's hardware: its kernel, memory and devices. An option is for
 * the behaviour of the monitor. A new parameter also needs a member of struct params
 * (params.h), and params_free() if it is a string. It needs usage[], params_show()
 * (paramshow.c), docs/man/colinux-run.1, tools/completion/colinux and
 * tests/unit/test_params.c (all_words, bad_words, shown), too.
 */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "arch.h"
#include "conf.h"
#include "diskword.h"
#include "doubt.h"
#include "file.h"
#include "number.h"
#include "params.h"
#include "rundir.h"

#define MIB		(1ULL << 20)
#define DEFAULT_MEM	(CO_DEFAULT_MEM * MIB)
#define DEFAULT_READY	60
#define DEFAULT_STOP	30
#define MAX_TERM	32
#define MAX_HOSTNAME	64

/* Limit of mem=, 1 TiB: a larger number is more probably a mistake. */
#define MAX_MEM_MIB	1048576

enum {
	OPT_CHECK = 256,
	OPT_CONSOLE,
	OPT_DETACH,
	OPT_FORCE_SHARE,
	OPT_HUGETLB,
	OPT_IO,
	OPT_NAME,
	OPT_PIDFILE,
	OPT_READY_TIMEOUT,
	OPT_STATS,
	OPT_STOP_TIMEOUT,
	OPT_USER,
	OPT_VERSION,
};

static const struct option options[] = {
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "console", required_argument, NULL, OPT_CONSOLE },
	{ "detach", no_argument, NULL, OPT_DETACH },
	{ "force-share", no_argument, NULL, OPT_FORCE_SHARE },
	{ "help", no_argument, NULL, 'h' },
	{ "hugetlb", no_argument, NULL, OPT_HUGETLB },
	{ "io", required_argument, NULL, OPT_IO },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "pidfile", required_argument, NULL, OPT_PIDFILE },
	{ "ready-timeout", required_argument, NULL, OPT_READY_TIMEOUT },
	{ "stats", optional_argument, NULL, OPT_STATS },
	{ "stop-timeout", required_argument, NULL, OPT_STOP_TIMEOUT },
	{ "user", required_argument, NULL, OPT_USER },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"Usage: colinux-run [OPTION]... [@FILE]... [NAME=VALUE]... [WORD]...\n"
"Run a second Linux kernel beside this one. Words that it does not know go to the\n"
"guest's kernel command line; later words override earlier ones.\n"
"\n"
"  kernel=FILE           the guest kernel (" CO_KERNEL ")\n"
"  arch=ARCH             the installed kernel: i386 or x86_64\n"
"  initrd=FILE           its initial RAM disk\n"
"  mem=MIB               its memory, in MiB (" STRING(CO_DEFAULT_MEM) ")\n"
"  cobdN=PATH[,ro][,direct][,raw][,snapshot][,cow=FILE]\n"
"                        disk N, 0 to 15: an image or a block device\n"
"  hda1=PATH, sda=...    the next free disk, known by this name in root=\n"
"  hda1=:cobdN           another name for disk N\n"
"  ethN=tuntap[,IFNAME[,MAC]][,bridge=BR]\n"
"                        network interface N, 0 to 7, on a TAP of the host\n"
"  ethN=slirp[,MAC[,tcp:HOSTPORT:GUESTPORT/udp:...]][,hostloopback][,restrict]\n"
"                        the same with user-mode networking\n"
"  cocon=COLSxROWS       size of the console\n"
"  @FILE                 words and options from a file\n"
"\n"
"      --check           check and print the parameters, start nothing\n"
"      --console=WHERE   tty, stdio, pty, file:PATH or none\n"
"      --detach          go into the background when the guest runs\n"
"      --force-share     do not lock read-only images\n"
"  -h, --help            this text\n"
"      --hugetlb         memory from hugetlbfs's pool\n"
"      --io=ENGINE       uring or threads\n"
"      --name=NAME       the guest's name\n"
"      --pidfile=FILE    write the PID to FILE when the guest runs\n"
"      --ready-timeout=S seconds until the user land should be up (60)\n"
"      --stats[=FILE]    print counters at the end\n"
"      --stop-timeout=S  seconds to wait for a power-off (30)\n"
"      --user=NAME       the user that the monitor becomes when it is set up\n"
"  -v, --verbose         print more messages\n"
"      --version         print the version\n"
"\n"
"In the console, Ctrl-] q powers the guest off; Ctrl-] ? shows all keys.\n"
"See colinux-run(1) for the rest, exit statuses included.\n";

/**
 * params_usage() - the text of --help
 *
 * Return: the text.
 */
const char *params_usage(void)
{
	return usage;
}

/**
 * params_init() - set the default parameters
 * @p:		parameters
 */
void params_init(struct params *p)
{
	*p = (struct params) {
		.name = "guest",
		.mem = DEFAULT_MEM,
		.ready_timeout = DEFAULT_READY,
		.stop_timeout = DEFAULT_STOP,
	};
}

/**
 * params_kernel() - the path of the guest kernel
 * @p:		parameters
 *
 * Return: the user's path, or that of the installed kernel of the guest's architecture.
 */
const char *params_kernel(const struct params *p)
{
	if (p->kernel)
		return p->kernel;
	return p->arch == CO_ARCH_X86_64 ? CO_KERNEL CO_SUFFIX_X86_64 : CO_KERNEL;
}

/**
 * params_free() - free what parsing allocated
 * @p:		parameters
 */
void params_free(struct params *p)
{
	free(p->pidfile);
	free(p->kernel);
	free(p->initrd);
	free(p->console_file);
	free(p->stats_file);
	free(p->user);
	for (size_t i = 0; i < CO_MAX_COBD; i++) {
		free(p->disks[i].path);
		free(p->disks[i].cow);
	}
	for (size_t i = 0; i < p->nr_words; i++)
		free(p->words[i]);
	free(p->words);
	free(p->before);
	for (size_t i = 0; i < p->nr_doubts; i++)
		free(p->doubts[i]);
	free(p->doubts);
}

/*
 * Values.
 */

static int set_string(char **to, const char *value, struct err *err)
{
	char *copy = strdup(value);

	if (!copy)
		return err_set(err, "out of memory");
	free(*to);
	*to = copy;
	return 0;
}

static int params_set_path(char **to, const char *name, const char *value,
			   struct err *err)
{
	if (!*value)
		return err_set(err, "%s: empty: name a file", name);
	return set_string(to, value, err);
}

static bool skip_windows_path(const char *name, const char *value,
			      const char *instead)
{
	if (!conf_windows_path(value))
		return false;
	msg_warn("%s%s: a path of Windows: %s: ignored", name, value, instead);
	return true;
}

/*
 * Files of the first coLinux have relative paths like images\root.img. A file of this
 * host may have a backslash in its name, too: then it is left as it is.
 */
static void translate_path(char *path)
{
	if (!strchr(path, '\\') || strchr(path, '/') || !access(path, F_OK))
		return;
	msg_warn("%s: a path of Windows: taken with / for each \\", path);
	for (; *path; path++)
		if (*path == '\\')
			*path = '/';
}

/* Undo an earlier parameter with a file. */
static int no_file(char **file)
{
	free(*file);
	*file = NULL;
	return 0;
}

static int set_kernel(struct params *p, unsigned int unit __attribute__((unused)),
		      const char *value, struct err *err)
{
	if (skip_windows_path("kernel=", value,
			      "leave kernel= out, or name a coLinux kernel of this host"))
		return 0;
	/* Nearly all files of the first coLinux have kernel=vmlinux. */
	if (!strcmp(value, "vmlinux") && access(value, F_OK)) {
		msg_warn("kernel=vmlinux: no such file here: the installed kernel is taken");
		return no_file(&p->kernel);
	}
	if (params_set_path(&p->kernel, "kernel=", value, err))
		return -1;
	translate_path(p->kernel);
	return 0;
}

static int set_arch(struct params *p, unsigned int unit __attribute__((unused)),
		    const char *value, struct err *err)
{
	p->arch = arch_find(value);
	if (p->arch)
		return 0;
	return err_set(err, "arch=%s: no such architecture: give i386 or x86_64",
		       value);
}

/* An empty initrd= undoes an earlier one. */
static int set_initrd(struct params *p, unsigned int unit __attribute__((unused)),
		      const char *value, struct err *err)
{
	if (skip_windows_path("initrd=", value,
			      "leave initrd= out, or name a file of this host"))
		return 0;
	if (!*value)
		return no_file(&p->initrd);
	if (set_string(&p->initrd, value, err))
		return -1;
	translate_path(p->initrd);
	return 0;
}

static int set_mem(struct params *p, unsigned int unit __attribute__((unused)),
		   const char *value, struct err *err)
{
	const char *s = value;
	unsigned long mib;

	if (number_parse(&s, MAX_MEM_MIB, &mib))
		return err_set(err, "mem=%s: not a number of MiB up to %d: give one like mem=256",
			       value, MAX_MEM_MIB);
	if (*s == 'G' && mib <= MAX_MEM_MIB / 1024) {
		mib *= 1024;
		s++;
	} else if (*s == 'M') {
		s++;
	}
	if (*s)
		return err_set(err, "mem=%s: not a number of MiB: give one like mem=256",
			       value);
	if (!mib)
		return err_set(err, "mem=%s: a guest needs memory: give more, like mem=256",
			       value);
	if (mib * MIB % CO_CHUNK_SIZE)
		return err_set(err, "mem=%s: memory comes in steps of 2 MiB: give mem=%lu",
			       value, mib + 1);
	p->mem = mib * MIB;
	return 0;
}

static int set_cocon(struct params *p, unsigned int unit __attribute__((unused)),
		     const char *value, struct err *err)
{
	unsigned long cols, rows, buffer;
	const char *s = value;

	if (number_parse(&s, PARAMS_WINDOW_MAX, &cols) || *s++ != 'x' ||
	    number_parse(&s, PARAMS_WINDOW_MAX, &rows) || !cols || !rows)
		goto bad;
	/* The window of the first coLinux had a third number: lines of scrollback. */
	if (*s == 'x') {
		s++;
		if (number_parse(&s, PARAMS_WINDOW_MAX, &buffer))
			goto bad;
	}
	if (*s)
		goto bad;
	p->cols = cols;
	p->rows = rows;
	return 0;

bad:
	return err_set(err, "cocon=%s: not a window size: give one like cocon=80x25",
		       value);
}

/* With an overlay the image is read-only, and ,ro and ,direct make no sense. */
static int set_overlay(struct disk_param *disk, const struct diskword *word,
		       const char *value, struct err *err)
{
	no_file(&disk->cow);
	disk->snapshot = word->snapshot;
	if (!word->snapshot && !word->cow)
		return 0;
	if (word->ro || word->direct)
		return err_set(err, "%s: ,%s goes with no overlay: leave it out, or ,snapshot and ,cow=",
			       value, word->ro ? "ro" : "direct");
	if (word->snapshot && word->cow)
		return err_set(err, "%s: ,snapshot and ,cow=: leave one of them out",
			       value);
	if (!word->cow)
		return 0;
	if (params_set_path(&disk->cow, ",cow=", word->cow, err))
		return -1;
	translate_path(disk->cow);
	return 0;
}

static int set_cobd(struct params *p, unsigned int unit, const char *value,
		    struct err *err)
{
	struct disk_param *disk = &p->disks[unit];
	struct diskword word;

	if (skip_windows_path("", value, "name the image or block device as this host knows it"))
		return 0;
	if (set_string(&disk->path, value, err))
		return -1;
	word = diskword_cut(disk->path);
	if (*value && !*disk->path)
		return err_set(err, "%s: no path before the options: name an image or a block device",
			       value);
	disk->ro = word.ro;
	disk->direct = word.direct;
	disk->raw = word.raw;
	if (set_overlay(disk, &word, value, err))
		return -1;
	translate_path(disk->path);
	if (!*disk->path) {
		free(disk->path);
		disk->path = NULL;
	}
	return 0;
}

static struct disk_param *free_disk(struct params *p)
{
	for (size_t i = 0; i < CO_MAX_COBD; i++)
		if (!p->disks[i].path && !p->disks[i].alias[0])
			return &p->disks[i];
	return NULL;
}

static int too_many_disks(const char *name, struct err *err)
{
	return err_set(err, "%s=: more than %d disks: leave some out", name,
		       CO_MAX_COBD);
}

/*
 * Make a number free that the user asks for: if colinux-run has chosen it for another
 * disk, that disk gets another number.
 */
static int claim_disk(struct params *p, unsigned int unit, const char *name,
		      struct err *err)
{
	struct disk_param *disk = &p->disks[unit], *other;

	if (!disk->chosen)
		return 0;
	other = free_disk(p);
	if (!other)
		return too_many_disks(name, err);
	*other = *disk;
	*disk = (struct disk_param) { .path = NULL };
	return 0;
}

static int set_cobd_word(struct params *p, unsigned int unit,
			 const char *value, struct err *err)
{
	return claim_disk(p, unit, "cobd", err) ? -1 :
	       set_cobd(p, unit, value, err);
}

static int set_eth(struct params *p, unsigned int unit, const char *value,
		   struct err *err)
{
	if (!strncmp(value, "pcap-bridge", 11) ||
	    !strncmp(value, "ndis-bridge", 11)) {
		msg_warn("eth%u=%s: there is no such thing on Linux: use eth%u=tuntap,bridge=BR with a bridge of this host: ignored",
			 unit, value, unit);
		return 0;
	}
	if (!netparam_parse(&p->nets[unit], value, err))
		return 0;
	err_prefix(err, "eth%u=%s: ", unit, value);
	return -1;
}

/*
 * Words.
 */

/**
 * struct word - a NAME=VALUE word
 * @name:	its name without the unit
 * @units:	number of units, 0 if the name has no number
 * @set:	function that checks and stores the value; NULL for a parameter of the
 *		first coLinux that does not exist any more
 * @instead:	hint for a parameter that does not exist any more
 */
struct word {
	const char *name;
	unsigned int units;
	int (*set)(struct params *p, unsigned int unit, const char *value,
		   struct err *err);
	const char *instead;
};

static const struct word words[] = {
	{ "kernel", 0, set_kernel, NULL },
	{ "arch", 0, set_arch, NULL },
	{ "initrd", 0, set_initrd, NULL },
	{ "mem", 0, set_mem, NULL },
	{ "cocon", 0, set_cocon, NULL },
	{ "cobd", CO_MAX_COBD, set_cobd_word, NULL },
	{ "eth", CO_MAX_CONET, set_eth, NULL },
	{ "exec", 10, NULL, "start programs of the host as always" },
	{ "ttys", 10, NULL, "give the line to the guest over the network" },
	{ "cofs", 32, NULL, "share the directory over the network, by NFS for example" },
	{ "scsi", 32, NULL, "give the disk as cobdN=" },
	{ "pci", 32, NULL, "give disks as cobdN=, networks as ethN=" },
	{ "video", 10, NULL, "show programs by X over the network" },
};

/*
 * Has @word the name of @w? If so, *@value points behind the "=".
 * Return: 1 if so, 0 if not, -1 if its unit does not exist.
 */
static int match_word(const struct word *w, const char *word,
		      unsigned int *unit, const char **value, struct err *err)
{
	size_t len = strlen(w->name);
	const char *s = word + len;
	unsigned long n = 0;

	if (strncmp(word, w->name, len))
		return 0;
	if (w->units) {
		const char *digits = s;

		s += strspn(s, "0123456789");
		if (s == digits || *s != '=')
			return 0;
		if (number_parse(&digits, w->units - 1, &n))
			return err_set(err, "%.*s: no such device: there are %s0 to %s%u",
				       (int)(s - word), word, w->name, w->name,
				       w->units - 1);
	}
	if (*s != '=')
		return 0;
	*unit = n;
	*value = s + 1;
	return 1;
}

static int add_string(char ***list, size_t *nr, const char *text,
		      struct err *err)
{
	char **more = reallocarray(*list, *nr + 1, sizeof(*more));

	if (!more)
		return err_set(err, "out of memory");
	*list = more;
	more[*nr] = NULL;
	if (set_string(&more[*nr], text, err))
		return -1;
	(*nr)++;
	return 0;
}

static int add_guest_word(struct params *p, const char *word, struct err *err)
{
	return add_string(&p->words, &p->nr_words, word, err);
}

static int add_doubt(struct params *p, const char *word, const char *why,
		     struct err *err)
{
	struct err text;

	err_format(&text, "%s: %s", word, why);
	return add_string(&p->doubts, &p->nr_doubts, text.text, err);
}

/**
 * params_is_name() - is it the name of a parameter?
 * @word:	first character of the name
 * @len:	number of characters
 * @exact:	false to ignore the case of letters
 *
 * Return: true if it is, also for a disk's alias.
 */
bool params_is_name(const char *word, size_t len, bool exact)
{
	int (*same)(const char *a, const char *b, size_t n) =
		exact ? strncmp : strncasecmp;
	size_t digits = 0, name;

	while (digits < len && isdigit((unsigned char)word[len - 1 - digits]))
		digits++;
	name = len - digits;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].name) == name && !!words[i].units == !!digits &&
		    !same(word, words[i].name, name))
			return true;
	return name == 3 && (!same(word, "hd", 2) || !same(word, "sd", 2)) &&
	       (exact ? islower((unsigned char)word[2]) :
			isalpha((unsigned char)word[2]));
}

/* Limit of digits in the first coLinux. */
#define ALIAS_DIGITS	3

/*
 * hda, hda1, sdb12: names of disks in old guests.
 * Return: length of the name if @word is NAME=VALUE with such a name, 0 if not.
 */
static size_t alias_len(const char *word)
{
	size_t len;

	if ((word[0] != 'h' && word[0] != 's') || word[1] != 'd' ||
	    !islower((unsigned char)word[2]))
		return 0;
	len = 3 + strspn(word + 3, "0123456789");
	return word[len] == '=' ? len : 0;
}

static struct disk_param *find_alias(struct params *p, const char *name)
{
	for (size_t i = 0; i < CO_MAX_COBD; i++)
		if (!strcmp(p->disks[i].alias, name))
			return &p->disks[i];
	return NULL;
}

static int set_alias(struct params *p, const char *name, const char *value,
		     struct err *err)
{
	struct disk_param *disk = find_alias(p, name);
	unsigned long unit;

	if (!strncmp(value, ":cobd", 5)) {
		const char *s = value + 5;

		if (number_parse(&s, CO_MAX_COBD - 1, &unit) || *s)
			return err_set(err, "%s=%s: no such disk: there are cobd0 to cobd%d",
				       name, value, CO_MAX_COBD - 1);
		if (disk)
			disk->alias[0] = '\0';
		if (claim_disk(p, unit, name, err))
			return -1;
		disk = &p->disks[unit];
		if (disk->alias[0])
			return err_set(err, "%s=%s: that disk is %s already: leave one of the two out",
				       name, value, disk->alias);
		snprintf(disk->alias, sizeof(disk->alias), "%s", name);
		return 0;
	}
	if (!disk) {
		disk = free_disk(p);
		if (!disk)
			return too_many_disks(name, err);
		disk->chosen = true;
	}
	snprintf(disk->alias, sizeof(disk->alias), "%s", name);
	return set_cobd(p, disk - p->disks, value, err);
}

static int parse_name(struct params *p, const char *word, struct err *err)
{
	const char *value = NULL, *why;
	unsigned int unit = 0;
	size_t len;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int ret = match_word(&words[i], word, &unit, &value, err);

		if (ret < 0)
			return -1;
		if (!ret)
			continue;
		if (words[i].set)
			return words[i].set(p, unit, value, err);
		msg_warn("%s: has no meaning here: %s: ignored", word,
			 words[i].instead);
		return 0;
	}

	len = alias_len(word);
	if (len > 3 + ALIAS_DIGITS)
		return err_set(err, "%s: not a disk's name: those go from %.3s1 to %.3s999",
			       word, word, word);
	if (len) {
		char name[sizeof(p->disks[0].alias)];

		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		return set_alias(p, name, word + len + 1, err);
	}
	if (!strncmp(word, "cobd", 4) && strchr(word, '='))
		return err_set(err, "%s: no such disk: there are cobd0 to cobd%d",
			       word, CO_MAX_COBD - 1);
	why = doubt_word(p->before, word);
	if (why && add_doubt(p, word, why, err))
		return -1;
	return add_guest_word(p, word, err);
}

static int params_parse_word(struct params *p, const char *word, struct err *err)
{
	return parse_name(p, word, err) || set_string(&p->before, word, err) ?
	       -1 : 0;
}

/*
 * Options.
 */

static int params_set_name(struct params *p, const char *value, struct err *err)
{
	size_t len = strlen(value);

	if (len >= sizeof(p->name) || !rundir_name_ok(value))
		return err_set(err, "--name=%s: not a name: use up to %zu letters, digits, '.', '_' and '-'",
			       value, sizeof(p->name) - 1);
	memcpy(p->name, value, len + 1);
	p->named = true;
	return 0;
}

/* Arguments of --console=, without file:PATH. */
static const char * const consoles[] = {
	[CONSOLE_AUTO] = "auto",
	[CONSOLE_TTY] = "tty",
	[CONSOLE_STDIO] = "stdio",
	[CONSOLE_PTY] = "pty",
	[CONSOLE_NONE] = "none",
};

static const char * const engines[] = {
	[IO_AUTO] = "auto",
	[IO_URING] = "uring",
	[IO_THREADS] = "threads",
};

/**
 * params_console() - the argument of --console= for a kind of viewer
 * @console:	the kind; not CONSOLE_FILE
 */
const char *params_console(enum console_mode console)
{
	return consoles[console];
}

/**
 * params_io() - the argument of --io= for an engine
 * @io:		the engine
 */
const char *params_io(enum io_engine io)
{
	return engines[io];
}

static int set_console(struct params *p, const char *value, struct err *err)
{
	if (!strncmp(value, "file:", 5)) {
		p->console = CONSOLE_FILE;
		return params_set_path(&p->console_file, "--console=file:", value + 5, err);
	}
	for (size_t i = 0; i < sizeof(consoles) / sizeof(consoles[0]); i++) {
		if (consoles[i] && !strcmp(value, consoles[i])) {
			p->console = i;
			return 0;
		}
	}
	return err_set(err, "--console=%s: no such console: use tty, stdio, pty, file:PATH or none",
		       value);
}

static int set_io(struct params *p, const char *value, struct err *err)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		if (!strcmp(value, engines[i])) {
			p->io = i;
			return 0;
		}
	}
	return err_set(err, "--io=%s: no such engine: use uring or threads",
		       value);
}

static int set_timeout(unsigned int *to, const char *name, const char *value,
		       struct err *err)
{
	if (!number_whole(value, PARAMS_SECONDS_MAX, to))
		return 0;
	return err_set(err, "%s%s: not a number of seconds up to %d: give one like 30",
		       name, value, PARAMS_SECONDS_MAX);
}

static int set_stats(struct params *p, const char *value, struct err *err)
{
	p->stats = true;
	return value ? params_set_path(&p->stats_file, "--stats=", value, err) : 0;
}

static int set_user(struct params *p, const char *value, struct err *err)
{
	if (!*value)
		return err_set(err, "--user=: empty: name a user");
	return set_string(&p->user, value, err);
}

static int set_option(struct params *p, int opt, const char *value,
		      struct err *err)
{
	switch (opt) {
	case OPT_CHECK:
		p->action = ACTION_CHECK;
		return 0;
	case 'h':
		p->action = ACTION_HELP;
		return 0;
	case OPT_VERSION:
		p->action = ACTION_VERSION;
		return 0;
	case OPT_DETACH:
		p->detach = true;
		return 0;
	case OPT_FORCE_SHARE:
		p->force_share = true;
		return 0;
	case OPT_HUGETLB:
		p->hugetlb = true;
		return 0;
	case 'v':
		p->verbose = true;
		return 0;
	case OPT_CONSOLE:
		return set_console(p, value, err);
	case OPT_IO:
		return set_io(p, value, err);
	case OPT_NAME:
		return params_set_name(p, value, err);
	case OPT_PIDFILE:
		return params_set_path(&p->pidfile, "--pidfile=", value, err);
	case OPT_READY_TIMEOUT:
		return set_timeout(&p->ready_timeout, "--ready-timeout=",
				   value, err);
	case OPT_STATS:
		return set_stats(p, value, err);
	case OPT_USER:
		return set_user(p, value, err);
	default: /* OPT_STOP_TIMEOUT */
		return set_timeout(&p->stop_timeout, "--stop-timeout=", value,
				   err);
	}
}

static int file_option(struct params *p, const char *word, struct err *err)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] ? name + len + 1 : NULL;

	for (const struct option *o = options; o->name; o++) {
		if (strncmp(o->name, name, len) || o->name[len])
			continue;
		if (o->has_arg == required_argument && !value)
			return err_set(err, "%s: needs a value: write %s=VALUE",
				       word, word);
		if (o->has_arg == no_argument && value)
			return err_set(err, "%s: takes no value: write --%s",
				       word, o->name);
		return set_option(p, o->val, value, err);
	}
	return err_set(err, "%s: no such option: see --help", word);
}

/*
 * Files and the command line.
 */

static void forget_word(struct params *p)
{
	free(p->before);
	p->before = NULL;
}

/* Put file and line in front of the doubts behind the first @nr. */
static int locate_doubts(struct params *p, size_t nr, const char *path,
			 unsigned int line, struct err *err)
{
	for (; nr < p->nr_doubts; nr++) {
		struct err text;

		err_format(&text, "%s:%u: %s", path, line, p->doubts[nr]);
		if (set_string(&p->doubts[nr], text.text, err))
			return -1;
	}
	return 0;
}

static int conf_word(struct params *p, const char *word, struct err *err)
{
	if (*word == '@')
		return err_set(err, "%s: files cannot name files: name it on the command line",
			       word);
	/* "--" alone goes to the guest: its kernel passes the words after it to init. */
	if (!strncmp(word, "--", 2) && word[2]) {
		forget_word(p);
		return file_option(p, word, err);
	}
	return params_parse_word(p, word, err);
}

static int parse_file(struct params *p, const char *path, struct err *err)
{
	struct conf c;
	size_t size;
	char *text;
	int ret;

	if (!*path)
		return err_set(err, "@: no file named: write @FILE");
	text = file_slurp(path, CONF_MAX, &size, err);
	if (!text)
		return -1;
	forget_word(p);
	ret = conf_start(&c, text, size, err);
	while (!ret) {
		size_t nr = p->nr_doubts;

		ret = conf_next(&c, err);
		if (ret <= 0)
			break;
		ret = conf_word(p, c.word, err);
		if (!ret)
			ret = locate_doubts(p, nr, path, c.word_line, err);
	}
	forget_word(p);
	if (ret)
		err_prefix(err, "%s:%u: ", path, c.word_line);
	conf_end(&c);
	free(text);
	return ret;
}

static int params_option_error(int opt, const char *word, struct err *err)
{
	if (opt == ':')
		return err_set(err, "%s: needs a value: write %s=VALUE", word,
			       word);
	return err_set(err, "%s: no such option, or not with a value: see --help",
		       word);
}

/* Is it the number of "-v 3", as in the first coLinux? */
static bool is_level(char **argv, int at)
{
	return (!strcmp(argv[at - 1], "-v") ||
		!strcmp(argv[at - 1], "--verbose")) &&
	       isdigit((unsigned char)argv[at][0]) && !argv[at][1];
}

/**
 * params_parse() - read the command line and the files it names
 * @p:		parameters, from params_init()
 * @argc:	argument of main()
 * @argv:	argument of main()
 * @err:	the error in them
 *
 * Return: 0 or -1; params_free() is due in both cases.
 */
int params_parse(struct params *p, int argc, char **argv, struct err *err)
{
	int ret = 0, opt, at;

	optind = 0;	/* start afresh: tests parse more than once */
	opterr = 0;
	while (!ret) {
		at = optind ? optind : 1;
		/* '-': words in their order; ':': returned for a missing value */
		opt = getopt_long(argc, argv, "-:hv", options, NULL);
		if (opt == -1)
			break;
		if (opt == '?' || opt == ':')
			return params_option_error(opt, argv[at], err);
		if (opt == 1 && *optarg == '@') {
			ret = parse_file(p, optarg + 1, err);
		} else if (opt == 1) {
			if (is_level(argv, at))
				ret = add_doubt(p, optarg, "goes to the guest: -v has no levels here",
						err);
			if (!ret)
				ret = params_parse_word(p, optarg, err);
		} else {
			forget_word(p);
			ret = set_option(p, opt, optarg, err);
		}
	}
	/* After "--" all words are for the guest, whatever they look like. */
	for (; !ret && optind < argc; optind++)
		ret = add_guest_word(p, argv[optind], err);
	return ret;
}

/*
 * The guest's command line.
 */

/* Old files have root=/dev/hda1; the guest's name of the disk is cobd0. */
static const char *translate_root(const struct params *p, const char *word,
				  char *buf, size_t size)
{
	static const char root[] = "root=/dev/";
	const char *name = word + sizeof(root) - 1;

	if (strncmp(word, root, sizeof(root) - 1) || !*name)
		return word;
	for (int i = 0; i < CO_MAX_COBD; i++) {
		if (strcmp(p->disks[i].alias, name))
			continue;
		snprintf(buf, size, "%scobd%d", root, i);
		return buf;
	}
	return word;
}

/**
 * params_root() - find the disk with the root file system
 * @p:		parameters
 *
 * It is the disk that root= names. Without a root=, or with one that is no device, such
 * as LABEL=x, cobd0 is the probable one. A partition counts as its disk.
 *
 * Return: number of the disk, or -1 if there is no such disk.
 */
int params_root(const struct params *p)
{
	static const char cobd[] = "root=/dev/cobd";
	const char *root = NULL, *digits;
	unsigned long unit = 0;
	char buf[32];

	for (size_t i = 0; i < p->nr_words; i++)
		if (!strncmp(p->words[i], "root=", 5))
			root = translate_root(p, p->words[i], buf, sizeof(buf));
	if (root && !strncmp(root, "root=/dev/", 10)) {
		digits = root + sizeof(cobd) - 1;
		if (strncmp(root, cobd, sizeof(cobd) - 1) ||
		    number_parse(&digits, CO_MAX_COBD - 1, &unit))
			return -1;
	}
	return p->disks[unit].path ? (int)unit : -1;
}

/* The kernel's command line has quotes, too, but no way to escape one. */
static int quote_word(const char *word, char *buf, size_t size,
		      struct err *err)
{
	size_t name = strcspn(word, "=");
	int len;

	if (!strpbrk(word, " \t\n"))
		len = snprintf(buf, size, "%s", word);
	else if (strpbrk(word, "\"\n"))
		len = err_set(err, "%s: has a space and a quote or newline: the guest's command line cannot hold both",
			      word);
	else if (word[name])
		len = snprintf(buf, size, "%.*s=\"%s\"", (int)name, word,
			       word + name + 1);
	else
		len = snprintf(buf, size, "\"%s\"", word);
	return len;
}

/* Can it be the name of a terminal in terminfo? Then it is safe as a word. */
static bool is_term(const char *term)
{
	size_t len = term ? strspn(term, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-") : 0;

	return len && len <= MAX_TERM && !term[len];
}

/**
 * params_defaults() - the words before the user's on the guest's command line
 * @name:	name of the guest
 * @term:	TERM of the environment, or NULL
 * @buf:	filled in with the words, and a space behind the last
 * @size:	its bytes
 *
 * The user's words override these, because the kernel uses the last of two words with
 * the same name. A host name has no underscores, and ends with a letter or digit.
 *
 * Return: their length without the NUL.
 */
size_t params_defaults(const char *name, const char *term, char *buf,
		       size_t size)
{
	size_t end = strnlen(name, MAX_HOSTNAME);
	int len;

	while (end && strchr("._-", name[end - 1]))
		end--;
	len = snprintf(buf, size, "TERM=%s hostname=%.*s ",
		       is_term(term) ? term : "xterm-256color", (int)end, name);
	for (char *c = strstr(buf, " hostname="); c && *c; c++)
		if (*c == '_')
			*c = '-';
	return len;
}

/**
 * params_cmdline() - compose the guest's command line
 * @p:		parameters
 * @buf:	filled in
 * @size:	its bytes
 * @err:	reason for the failure
 *
 * Return: its length without the NUL, or -1.
 */
int params_cmdline(const struct params *p, char *buf, size_t size,
		   struct err *err)
{
	size_t used = 0;
	char root[32];

	buf[0] = '\0';
	for (size_t i = 0; i < p->nr_words; i++) {
		const char *word = translate_root(p, p->words[i], root,
						  sizeof(root));
		int len;

		if (used && used + 1 < size)
			buf[used++] = ' ';
		len = quote_word(word, buf + used, size - used, err);
		if (len < 0)
			return -1;
		if ((size_t)len >= size - used)
			return err_set(err, "the guest's command line is longer than %zu bytes: leave words out",
				       size - 1);
		used += len;
	}
	return used;
}

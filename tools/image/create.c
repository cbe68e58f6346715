// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image create: makes a Debian image. The options are checked here; the script
 * image.d/create then runs mmdebstrap. It gets the options in its environment, where
 * other users do not see the hash of the password. On standard output it reports:
 *
 *	note TEXT	something that the user should know
 *	error TEXT	why it fails
 */
#include <crypt.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/arch.h"
#include "common/file.h"
#include "create.h"
#include "image.h"

#define FILE_MAX	(1 << 20)

/* mmdebstrap reports about a dozen steps. */
#define PERCENT_OF_STEP	8

#define LOWER		"abcdefghijklmnopqrstuvwxyz"
#define DIGITS		"0123456789"
#define UPPER		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/**
 * struct create - an image that is made
 * @out:	its path
 * @work:	the temporary directory
 * @log:	descriptor of the output of mmdebstrap
 * @error:	why the script fails; "" if it did not say so
 * @password:	hash of root's password
 * @keys:	public keys of SSH
 * @packages:	packages to add, each after a comma
 */
struct create {
	const char *out;
	struct work work;
	int log;
	struct err error;
	struct err password;
	struct text keys;
	struct text packages;
};

/* Is the text made of @first and then @others? */
static bool is_made_of(const char *text, const char *first, const char *others)
{
	return *text && strchr(first, *text) && !text[strspn(text, others)];
}

static bool is_suite(const char *text)
{
	return is_made_of(text, LOWER, LOWER DIGITS "-");
}

static bool is_host_name(const char *text)
{
	return is_made_of(text, LOWER UPPER DIGITS, LOWER UPPER DIGITS "-") &&
	       text[strlen(text) - 1] != '-';
}

static bool is_user(const char *text)
{
	return is_made_of(text, LOWER, LOWER DIGITS "_-") && strlen(text) <= 31;
}

static bool is_root_device(const char *text)
{
	return is_made_of(text, LOWER UPPER DIGITS "/=_-", LOWER UPPER DIGITS "/=_-");
}

/**
 * create_are_packages() - is this a list of packages, separated by commas?
 * @text:	the list
 */
bool create_are_packages(const char *text)
{
	static const char usual[] = LOWER DIGITS "+.-";

	for (;;) {
		size_t len = strspn(text, usual);

		if (!len || !strchr(LOWER DIGITS, *text))
			return false;
		if (!text[len])
			return true;
		if (text[len] != ',')
			return false;
		text += len + 1;
	}
}

/**
 * create_is_key() - is this a public key of SSH, as in authorized_keys?
 * @line:	the line
 */
bool create_is_key(const char *line)
{
	static const char *const kinds[] = { "ssh-", "ecdsa-", "sk-" };
	static const char base64[] = LOWER UPPER DIGITS "+/=";

	for (const char *s = line; *s; s++) {
		if (s != line && !isspace((unsigned char)s[-1]))
			continue;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			const char *end = s + strlen(kinds[i]);
			size_t len;

			if (strncmp(s, kinds[i], strlen(kinds[i])))
				continue;
			len = strspn(end, LOWER DIGITS "@.-");
			if (len && end[len] == ' ' && strspn(end + len + 1, base64))
				return true;
		}
	}
	return false;
}

static char *read_option_file(const char *option, const char *path, struct err *err)
{
	size_t size;
	char *text = file_slurp(path, FILE_MAX, &size, err);

	if (!text)
		err_set(err, "--%s %s: cannot read it", option, path);
	return text;
}

/* The password itself never appears in an argument or in the environment. */
static int hash_password(struct create *c, const char *path, struct err *err)
{
	static const char option[] = "root-password-file";
	char *word = read_option_file(option, path, err);
	struct crypt_data *data = calloc(1, sizeof(*data));
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash;
	int ret = -1;

	if (word && !data)
		err_set(err, "out of memory");
	if (!word || !data)
		goto out;
	word[strcspn(word, "\n")] = '\0';
	if (!*word) {
		err_set(err, "--%s %s: its first line is empty", option, path);
		goto out;
	}
	hash = crypt_gensalt_rn("$6$", 0, NULL, 0, salt, sizeof(salt)) ?
	       crypt_r(word, salt, data) : NULL;
	if (hash && *hash != '*') {
		ret = 0;
		err_format(&c->password, "%s", hash);
	} else {
		err_set(err, "--%s %s: %s", option, path, strerror(errno));
	}

out:
	if (word)
		explicit_bzero(word, strlen(word));
	free(word);
	free(data);
	return ret;
}

/**
 * create_keys() - check the public keys in a file
 * @text:	content of the file; it is changed
 * @path:	its name, for messages
 * @keys:	gets the keys, one per line
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int create_keys(char *text, const char *path, struct text *keys, struct err *err)
{
	char *rest = text, *line;

	if (strstr(text, "PRIVATE KEY"))
		return err_set(err, "--ssh-key %s: a private key: give the public one, %s.pub",
			       path, path);
	while ((line = text_line(&rest))) {
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		if (!create_is_key(line))
			return err_set(err, "--ssh-key %s: not a public key of SSH in each line",
				       path);
		text_format(keys, "%s\n", line);
	}
	return keys->len ? 0 : err_set(err, "--ssh-key %s: no key in it", path);
}

static int read_keys(struct create *c, const char *path, struct err *err)
{
	char *text = read_option_file("ssh-key", path, err);
	int ret = text ? create_keys(text, path, &c->keys, err) : -1;

	free(text);
	return ret;
}

static enum status check_texts(const struct args *a)
{
	static const struct {
		const char *option;
		bool (*is)(const char *text);
		const char *problem;
	} texts[] = {
		{ "suite", is_suite, "not a Debian suite" },
		{ "hostname", is_host_name, "not a host name" },
		{ "user", is_user, "not a user's name" },
		{ "root", is_root_device, "not a device" },
	};
	const char *arch = args_value(a, "arch"), *size = args_value(a, "size");
	int64_t bytes;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *value = args_value(a, texts[i].option);

		if (value && !texts[i].is(value))
			return usage(a, "--%s %s: %s", texts[i].option, value,
				     texts[i].problem);
	}
	if (arch && !arch_find(arch))
		return usage(a, "--arch %s: i386 or amd64", arch);
	if (size && size_parse(size, &bytes))
		return usage(a, "--size %s: not a size: give one like 4G", size);
	if (args_has(a, "demo") && args_has(a, "root-password-file"))
		return usage(a, "--demo and --root-password-file: leave one of the two out");
	return STATUS_OK;
}

static enum status add_packages(const struct args *a, struct create *c)
{
	for (unsigned int i = 0; i < a->nr_given; i++) {
		if (strcmp(a->given[i].name, "include"))
			continue;
		if (!create_are_packages(a->given[i].value))
			return usage(a, "--include %s: not a list of packages",
				     a->given[i].value);
		text_format(&c->packages, ",%s", a->given[i].value);
	}
	if (args_has(a, "ssh-key"))
		text_format(&c->packages, ",openssh-server");
	if (args_has(a, "user"))
		text_format(&c->packages, ",sudo");
	return STATUS_OK;
}

static int read_files(const struct args *a, struct create *c, struct err *err)
{
	const char *password = args_value(a, "root-password-file");
	const char *keys = args_value(a, "ssh-key");

	if (password && hash_password(c, password, err))
		return -1;
	return keys ? read_keys(c, keys, err) : 0;
}

/* Debian's name of the architecture. */
static const char *debian_arch(const struct args *a)
{
	const char *arch = args_value(a, "arch");

	return arch && arch_find(arch) == CO_ARCH_X86_64 ? "amd64" : "i386";
}

static void set_script_environment(const struct args *a, const struct create *c)
{
	static const struct {
		const char *option;
		const char *name;
		const char *none;
	} values[] = {
		{ "suite", "IMAGE_SUITE", "bookworm" },
		{ "size", "IMAGE_SIZE", "1G" },
		{ "hostname", "IMAGE_HOSTNAME", "" },
		{ "root", "IMAGE_ROOT", "/dev/cobd0" },
		{ "user", "IMAGE_USER", "" },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const char *value = args_value(a, values[i].option);

		setenv(values[i].name, value ? value : values[i].none, 1);
	}
	setenv("IMAGE_ARCH", debian_arch(a), 1);
	setenv("IMAGE_DOCS", args_has(a, "no-docs") ? "" : "1", 1);
	setenv("IMAGE_DEMO", args_has(a, "demo") ? "1" : "", 1);
	setenv("IMAGE_PASSWORD", c->password.text, 1);
	setenv("IMAGE_KEYS", text_of(&c->keys), 1);
	setenv("IMAGE_INCLUDE", text_of(&c->packages), 1);
}

static void create_report(void *data, const char *line)
{
	struct create *c = data;

	if (!strncmp(line, "note ", 5))
		say_note("%s", line + 5);
	else if (!strncmp(line, "error ", 6))
		err_format(&c->error, "%s", line + 6);
}

static bool create_why(void *data, const char *log, struct err *err)
{
	const struct create *c = data;

	/* The script reports to us, not to the log. */
	if (!*c->error.text || !log)
		return false;
	*err = c->error;
	return true;
}

static int percent_created(void *data)
{
	struct text log = { .max = FILE_MAX };
	const struct create *c = data;
	int steps = 0;

	run_read_log(c->log, &log);
	for (const char *s = text_of(&log); (s = strstr(s, "\nI: ")); s++)
		steps++;
	text_free(&log);
	return steps * PERCENT_OF_STEP;
}

static int run_script(const struct args *a, struct create *c, struct err *err)
{
	const char *lib = getenv("COLINUX_LIB_DIR"), *suite = args_value(a, "suite");
	struct text what = { .max = 256 };
	char image[PATH_MAX];
	struct run r;
	int ret;

	text_format(&what, "image of Debian %s %s", suite ? suite : "bookworm",
		    debian_arch(a));
	run_begin(&r);
	words_format(&r.stages[0], "%s/tools/image.d/create", lib ? lib : CO_LIBDIR);
	words_add(&r.stages[0], c->out, work_path(&c->work, "image", image), NULL);
	for (unsigned int i = 0; i < a->nr_given; i++)
		if (!strcmp(a->given[i].name, "hook"))
			words_add(&r.stages[0], a->given[i].value, NULL);
	r.what = text_of(&what);
	r.line = create_report;
	r.percent = percent_created;
	r.data = c;
	c->log = r.error = run_log();
	ret = step_run(&r, create_why, c, err);
	run_end(&r);
	text_free(&what);
	return ret;
}

static int create_image(const struct args *a, struct create *c, struct err *err)
{
	char image[PATH_MAX];
	int fd;

	if (work_beside(&c->work, c->out, err) || read_files(a, c, err) ||
	    run_need("mmdebstrap", "mmdebstrap", err))
		return -1;
	/* mmdebstrap may run as another user, who must have access. */
	fd = work_file(work_path(&c->work, "image", image), 0, err);
	if (fd < 0)
		return -1;
	close(fd);
	if (chmod(c->work.dir, 0711))
		return err_set(err, "%s: %s", c->work.dir, strerror(errno));
	set_script_environment(a, c);
	return run_script(a, c, err) || work_place(&c->work, c->out, err) ? -1 : 0;
}

/**
 * command_create() - make a Debian image
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_create(const struct args *a)
{
	static struct create create = {
		.keys = { .max = FILE_MAX }, .packages = { .max = FILE_MAX },
	};
	struct create *c = &create;
	enum status status;
	struct err err;
	int ret;

	c->out = a->words[0];
	status = check_texts(a);
	if (!status)
		status = add_packages(a, c);
	if (status)
		return status;
	stop_state("%s was not made", c->out);
	ret = create_image(a, c, &err);
	work_end(&c->work);
	text_free(&c->keys);
	text_free(&c->packages);
	return ret ? say_failure(&err) : STATUS_OK;
}

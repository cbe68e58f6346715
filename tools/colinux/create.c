// SPDX-License-Identifier: GPL-2.0
/*
 * colinux create: makes an image with colinux-image, and the definition of a guest that
 * starts from it. After an error, neither exists.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arch.h"
#include "common/conf.h"
#include "common/imagenote.h"
#include "def.h"

#define DEFAULT_NET	"slirp"

/* Tells whether colinux handles the option itself; colinux-image gets all others. */
static bool is_ours(const char *name)
{
	return !strcmp(name, "mem") || !strcmp(name, "net") ||
	       !strcmp(name, "from");
}

/* Tells whether the option is for colinux-image import; the others are for create. */
static bool is_of_import(const char *name)
{
	return !strcmp(name, "format") || !strcmp(name, "partition") ||
	       !strcmp(name, "size");
}

static char *text_of(const char *name, const char *image, const char *mem,
		     const char *net, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f)
		return NULL;
	fprintf(f, "# %s, made by colinux create\n", name);
	if (mem)
		fprintf(f, "mem=%s\n", mem);
	fputs("cobd0=", f);
	conf_write_word(f, image);
	fputc('\n', f);
	if (strcmp(net, "none")) {
		fputs("eth0=", f);
		conf_write_word(f, net);
		fputc('\n', f);
	}
	fputs("root=/dev/cobd0 rw\n", f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

/* Writes and checks the definition as a temporary file, before the image is made. */
static int create_write_conf(struct confedit *e, const char *path, const char *image,
			     const struct args *a, struct err *err)
{
	const char *net = args_value(a, "net"), *mem = args_value(a, "mem");
	struct params p;
	int ret;

	*e = (struct confedit) { .text = NULL };
	if (strpbrk(mem ? mem : "", " \t\r\n#\"'") ||
	    strpbrk(net ? net : "", "\r\n"))
		return err_set(err, "--mem, --net: not a single word");
	e->text = text_of(a->words[0], image, mem, net ? net : DEFAULT_NET,
			  &e->size);
	if (!e->text)
		return err_set(err, "out of memory");
	ret = confedit_write(e, path, &p, err);
	params_free(&p);
	return ret;
}

static char *option_word(const struct given *given)
{
	char *word;

	return asprintf(&word, "--%s", given->name) < 0 ? NULL : word;
}

static void free_words(char **argv)
{
	for (char **s = argv; *s; s++)
		free(*s);
	free(argv);
}

static void add_word(char **argv, const char *word)
{
	while (*argv)
		argv++;
	*argv = strdup(word);
}

/* colinux-image create IMAGE OPTION..., or import SOURCE IMAGE OPTION... */
static char **image_command(const struct args *a, const char *image)
{
	const char *from = args_value(a, "from");
	char **argv = calloc(2 * a->nr_given + 6, sizeof(*argv));

	if (!argv)
		return NULL;
	add_word(argv, "colinux-image");
	add_word(argv, from ? "import" : "create");
	if (from)
		add_word(argv, from);
	add_word(argv, image);
	for (unsigned int i = 0; i < a->nr_given; i++) {
		char *word;

		if (is_ours(a->given[i].name))
			continue;
		word = option_word(&a->given[i]);
		if (word)
			add_word(argv, word);
		free(word);
		if (a->given[i].value)
			add_word(argv, a->given[i].value);
	}
	return argv;
}

static enum status create_check_options(const struct args *a)
{
	const char *from = args_value(a, "from");

	for (unsigned int i = 0; i < a->nr_given; i++) {
		const char *name = a->given[i].name;

		if (is_ours(name) || !strcmp(name, "size"))
			continue;
		if (is_of_import(name) != !!from)
			return usage(a, "--%s: not %s --from", name,
				     from ? "with" : "without");
	}
	return from && *from == '-' ? usage(a, "--from %s: an option: use ./%s", from, from) :
				      STATUS_OK;
}

static enum status make_image(const struct args *a, const char *image)
{
	char **argv = image_command(a, image);
	int status;

	if (!argv) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	status = spawn(argv, -1);
	free_words(argv);
	if (!status && chmod(image, 0600)) {
		complain("%s: %s", image, strerror(errno));
		unlink(image);
		status = STATUS_FAILED;
	}
	return status;
}

static int find_files(const struct args *a, char path[PATH_MAX],
		      char image[PATH_MAX], struct err *err)
{
	struct stat st;

	if (def_new(path, a->words[0], err) ||
	    defs_path(image, DEFS_IMAGE, a->words[0], ".img", err) ||
	    defs_make_directory(image, err))
		return -1;
	return lstat(image, &st) ? 0 :
	       err_set(err, "%s: exists: remove it, or take another name", image);
}

/**
 * command_create() - make a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_create(const struct args *a)
{
	const char *name = a->words[0], *arch;
	char path[PATH_MAX], image[PATH_MAX];
	struct confedit edit = { .text = NULL };
	enum status status;
	sigset_t signals;
	struct err err;

	status = create_check_options(a);
	if (status)
		return status;
	signals_block(&signals);
	status = STATUS_FAILED;
	if (find_files(a, path, image, &err) ||
	    create_write_conf(&edit, path, image, a, &err)) {
		complain("%s", err.text);
		goto out;
	}
	status = make_image(a, image);
	if (status)
		goto out;
	if (confedit_place(&edit, path, &err)) {
		unlink(image);
		complain("%s", err.text);
		status = STATUS_FAILED;
		goto out;
	}
	arch = arch_name(imagenote_of(image));
	printf("%s: %s%sguest, defined in %s: 'colinux start %s' starts it\n",
	       name, arch ? arch : "", arch ? " " : "", path, name);

out:
	confedit_end(&edit);
	signals_unblock(&signals);
	return status;
}

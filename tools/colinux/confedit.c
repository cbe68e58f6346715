// SPDX-License-Identifier: GPL-2.0
/*
 * Changes words of a config file. Only the bytes of a word change, so comments, order
 * and layout stay. The new file is written beside the old one, read back as
 * colinux-run would, and renamed. So the file is always either the old or the new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/file.h"
#include "confedit.h"

/**
 * confedit_params() - read a config file as colinux-run does
 * @path:	path of the file
 * @p:		the result; the caller calls params_free(), also after an error
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int confedit_params(const char *path, struct params *p, struct err *err)
{
	char word[PATH_MAX + 1];
	char *argv[3] = { "colinux-run", word, NULL };

	params_init(p);
	snprintf(word, sizeof(word), "@%s", path);
	return params_parse(p, 2, argv, err);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/**
 * confedit_disk_equal() - tell whether two disks are equal
 * @a:		a disk
 * @b:		another disk
 */
bool confedit_disk_equal(const struct disk_param *a, const struct disk_param *b)
{
	return same_text(a->path, b->path) && same_text(a->cow, b->cow) &&
	       !strcmp(a->alias, b->alias) && a->ro == b->ro &&
	       a->direct == b->direct && a->raw == b->raw &&
	       a->snapshot == b->snapshot;
}

/**
 * confedit_load() - read a file to change it
 * @e:		the result; the caller calls confedit_end(), also after an error
 * @path:	path of the file
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int confedit_load(struct confedit *e, const char *path, struct err *err)
{
	struct conf c = { .text = NULL };
	int ret;

	*e = (struct confedit) { .text = NULL };
	/* Replace the target of a symbolic link, not the link. */
	if (!realpath(path, e->path) || stat(e->path, &e->st))
		return err_set(err, "%s: %s", path, strerror(errno));
	e->text = file_slurp(e->path, CONF_MAX, &e->size, err);
	if (!e->text)
		return -1;
	ret = conf_start(&c, e->text, e->size, err);
	if (ret)
		err_prefix(err, "%s: ", path);
	else if (c.text)
		ret = err_set(err, "%s: in UTF-16: save it as UTF-8 first",
			      path);
	conf_end(&c);
	return ret;
}

static int put_text(struct confedit *e, size_t from, size_t to, const char *with,
		    struct err *err)
{
	size_t len = strlen(with), rest = e->size - to;
	char *text = malloc(from + len + rest + 1);

	if (!text)
		return err_set(err, "out of memory");
	memcpy(text, e->text, from);
	memcpy(text + from, with, len);
	memcpy(text + from + len, e->text + to, rest);
	text[from + len + rest] = '\0';
	free(e->text);
	e->text = text;
	e->size = from + len + rest;
	return 0;
}

/* Finds the last word NAME=..., from @from to @to. Return: 1 if found, 0 or -1. */
static int confedit_find_word(const struct confedit *e, const char *name, size_t *from,
			      size_t *to, struct err *err)
{
	size_t len = strlen(name);
	int ret, found = 0;
	struct conf c;

	ret = conf_start(&c, e->text, e->size, err);
	while (!ret) {
		ret = conf_next(&c, err);
		if (ret <= 0)
			break;
		ret = 0;
		if (strncmp(c.word, name, len) || c.word[len] != '=')
			continue;
		found = 1;
		*from = c.word_at - e->text;
		*to = c.pos - e->text;
	}
	conf_end(&c);
	return ret < 0 ? -1 : found;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Includes the spaces around the word, and its line if it has nothing else. */
static void widen(const struct confedit *e, size_t *from, size_t *to)
{
	size_t start = *from, end = *to;

	while (start && is_blank(e->text[start - 1]))
		start--;
	while (end < e->size && is_blank(e->text[end]))
		end++;
	if ((!start || e->text[start - 1] == '\n') &&
	    (end == e->size || e->text[end] == '\n')) {
		*from = start;
		*to = end + (end < e->size);
	} else if (end == e->size || e->text[end] == '\n') {
		*from = start;
	} else {
		*to = end;
	}
}

/**
 * confedit_remove() - remove all words NAME=...
 * @e:		the file
 * @name:	name of the words
 * @err:	the error
 *
 * Return: the number of removed words, or -1.
 */
int confedit_remove(struct confedit *e, const char *name, struct err *err)
{
	size_t from, to;
	int nr = 0, ret;

	while ((ret = confedit_find_word(e, name, &from, &to, err)) > 0) {
		widen(e, &from, &to);
		if (put_text(e, from, to, "", err))
			return -1;
		nr++;
	}
	return ret < 0 ? -1 : nr;
}

/**
 * confedit_set() - change the value of a word
 * @e:		the file
 * @name:	name of the word
 * @word:	the whole new word
 * @err:	the error
 *
 * Replaces the last word of this name. If there is none, appends a line.
 *
 * Return: 0 or -1.
 */
int confedit_set(struct confedit *e, const char *name, const char *word,
		 struct err *err)
{
	size_t from, to;
	int ret = confedit_find_word(e, name, &from, &to, err);

	if (ret < 0)
		return -1;
	if (ret)
		return put_text(e, from, to, word, err);
	if (e->size && e->text[e->size - 1] != '\n' &&
	    put_text(e, e->size, e->size, "\n", err))
		return -1;
	return put_text(e, e->size, e->size, word, err) ||
	       put_text(e, e->size, e->size, "\n", err) ? -1 : 0;
}

/* Mode and owner are those of the old file, or those of any new file. */
static int confedit_fill(const struct confedit *e, int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	if (e->st.st_mode &&
	    ((e->st.st_uid != geteuid() || e->st.st_gid != getegid()) &&
	     fchown(fd, e->st.st_uid, e->st.st_gid)))
		return -1;
	return fchmod(fd, e->st.st_mode ? e->st.st_mode & 0777 : 0666 & ~mask) ||
	       file_write(fd, e->text, e->size) || fsync(fd) ? -1 : 0;
}

/* An error names the final file, not the temporary one. */
static int read_back(const struct confedit *e, const char *path,
		     struct params *p, struct err *err)
{
	size_t len = strlen(e->temp);
	struct err why;

	if (!confedit_params(e->temp, p, &why))
		return 0;
	if (!strncmp(why.text, e->temp, len))
		return err_set(err, "%s%.*s", path, (int)sizeof(why.text),
			       why.text + len);
	*err = why;
	return -1;
}

/**
 * confedit_write() - write a temporary file beside the final one, and check it
 * @e:		the file
 * @path:	path of the final file
 * @p:		parameters that colinux-run reads from the new file; the caller
 *		calls params_free(), also after an error
 * @err:	the error
 *
 * Caller blocks signals until confedit_end(), so that the temporary file is removed.
 *
 * Return: 0 or -1.
 */
int confedit_write(struct confedit *e, const char *path, struct params *p,
		   struct err *err)
{
	int fd, ret;

	params_init(p);
	if (snprintf(e->temp, sizeof(e->temp), "%s.XXXXXX", path) >=
	    (int)sizeof(e->temp)) {
		e->temp[0] = '\0';
		return err_set(err, "%s: too long a path", path);
	}
	fd = mkostemp(e->temp, O_CLOEXEC);
	if (fd < 0) {
		e->temp[0] = '\0';
		return err_set(err, "%s: cannot write beside it: %s", path,
			       strerror(errno));
	}
	ret = confedit_fill(e, fd);
	if (ret)
		err_set(err, "%s: %s: not changed", path, strerror(errno));
	close(fd);
	return ret ? -1 : read_back(e, path, p, err);
}

static void sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static bool has_changed(const struct confedit *e)
{
	struct stat now;

	return stat(e->path, &now) || !file_same(&now, &e->st) ||
	       now.st_size != e->st.st_size ||
	       now.st_mtim.tv_sec != e->st.st_mtim.tv_sec ||
	       now.st_mtim.tv_nsec != e->st.st_mtim.tv_nsec;
}

/**
 * confedit_replace() - replace the old file by the temporary one
 * @e:		the file, after confedit_write()
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int confedit_replace(struct confedit *e, struct err *err)
{
	if (has_changed(e))
		return err_set(err, "%s: changed meanwhile by another program",
			       e->path);
	if (rename(e->temp, e->path))
		return err_set(err, "%s: %s: not changed", e->path,
			       strerror(errno));
	e->temp[0] = '\0';
	sync_directory(e->path);
	return 0;
}

/**
 * confedit_place() - make the temporary file a new file
 * @e:		the file, after confedit_write()
 * @path:	path of the new file, which must not exist
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int confedit_place(struct confedit *e, const char *path, struct err *err)
{
	if (link(e->temp, path))
		return err_set(err, "%s: %s", path, strerror(errno));
	unlink(e->temp);
	e->temp[0] = '\0';
	sync_directory(path);
	return 0;
}

/**
 * confedit_end() - free the memory, and remove a temporary file that was not used
 * @e:		the file, loaded or not
 */
void confedit_end(struct confedit *e)
{
	if (e->temp[0])
		unlink(e->temp);
	e->temp[0] = '\0';
	free(e->text);
	e->text = NULL;
}

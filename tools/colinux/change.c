// SPDX-License-Identifier: GPL-2.0
/*
 * colinux edit, rename, rm: changes of guests' definitions. clone.c and create.c make
 * new ones.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf.h"
#include "common/file.h"
#include "common/imagelock.h"
#include "def.h"

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/*
 * edit
 */

static int run_editor(const char *path)
{
	const char *editor = getenv("VISUAL");
	char script[1024];
	char *argv[6] = { "sh", "-c", script, "sh", (char *)path, NULL };

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (!editor || !*editor)
		editor = "vi";
	if (snprintf(script, sizeof(script), "exec %s \"$1\"", editor) >=
	    (int)sizeof(script)) {
		complain("VISUAL, EDITOR: too long");
		return -1;
	}
	return spawn(argv, -1);
}

/* colinux-run --check prints the words that it read; only its errors matter here. */
static int run_check(const char *name, const char *path)
{
	char named[128], file[PATH_MAX + 1];
	char *argv[7] = { "sh", "-c", "exec colinux-run --check \"$@\" >/dev/null",
			 "sh", named, file, NULL };

	snprintf(named, sizeof(named), "--name=%s", name);
	snprintf(file, sizeof(file), "@%s", path);
	return spawn(argv, -1);
}

/* Makes a copy for the editor, beside the file. */
static int make_copy(const struct confedit *e, char copy[PATH_MAX],
		     struct err *err)
{
	int fd, ret = -1;

	if (snprintf(copy, PATH_MAX, "%s.XXXXXX", e->path) >= PATH_MAX)
		return err_set(err, "%s: too long a path", e->path);
	fd = mkostemp(copy, O_CLOEXEC);
	if (fd >= 0 && !file_write(fd, e->text, e->size))
		ret = fsync(fd);
	if (ret) {
		err_set(err, "%s: %s", copy, strerror(errno));
		if (fd >= 0)
			unlink(copy);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Reads the edited copy. Return: 1 if it is equal to the file, 0 if not, or -1. */
static int read_copy(const struct confedit *e, const char *copy,
		     struct confedit *written, struct err *err)
{
	free(written->text);
	written->text = file_slurp(copy, CONF_MAX, &written->size, err);
	if (!written->text)
		return -1;
	return written->size == e->size &&
	       !memcmp(written->text, e->text, e->size);
}

static bool good_enough(const char *name, const char *copy, bool *again)
{
	*again = false;
	if (!run_check(name, copy))
		return true;
	if (!on_terminal())
		return false;
	*again = ask("%s: edit it again?", copy);
	return !*again && ask("Keep it all the same?");
}

/* Keeps mode and owner of the old file: the editor may have replaced the copy. */
static int take_over(struct confedit *e, const struct confedit *written,
		     const char *copy, struct err *err)
{
	struct params p;
	sigset_t signals;
	int ret;

	free(e->text);
	e->text = strndup(written->text, written->size);
	e->size = written->size;
	if (!e->text || strlen(e->text) != e->size)
		return err_set(err, "a NUL byte: not a text file");
	signals_block(&signals);
	ret = confedit_write(e, e->path, &p, err);
	params_free(&p);
	if (!ret)
		ret = confedit_replace(e, err);
	if (!ret)
		unlink(copy);
	confedit_end(e);
	signals_unblock(&signals);
	return ret;
}

static enum status edit_copy(struct confedit *e, const char *name,
			     const char *copy)
{
	struct confedit written = { .text = NULL };
	struct err err = { .text = "" };
	enum status status = STATUS_FAILED;
	bool again, edited, good;
	int same;

	do {
		again = false;
		edited = !run_editor(copy);
		same = read_copy(e, copy, &written, &err);
		good = !same && edited && good_enough(name, copy, &again);
	} while (again);
	if (same > 0) {
		unlink(copy);
		if (edited)
			printf("%s: not changed\n", name);
		else
			complain("%s: the editor failed", name);
		status = edited ? STATUS_OK : STATUS_FAILED;
	} else if (good && !take_over(e, &written, copy, &err)) {
		status = STATUS_OK;
	} else {
		complain("%s%s%s is not replaced; the new text is in %s",
			 err.text, err.text[0] ? ": " : "", e->path, copy);
	}
	free(written.text);
	return status;
}

/**
 * command_edit() - change a definition with an editor
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_edit(const struct args *a)
{
	char path[PATH_MAX], copy[PATH_MAX];
	struct confedit e = { .text = NULL };
	enum status status;
	struct err err;

	if (defs_find(path, a->words[0], &status, &err))
		goto failed;
	status = STATUS_FAILED;
	if (confedit_load(&e, path, &err) || make_copy(&e, copy, &err))
		goto failed;
	status = edit_copy(&e, a->words[0], copy);
	confedit_end(&e);
	return status;

failed:
	complain("%s", err.text);
	confedit_end(&e);
	return status;
}

/*
 * Units. systemctl prints its own errors.
 */

static int systemctl(const char *command, const char *option, const char *name)
{
	char unit[128];
	char *argv[5] = { "systemctl", (char *)command, (char *)option, unit, NULL };

	snprintf(unit, sizeof(unit), "colinux@%s.service", name);
	return defs_by_unit() ? spawn(argv, -1) : -1;
}

static bool is_enabled(const char *name)
{
	return !systemctl("is-enabled", "--quiet", name);
}

/*
 * rename
 */

/*
 * Keeps a MAC address that is derived from the guest's name, as other machines may
 * identify the guest by it.
 */
static int keep_address(struct confedit *e, const struct def *d,
			unsigned int unit, struct err *err)
{
	struct net_param net = d->params.nets[unit];

	if (net.kind == NET_NONE || net.has_mac)
		return 0;
	netparam_mac(&d->params.nets[unit], d->name, unit, net.mac);
	net.has_mac = true;
	return def_set_net(e, unit, &net, err);
}

static int move_log(const char *from, const char *to)
{
	char old[PATH_MAX], new[PATH_MAX];
	struct err err;

	if (defs_path(old, DEFS_LOG, from, ".log", &err) ||
	    defs_path(new, DEFS_LOG, to, ".log", &err))
		return -1;
	return rename(old, new);
}

/* Caller holds both names. */
static int rename_file(struct def *d, const char *path, struct err *err)
{
	struct confedit e;
	struct params p;
	int ret;

	ret = confedit_load(&e, d->path, err);
	for (unsigned int i = 0; !ret && i < CO_MAX_CONET; i++)
		ret = keep_address(&e, d, i, err);
	if (ret)
		goto out;
	ret = confedit_write(&e, path, &p, err);
	params_free(&p);
	if (!ret)
		ret = confedit_place(&e, path, err);
	if (!ret && unlink(d->path)) {
		err_set(err, "%s: %s", d->path, strerror(errno));
		unlink(path);
		ret = -1;
	}

out:
	confedit_end(&e);
	return ret;
}

static enum status rename_held(struct def *d, const char *name)
{
	bool enabled = is_enabled(d->name);
	char path[PATH_MAX];
	struct err err;

	if (def_new(path, name, &err) || rename_file(d, path, &err)) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	move_log(d->name, name);
	if (!enabled)
		return STATUS_OK;
	if (!systemctl("enable", "--quiet", name) &&
	    !systemctl("disable", "--quiet", d->name))
		return STATUS_OK;
	complain("%s: is renamed, but not enabled: see 'systemctl enable colinux@%s'",
		 name, name);
	return STATUS_FAILED;
}

/**
 * command_rename() - give a guest another name
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_rename(const struct args *a)
{
	struct hold other = { .fd = -1 };
	enum status status;
	sigset_t signals;
	struct stat st;
	struct def d;
	struct err err;

	signals_block(&signals);
	status = def_open(&d, a->words[0]);
	if (status)
		goto out;
	status = STATUS_FAILED;
	if (!lstat(d.path, &st) && !S_ISREG(st.st_mode)) {
		complain("%s: is a link: rename it by hand", d.path);
		goto out;
	}
	if (def_hold(&d))
		goto out;
	if (defs_check_name(a->words[1], &err) ||
	    hold_name(&other, a->words[1], &err)) {
		complain("%s", err.text);
		goto out;
	}
	status = rename_held(&d, a->words[1]);

out:
	hold_end(&other);
	def_close(&d);
	signals_unblock(&signals);
	return status;
}

/*
 * rm
 */

static bool names_file(const struct params *p, const struct stat *st)
{
	for (unsigned int i = 0; i < CO_MAX_COBD; i++) {
		const char *files[2] = { p->disks[i].path, p->disks[i].cow };
		char path[PATH_MAX];

		for (unsigned int k = 0; k < 2; k++) {
			if (!files[k])
				continue;
			def_file(path, files[k]);
			if (file_is_at(path, st))
				return true;
		}
	}
	return false;
}

/* Fails if another guest uses the file, or might, as its definition is invalid. */
static int check_others(const char *name, const char *path,
			const struct stat *st, struct err *err)
{
	char **names, conf[PATH_MAX];
	struct params p;
	int ret = 0;
	size_t nr;

	names = defs_list(&nr, err);
	if (!names)
		return -1;
	for (size_t i = 0; !ret && i < nr; i++) {
		if (!strcmp(names[i], name) ||
		    defs_path(conf, DEFS_CONF, names[i], DEFS_SUFFIX, err))
			continue;
		ret = confedit_params(conf, &p, err);
		if (!ret && names_file(&p, st))
			ret = err_set(err, "%s: is a disk of %s, too", path,
				      names[i]);
		params_free(&p);
	}
	guests_free(names, nr);
	return ret;
}

/* Finds users that no definition names, such as QEMU, by their lock. */
static int check_unused(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW), ret;

	if (fd < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	ret = imagelock_writer(fd);
	close(fd);
	return ret ? err_set(err, "%s: in use by a guest or QEMU: stop that first",
			     path) : 0;
}

/* Return: 1 if the disk's file can be removed, 0 if there is no such file, or -1. */
static int check_disk(const struct def *d, unsigned int unit,
		      char path[PATH_MAX], struct err *err)
{
	const char *own = def_own_file(&d->params.disks[unit]);
	struct stat st;

	if (!own)
		return 0;
	def_file(path, own);
	if (lstat(path, &st))
		return errno == ENOENT ? 0 :
		       err_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return 0;
	return check_unused(path, err) || check_others(d->name, path, &st, err) ?
	       -1 : 1;
}

/* A step of the removal of the guest's own disks. */
enum step { CHECK, SHOW, REMOVE };

static int each_disk(const struct def *d, enum step to, struct err *err)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < CO_MAX_COBD; i++) {
		int ret = check_disk(d, i, path, err);

		if (ret < 0)
			return -1;
		if (ret && to == SHOW)
			printf("  %s\n", path);
		if (ret && to == REMOVE && unlink(path))
			return err_set(err, "%s: %s", path, strerror(errno));
	}
	return 0;
}

static bool confirm(const struct args *a, const struct def *d)
{
	bool disks = args_has(a, "disks");
	struct err err;

	if (args_has(a, "yes"))
		return true;
	if (!on_terminal()) {
		usage(a, "no terminal to ask on: use --yes");
		return false;
	}
	printf("This removes\n  %s\n", d->path);
	if (disks && each_disk(d, SHOW, &err)) {
		complain("%s", err.text);
		return false;
	}
	return ask("Remove guest %s%s?", d->name, disks ? " and its disks" : "");
}

/* Removes the definition last, so that the user can try again after an error. */
static enum status remove_held(const struct args *a, struct def *d)
{
	char log[PATH_MAX];
	struct err err;

	if (args_has(a, "disks") && (each_disk(d, CHECK, &err) ||
				     each_disk(d, REMOVE, &err))) {
		complain("%s", err.text);
		return STATUS_FAILED;
	}
	if (is_enabled(d->name))
		systemctl("disable", "--quiet", d->name);
	if (unlink(d->path)) {
		complain("%s: %s", d->path, strerror(errno));
		return STATUS_FAILED;
	}
	if (!defs_path(log, DEFS_LOG, d->name, ".log", &err))
		unlink(log);
	return STATUS_OK;
}

/**
 * command_rm() - remove a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_rm(const struct args *a)
{
	enum status status;
	sigset_t signals;
	struct def d;

	status = def_open(&d, a->words[0]);
	if (status)
		goto out_close;
	/* Also before the question, as a running guest is an error. */
	status = def_hold(&d);
	if (status)
		goto out_close;
	hold_end(&d.hold);
	if (!confirm(a, &d)) {
		status = on_terminal() ? STATUS_FAILED : STATUS_USAGE;
		goto out_close;
	}
	signals_block(&signals);
	status = def_hold(&d);
	if (!status)
		status = remove_held(a, &d);
	hold_end(&d.hold);
	signals_unblock(&signals);

out_close:
	def_close(&d);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image renew: gives a copy of an image an identity of its own. debugfs changes
 * it: the image is not mounted, and none of its programs runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"

#define SCRIPT_MAX	65536

/**
 * struct renew - a renewal
 * @path:	the image
 * @fd:		descriptor of the image, which holds the lock
 * @script:	commands for debugfs
 */
struct renew {
	const char *path;
	int fd;
	struct text script;
};

static int is_in(const struct renew *n, const char *file, bool *is, struct err *err)
{
	struct text output = { .max = 0 };
	char command[PATH_MAX];
	int ret;

	snprintf(command, sizeof(command), "stat %s", file);
	ret = own_debugfs(n->path, command, &output, err);
	*is = strstr(text_of(&output), "Type: regular");
	text_free(&output);
	return ret;
}

/* Is this the name of a host key? Odd names, which a guest may have made, are none. */
static bool is_host_key(const char *name)
{
	static const char begin[] = "ssh_host_", usual[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t len;

	if (strncmp(name, begin, sizeof(begin) - 1))
		return false;
	name += sizeof(begin) - 1;
	len = strspn(name, usual);
	name += len;
	return len && (!strcmp(name, "_key") || !strcmp(name, "_key.pub"));
}

/* The name in a line of debugfs's ls -p, /INODE/MODE/UID/GID/NAME/SIZE/; or NULL. */
static char *name_in_line(char *line)
{
	char *fields[8];
	int nr = 0;

	for (char *s = line; s && nr < 8; nr++) {
		fields[nr] = s;
		s = strchr(s, '/');
		if (s)
			*s++ = '\0';
		else
			return nr == 7 ? fields[5] : NULL;
	}
	return NULL;
}

static int find_host_keys(struct renew *n, struct err *err)
{
	struct text output = { .max = 0 }, keys = { .max = SCRIPT_MAX };
	int ret = own_debugfs(n->path, "ls -p /etc/ssh", &output, err);
	char *rest = output.text, *line;
	bool renewed = false;

	while ((line = text_line(&rest))) {
		const char *name = name_in_line(line);

		if (name && is_host_key(name))
			text_format(&keys, "rm /etc/ssh/%s\n", name);
	}
	if (!ret && keys.len)
		ret = is_in(n, "/etc/systemd/system/colinux-ssh-keys.service", &renewed,
			    err);
	if (!ret && keys.len && !renewed)
		say_note("%s: keeps its host keys of SSH: it has no colinux-ssh-keys.service to make new ones",
			 n->path);
	if (renewed)
		text_format(&n->script, "%s", text_of(&keys));
	text_free(&output);
	text_free(&keys);
	return ret;
}

static int find_identity(struct renew *n, struct err *err)
{
	static const char *const files[] = {
		"/var/lib/dbus/machine-id", "/var/lib/systemd/random-seed",
		"/var/lib/systemd/credential.secret",
	};
	bool is;

	if (find_host_keys(n, err))
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (is_in(n, files[i], &is, err))
			return -1;
		if (is)
			text_format(&n->script, "rm %s\n", files[i]);
	}
	if (is_in(n, "/etc/machine-id", &is, err))
		return -1;
	if (is)
		text_format(&n->script,
			    "rm /etc/machine-id\nwrite /dev/null /etc/machine-id\n"
			    "set_inode_field /etc/machine-id mode 0100444\n");
	return 0;
}

static int check_machine_id(const struct renew *n, struct err *err)
{
	struct text id = { .max = 0 };
	int ret = own_debugfs(n->path, "cat /etc/machine-id", &id, err);

	if (!ret && id.len)
		ret = err_set(err, "%s: its machine ID cannot be removed", n->path);
	text_free(&id);
	return ret;
}

static int write_changes(const struct renew *n, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	r.in = run_memory_file(text_of(&n->script));
	r.keep = n->fd;
	words_add(&r.stages[0], "debugfs", "-w", "-f", "-", n->path, NULL);
	ret = run(&r, err);
	if (!ret && run_status(&r))
		ret = err_set(err, "%s: cannot be written to", n->path);
	close(r.in);
	run_end(&r);
	return ret;
}

static int repair(const struct renew *n, struct err *err)
{
	struct run r;
	int status;

	run_begin(&r);
	r.keep = n->fd;
	words_add(&r.stages[0], "e2fsck", "-f", "-y", n->path, NULL);
	status = own_run(&r, NULL, err);
	if (status > 3)
		return err_set(err, "%s: cannot be repaired (e2fsck: status %d)", n->path,
			       status);
	return status < 0 ? -1 : 0;
}

static int renew_image(struct renew *n, struct err *err)
{
	struct text kind = { .max = 0 };
	bool ext;

	n->fd = own(n->path, err);
	if (n->fd < 0 || own_field(n->path, "TYPE", &kind, err))
		return -1;
	ext = !strncmp(text_of(&kind), "ext", 3);
	if (!ext)
		say_note("%s: holds %s: nothing is renewed in it", n->path,
			 kind.len ? kind.text : "no file system");
	text_free(&kind);
	if (!ext)
		return 0;
	if (repair(n, err) || find_identity(n, err) || write_changes(n, err) ||
	    check_machine_id(n, err))
		return -1;
	if (n->script.len)
		say_note("%s: makes an identity of its own at its next start", n->path);
	return 0;
}

/**
 * command_renew() - give a copy of an image an identity of its own
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_renew(const struct args *a)
{
	struct renew n = { .path = a->words[0], .script = { .max = SCRIPT_MAX } };
	struct err err;
	int ret;

	stop_state("check %s before you use it", n.path);
	ret = renew_image(&n, &err);
	text_free(&n.script);
	if (n.fd >= 0)
		close(n.fd);
	return ret ? say_failure(&err) : STATUS_OK;
}

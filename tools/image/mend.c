// SPDX-License-Identifier: GPL-2.0
/*
 * Adapts an imported root file system to a guest: its fstab, a login at the guest's
 * console, an identity of its own. The image is never mounted: debugfs changes it in the
 * jail. New files are written to the directory edit first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "image.h"
#include "jail.h"

#define FILE_MAX	(1L << 20)
#define FILES_MAX	16

/* Files that the image may have; one run of debugfs looks for all. */
static const char *const paths[] = {
	"/sbin/init", "/etc/fstab", "/etc/inittab", "/etc/runit/2", "/usr/lib/systemd/systemd",
	"/lib/systemd/systemd", "/sbin/getty", "/bin/getty", "/usr/sbin/getty",
	"/sbin/agetty", "/usr/bin/agetty", "/usr/sbin/agetty", "/etc/init.d/agetty",
	"/etc/runlevels/default/agetty.hvc0", "/etc/runit/runsvdir/default",
	"/etc/service", "/etc/sv", "/etc/sv/agetty-hvc0", "/etc/machine-id",
	"/var/lib/dbus/machine-id", "/etc/ssh/ssh_host_rsa_key",
	"/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_ed25519_key",
	"/etc/ssh/ssh_host_dsa_key",
};

#define NR_PATHS	(sizeof(paths) / sizeof(paths[0]))

/**
 * struct mend - the changes to an image
 * @work:	the temporary directory, with the image
 * @image:	path of the image
 * @links:	for each of paths[]: target of a symbolic link, "-" for others, "" if
 *		there is no such file
 * @edits:	commands for debugfs
 * @files:	path in the image of each new file; its content is in edit/NUMBER
 * @nr:		number of @files
 * @err:	the first error
 * @failed:	true after an error
 */
struct mend {
	const struct work *work;
	char image[PATH_MAX];
	char links[NR_PATHS][128];
	struct text edits;
	const char *files[FILES_MAX];
	unsigned int nr;
	struct err *err;
	bool failed;
};

static const char *link_of(const struct mend *m, const char *path)
{
	for (size_t i = 0; i < NR_PATHS; i++)
		if (!strcmp(paths[i], path))
			return m->links[i];
	return "";
}

static bool has(const struct mend *m, const char *path)
{
	return *link_of(m, path);
}

/* Runs debugfs on the image. Fails only if it cannot run. */
static int mend_debugfs(const struct mend *m, bool write, const char *option,
			const char *command, struct text *output)
{
	struct run r;
	int ret;

	run_begin(&r);
	r.text = output;
	ret = jail_words(&r.stages[0], m->work, NULL, m->image, "debugfs", m->err);
	if (!ret) {
		if (write)
			words_add(&r.stages[0], "-w", NULL);
		words_add(&r.stages[0], option, command, "/target", NULL);
		ret = run(&r, m->err);
	}
	if (!ret && write && run_status(&r))
		ret = -1;
	run_end(&r);
	return ret;
}

static void mend_ask(struct mend *m, const char *command, const char *path,
		     struct text *output)
{
	char line[PATH_MAX];

	output->max = FILE_MAX;
	snprintf(line, sizeof(line), "%s %s", command, path);
	if (mend_debugfs(m, false, "-R", line, output))
		m->failed = true;
}

static int write_edit(const struct mend *m, const char *name, const char *content)
{
	char path[PATH_MAX], edit[64];
	int fd, ret;

	snprintf(edit, sizeof(edit), "edit/%s", name);
	fd = open(work_path(m->work, edit, path),
		  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		goto failed;
	ret = file_write(fd, content, strlen(content));
	/* The umask of the user must not matter. */
	if (!ret)
		ret = fchmod(fd, 0644);
	close(fd);
	if (!ret)
		return 0;

failed:
	return err_set(m->err, "%s: %s", path, strerror(errno));
}

/* Parses what debugfs says about one line; current is the path that it is about. */
static void find_link(struct mend *m, const char *line, size_t *current)
{
	static const char stat_of[] = "debugfs: stat ", to[] = "Fast link dest: \"";

	if (!strncmp(line, stat_of, sizeof(stat_of) - 1)) {
		for (*current = 0; *current < NR_PATHS; (*current)++)
			if (!strcmp(paths[*current], line + sizeof(stat_of) - 1))
				break;
	} else if (*current == NR_PATHS) {
		return;
	} else if (!strncmp(line, "Inode: ", 7)) {
		strcpy(m->links[*current], "-");
	} else if (!strncmp(line, to, sizeof(to) - 1)) {
		line += sizeof(to) - 1;
		snprintf(m->links[*current], sizeof(m->links[0]), "%.*s",
			 (int)strcspn(line, "\""), line);
	}
}

static int find_paths(struct mend *m)
{
	struct text script = { .max = FILE_MAX }, output = { .max = FILE_MAX };
	size_t current = NR_PATHS;
	char *rest, *line;
	int ret;

	for (size_t i = 0; i < NR_PATHS; i++)
		text_format(&script, "stat %s\n", paths[i]);
	ret = write_edit(m, "paths", text_of(&script));
	text_free(&script);
	if (!ret)
		ret = mend_debugfs(m, false, "-f", "/edit/paths", &output);
	rest = output.text;
	while (!ret && (line = text_line(&rest)))
		find_link(m, line, &current);
	text_free(&output);
	return ret;
}

/* Plans a new file, owned by root; @mode in octal. */
static void put(struct mend *m, const char *path, const char *mode,
		const char *content)
{
	char name[16];

	if (m->failed || m->nr == FILES_MAX)
		return;
	snprintf(name, sizeof(name), "%u", m->nr);
	if (write_edit(m, name, content)) {
		m->failed = true;
		return;
	}
	m->files[m->nr++] = path;
	text_format(&m->edits,
		    "rm %s\nwrite /edit/%s %s\nset_inode_field %s mode 0100%s\n"
		    "set_inode_field %s uid 0\nset_inode_field %s gid 0\n",
		    path, name, path, path, mode, path, path);
}

static int check_file(struct mend *m, unsigned int i, const char *what)
{
	struct text is = { .max = 0 };
	char name[32], path[PATH_MAX];
	char *wanted;
	size_t size;
	int ret;

	snprintf(name, sizeof(name), "edit/%u", i);
	wanted = file_slurp(work_path(m->work, name, path), FILE_MAX, &size, m->err);
	if (!wanted)
		return -1;
	mend_ask(m, "cat", m->files[i], &is);
	ret = m->failed ? -1 : 0;
	if (!ret && strcmp(text_of(&is), wanted))
		ret = err_set(m->err, "%s: no room for %s in its file system: enlarge it, or use --size",
			      what, m->files[i]);
	text_free(&is);
	free(wanted);
	return ret;
}

static int do_edits(struct mend *m, const char *what)
{
	if (!m->edits.len)
		return 0;
	if (write_edit(m, "script", text_of(&m->edits)))
		return -1;
	if (mend_debugfs(m, true, "-f", "/edit/script", NULL))
		return stop_asked() ? stop_failed(m->err) :
		       err_set(m->err, "%s: cannot write to its file system", what);
	for (unsigned int i = 0; i < m->nr; i++)
		if (check_file(m, i, what))
			return -1;
	return 0;
}

static void trim_newlines(struct text *t)
{
	while (t->len && t->text[t->len - 1] == '\n')
		t->text[--t->len] = '\0';
}

static void add_line(struct mend *m, const char *path, struct text *old,
		     const char *line)
{
	trim_newlines(old);
	old->max += PATH_MAX;
	text_format(old, "\n%s\n", line);
	put(m, path, "644", text_of(old));
}

/* The kind of the first process. */
static const char *init_of(const struct mend *m)
{
	const char *link = link_of(m, "/sbin/init");

	if (archive_ends_with(link, "systemd"))
		return "systemd";
	if (strstr(link, "busybox"))
		return "busybox";
	if (archive_ends_with(link, "openrc-init"))
		return "openrc";
	if (strstr(link, "runit"))
		return "runit";
	if (has(m, "/etc/inittab"))
		return "sysv";
	if (has(m, "/etc/runit/2"))
		return "runit";
	if (has(m, "/usr/lib/systemd/systemd") || has(m, "/lib/systemd/systemd"))
		return "systemd";
	return "unknown";
}

/* BusyBox does without an fstab, systemd needs the root in it. */
static void mend_fstab(struct mend *m)
{
	struct text old = { .max = 0 }, new = { .max = 2 * FILE_MAX };
	struct text removed = { .max = FILE_MAX };
	char *rest, *line;

	if (!has(m, "/etc/fstab") && strcmp(init_of(m), "systemd"))
		return;
	mend_ask(m, "cat", "/etc/fstab", &old);
	if (fstab_mend(text_of(&old), &new, &removed)) {
		rest = removed.text;
		while ((line = text_line(&rest)))
			say_note("its /etc/fstab: commented out, as a guest has no such device: %s",
				 line);
		put(m, "/etc/fstab", "644", text_of(&new));
	}
	text_free(&old);
	text_free(&new);
	text_free(&removed);
}

/* The first of these programs that the image has, or NULL. */
static const char *getty_of(const struct mend *m, const char *const names[3])
{
	for (int i = 0; i < 3; i++)
		if (has(m, names[i]))
			return names[i];
	return NULL;
}

static bool add_to_inittab(struct mend *m, const char *line)
{
	struct text old = { .max = 0 };
	bool added;

	mend_ask(m, "cat", "/etc/inittab", &old);
	added = !has_word(text_of(&old), "hvc0");
	if (added)
		add_line(m, "/etc/inittab", &old, line);
	text_free(&old);
	return added;
}

static bool add_to_busybox(struct mend *m)
{
	static const char *const gettys[3] = {
		"/sbin/getty", "/bin/getty", "/usr/sbin/getty",
	};
	const char *getty = getty_of(m, gettys);
	char line[128];

	/* Without an inittab, busybox runs a shell at the console. */
	if (!has(m, "/etc/inittab"))
		return false;
	snprintf(line, sizeof(line), "hvc0::respawn:%s%s", getty ? getty : "-/bin/sh",
		 getty ? " 0 hvc0" : "");
	return add_to_inittab(m, line);
}

static bool add_to_sysv(struct mend *m)
{
	static const char *const gettys[3] = {
		"/sbin/agetty", "/sbin/getty", "/usr/sbin/agetty",
	};
	const char *getty = getty_of(m, gettys);
	char line[128];

	if (!getty) {
		say_note("its /etc/inittab: no getty found: add a line for hvc0");
		return false;
	}
	snprintf(line, sizeof(line), "hvc0:12345:respawn:%s 115200 hvc0", getty);
	return add_to_inittab(m, line);
}

static bool add_to_openrc(struct mend *m)
{
	if (has(m, "/etc/runlevels/default/agetty.hvc0") ||
	    !has(m, "/etc/init.d/agetty"))
		return false;
	text_format(&m->edits,
		    "symlink /etc/init.d/agetty.hvc0 agetty\n"
		    "symlink /etc/runlevels/default/agetty.hvc0 /etc/init.d/agetty.hvc0\n");
	return true;
}

/* Adds a service in the directory of Void or of Debian. */
static bool add_to_runit(struct mend *m)
{
	static const char *const gettys[3] = {
		"/sbin/agetty", "/usr/bin/agetty", "/sbin/getty",
	};
	const char *dir = has(m, "/etc/runit/runsvdir/default") ?
			  "/etc/runit/runsvdir/default" : "/etc/service";
	const char *getty = getty_of(m, gettys);
	struct text list = { .max = 0 };
	char script[128];
	bool there;

	if (!has(m, dir))
		return false;
	mend_ask(m, "ls", dir, &list);
	there = strstr(text_of(&list), "hvc0");
	text_free(&list);
	if (there)
		return false;
	if (!has(m, "/etc/sv/agetty-hvc0")) {
		if (!getty)
			return false;
		if (!has(m, "/etc/sv"))
			text_format(&m->edits, "mkdir /etc/sv\n");
		text_format(&m->edits, "mkdir /etc/sv/agetty-hvc0\n");
		/* A new session: else the console would not control the shell's jobs. */
		snprintf(script, sizeof(script),
			 "#!/bin/sh\nexec chpst -P %s 115200 hvc0\n", getty);
		put(m, "/etc/sv/agetty-hvc0/run", "755", script);
	}
	text_format(&m->edits, "symlink %s/agetty-hvc0 /etc/sv/agetty-hvc0\n", dir);
	return true;
}

/* Adds a login at the guest's console. systemd makes one itself. */
static void add_login(struct mend *m)
{
	const char *init = init_of(m);
	bool added;

	if (!strcmp(init, "systemd"))
		return;
	if (!strcmp(init, "unknown")) {
		say_note("its init is unknown: add a login at hvc0 yourself");
		return;
	}
	added = !strcmp(init, "busybox") ? add_to_busybox(m) :
		!strcmp(init, "sysv") ? add_to_sysv(m) :
		!strcmp(init, "openrc") ? add_to_openrc(m) : add_to_runit(m);
	if (added)
		say_note("its init (%s): a login at hvc0, the guest's console, was added",
			 init);
}

/* Adds hvc0 to /etc/securetty, if that restricts root's logins. */
static void mend_securetty(struct mend *m)
{
	struct text old = { .max = 0 };

	mend_ask(m, "cat", "/etc/securetty", &old);
	if (old.len && !has_word(old.text, "hvc0"))
		add_line(m, "/etc/securetty", &old, "hvc0");
	text_free(&old);
}

/* systemd makes a machine ID if the file is empty. */
static void renew_machine_id(struct mend *m)
{
	static const char uuid[] = "/proc/sys/kernel/random/uuid";
	char id[64] = "", *to = id;
	FILE *f;

	if (!strcmp(init_of(m), "systemd")) {
		put(m, "/etc/machine-id", "444", "");
		return;
	}
	f = fopen(uuid, "re");
	if (!f || !fgets(id, sizeof(id), f)) {
		err_set(m->err, "%s: %s", uuid, strerror(errno));
		m->failed = true;
	}
	if (f)
		fclose(f);
	for (const char *from = id; *from; from++)
		if (*from != '-')
			*to++ = *from;
	*to = '\0';
	put(m, "/etc/machine-id", "444", id);
}

static int make_key(struct mend *m, const char *kind, const char *key)
{
	struct run r;
	int ret;

	if (run_need("ssh-keygen", "openssh-client", m->err))
		return -1;
	run_begin(&r);
	words_add(&r.stages[0], "ssh-keygen", "-q", "-t", kind, "-N", "", "-C",
		  "root@guest", "-f", key, NULL);
	ret = run(&r, m->err);
	if (!ret && run_status(&r))
		ret = err_set(m->err, "ssh-keygen: cannot make a %s key", kind);
	run_end(&r);
	return ret;
}

/* Makes the content of a file in the temporary directory the file in the image. */
static void put_made(struct mend *m, const char *name, const char *path,
		     const char *mode)
{
	char from[PATH_MAX];
	char *content;
	size_t size;

	if (m->failed)
		return;
	content = file_slurp(work_path(m->work, name, from), FILE_MAX, &size, m->err);
	m->failed = !content;
	if (content)
		put(m, path, mode, content);
	free(content);
	unlink(from);
}

static void renew_host_key(struct mend *m, const char *kind, const char *path,
			   const char *public)
{
	char key[PATH_MAX];

	if (m->failed || !has(m, path))
		return;
	if (make_key(m, kind, work_path(m->work, "key", key))) {
		m->failed = true;
		return;
	}
	put_made(m, "key", path, "600");
	put_made(m, "key.pub", public, "644");
	say_note("its SSH has a new host key (%s)", kind);
}

/* Gives the image, a copy, a machine ID and host keys of its own. */
static void renew_identity(struct mend *m)
{
	if (has(m, "/etc/machine-id"))
		renew_machine_id(m);
	if (!strcmp(link_of(m, "/var/lib/dbus/machine-id"), "-"))
		text_format(&m->edits,
			    "rm /var/lib/dbus/machine-id\n"
			    "symlink /var/lib/dbus/machine-id /etc/machine-id\n");
	renew_host_key(m, "rsa", "/etc/ssh/ssh_host_rsa_key",
		       "/etc/ssh/ssh_host_rsa_key.pub");
	renew_host_key(m, "ecdsa", "/etc/ssh/ssh_host_ecdsa_key",
		       "/etc/ssh/ssh_host_ecdsa_key.pub");
	renew_host_key(m, "ed25519", "/etc/ssh/ssh_host_ed25519_key",
		       "/etc/ssh/ssh_host_ed25519_key.pub");
	if (has(m, "/etc/ssh/ssh_host_dsa_key"))
		text_format(&m->edits, "rm /etc/ssh/ssh_host_dsa_key\n");
}

/**
 * mend() - adapt the new image to a guest
 * @work:	the temporary directory, with the image
 * @what:	what it was made from
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int mend(const struct work *work, const char *what, struct err *err)
{
	struct mend m = { .work = work, .edits = { .max = FILE_MAX }, .err = err };
	char edit[PATH_MAX];
	int ret;

	work_path(work, "image", m.image);
	work_path(work, "edit", edit);
	if (mkdir(edit, 0755) || chmod(edit, 0755))
		return err_set(err, "%s: %s", edit, strerror(errno));
	ret = find_paths(&m);
	if (!ret) {
		mend_fstab(&m);
		add_login(&m);
		mend_securetty(&m);
		renew_identity(&m);
		ret = m.failed ? -1 : do_edits(&m, what);
	}
	text_free(&m.edits);
	return ret ? -1 : jail_give_back(m.image, err);
}

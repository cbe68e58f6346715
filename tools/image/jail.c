// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs that read untrusted data. See jail.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/imagekind.h"
#include "jail.h"

/**
 * jail_need() - check that the program that makes the jail is installed
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int jail_need(struct err *err)
{
	return run_need("bwrap", "bubblewrap", err);
}

/* Does a line of the file begin with @begin and end with @end? */
static bool has_line(const char *path, const char *begin, const char *end)
{
	FILE *f = fopen(path, "re");
	char line[256];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		found = !strncmp(line, begin, strlen(begin)) &&
			len >= strlen(end) && !strcmp(line + len - strlen(end), end);
	}
	if (f)
		fclose(f);
	return found;
}

/*
 * Are we root in the initial user namespace? Only this root can change to every other
 * user. geteuid() would be 0 under fakeroot.
 */
static bool real_root(void)
{
	return has_line("/proc/self/status", "Uid:", "\t0\t0\t0") &&
	       has_line("/proc/self/uid_map", "", " 4294967295");
}

static bool is_in_work(const struct work *work, const char *path)
{
	size_t len = work ? strlen(work->dir) : 0;

	return len && !strncmp(path, work->dir, len) && path[len] == '/';
}

/* The owner becomes the user in the jail. */
static int jail_hand_over(const char *path, struct err *err)
{
	return chown(path, JAIL_USER, JAIL_USER) ?
	       err_set(err, "%s: %s", path, strerror(errno)) : 0;
}

static void add_fixed(struct words *w)
{
	/* EXT2FS_NO_MTAB_OK: e2fsprogs cannot look for mounted files, of which the
	 * jail has none.
	 */
	words_add(w, "--unshare-net", "--unshare-pid", "--unshare-ipc",
		  "--unshare-uts", "--new-session", "--die-with-parent",
		  "--clearenv", "--chdir", "/", "--setenv", "LC_ALL", "C",
		  "--setenv", "EXT2FS_NO_MTAB_OK", "1",
		  "--ro-bind", "/lib", "/lib", "--ro-bind-try", "/lib64", "/lib64",
		  "--perms", "755", "--dir", "/dev",
		  "--dev-bind", "/dev/null", "/dev/null", NULL);
}

static int add_files(struct words *w, const struct work *work, const char *in,
		     const char *out, struct err *err)
{
	struct stat st = { .st_mode = 0 };
	char edit[PATH_MAX];

	if (in && !stat(in, &st) && S_ISBLK(st.st_mode))
		words_add(w, "--dev-bind", in, "/source", NULL);
	else if (in)
		words_add(w, "--ro-bind", in, "/source", NULL);
	if (out)
		words_add(w, "--bind", out, "/target", NULL);
	if (work && !access(work_path(work, "edit", edit), F_OK))
		words_add(w, "--ro-bind", edit, "/edit", NULL);
	if (!real_root() || (in && !is_in_work(work, in)))
		return 0;
	if (in && !S_ISBLK(st.st_mode) && jail_hand_over(in, err))
		return -1;
	return out ? jail_hand_over(out, err) : 0;
}

/**
 * jail_words() - begin the arguments of a program that is run in the jail
 * @w:		gets the arguments up to the program's name
 * @work:	the temporary directory, whose directory edit it reads as /edit; or NULL
 * @in:		a file that it reads as /source, or NULL
 * @out:	a file that it writes as /target, or NULL
 * @program:	the program, looked up in PATH
 * @err:	filled in
 *
 * The program has no capabilities, no network and no other files. As real root, with
 * files in @work, it runs as user nobody, which becomes their owner. A file elsewhere may
 * be readable only for us. Then the program keeps our user, in a user namespace, without
 * privileges.
 *
 * Return: 0 or -1.
 */
int jail_words(struct words *w, const struct work *work, const char *in,
	       const char *out, const char *program, struct err *err)
{
	char path[PATH_MAX], setpriv[PATH_MAX];
	bool become = real_root() && (!in || is_in_work(work, in));

	if (!run_path(program, path))
		return err_set(err, "%s not found: install it", program);
	if (become && !run_path("setpriv", setpriv))
		return err_set(err, "setpriv not found; install the package util-linux");
	/* With a preloaded fakeroot, bwrap would take itself for root. */
	words_add(w, "env", "-u", "LD_PRELOAD", "bwrap", NULL);
	if (become)
		words_add(w, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID",
			  "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP",
			  "--ro-bind", setpriv, "/setpriv", NULL);
	else
		words_add(w, "--unshare-user", "--cap-drop", "ALL", "--uid", "65534",
			  "--gid", "65534", NULL);
	add_fixed(w);
	words_add(w, "--ro-bind", path, "/program", NULL);
	if (add_files(w, work, in, out, err))
		return -1;
	if (become)
		words_add(w, "/setpriv", "--reuid=65534", "--regid=65534",
			  "--clear-groups", "--inh-caps=-all", "--bounding-set=-all",
			  NULL);
	words_add(w, "/program", NULL);
	return 0;
}

/**
 * jail_give_back() - change the owner of a file from nobody back to us
 * @path:	the file
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int jail_give_back(const char *path, struct err *err)
{
	return chown(path, getuid(), getgid()) ?
	       err_set(err, "%s: %s", path, strerror(errno)) : 0;
}

/**
 * jail_probe() - get the path by which programs in the jail read a file
 * @work:	the temporary directory
 * @path:	the file
 * @probed:	filled in
 * @err:	filled in
 *
 * For a block device, this is a read-only node of our own: a read-only bind mount does
 * not protect a device.
 *
 * Return: 0 or -1.
 */
int jail_probe(const struct work *work, const char *path, char probed[PATH_MAX],
	       struct err *err)
{
	struct stat st;

	snprintf(probed, PATH_MAX, "%s", path);
	if (stat(path, &st) || !S_ISBLK(st.st_mode) || !real_root())
		return 0;
	if (!mknod(work_path(work, "node", probed), S_IFBLK | 0444, st.st_rdev) ||
	    errno == EEXIST)
		return 0;
	return err_set(err, "%s: cannot make a device for it in %s", path, work->dir);
}

/**
 * jail_look() - get a value that blkid finds
 * @work:	the temporary directory
 * @file:	the file, from jail_probe()
 * @tag:	name of the value
 * @offset:	offset in the file
 * @value:	gets the value; empty if there is none
 * @err:	filled in
 *
 * Return: 0, or -1 if blkid cannot run.
 */
int jail_look(const struct work *work, const char *file, const char *tag,
	      uint64_t offset, struct text *value, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	text_free(value);
	value->max = 4096;
	r.text = value;
	ret = jail_words(&r.stages[0], work, file, NULL, "blkid", err);
	if (!ret) {
		words_add(&r.stages[0], "-p", "-O", NULL);
		words_format(&r.stages[0], "%llu", (unsigned long long)offset);
		words_add(&r.stages[0], "-s", tag, "-o", "value", "/source", NULL);
		ret = run(&r, err);
	}
	text_printable(value);
	run_end(&r);
	return ret;
}

/**
 * packer_of() - get the program that compressed a file
 * @path:	the file
 *
 * Return: its name, or NULL if the file is not compressed.
 */
const char *packer_of(const char *path)
{
	const struct imagekind *kind;
	char head[IMAGEKIND_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof(head));

	if (fd >= 0)
		close(fd);
	kind = imagekind_find(head, n > 0 ? n : 0);
	return kind ? kind->packer : NULL;
}

/**
 * packer_need() - check that the program to unpack a file is installed
 * @path:	the file
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int packer_need(const char *path, struct err *err)
{
	const char *packer = packer_of(path);

	if (!packer)
		return 0;
	return run_need(packer, strcmp(packer, "xz") ? packer : "xz-utils", err);
}

/**
 * packer_words() - read a file, unpacked, as the first stage of programs
 * @r:		gets its input, and the first stage if the file is compressed
 * @work:	the temporary directory
 * @path:	the file
 * @err:	filled in
 *
 * Return: the number of the next stage, or -1.
 */
int packer_words(struct run *r, const struct work *work, const char *path,
		 struct err *err)
{
	const char *packer = packer_of(path);

	r->in = open(path, O_RDONLY | O_CLOEXEC);
	if (r->in < 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (!packer)
		return 0;
	if (jail_words(&r->stages[0], work, NULL, NULL, packer, err))
		return -1;
	words_add(&r->stages[0], "-dc", NULL);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image shell: runs a command in an image. The image is mounted in a mount
 * namespace of its own, which ends with this process.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

#define NSPAWN		"/run/systemd/nspawn"

/* Programs that must be complete: mount, umount. */
static int run_complete(struct words *words, const char *path, const char *problem,
			struct err *err)
{
	struct text output = { .max = 4096 };
	struct run r;
	int ret;

	run_begin(&r);
	r.stages[0] = *words;
	r.never = true;
	r.text = &output;
	r.error = run_log();
	ret = run(&r, err);
	if (!ret && run_status(&r)) {
		run_read_log(r.error, &output);
		output.len = strcspn(text_of(&output), "\n");
		ret = err_set(err, "%s: %s: %.*s", path, problem, (int)output.len,
			      text_of(&output));
	}
	close(r.error);
	run_end(&r);
	text_free(&output);
	return ret;
}

/* Files that systemd-nspawn leaves behind vanish with the namespace. */
static int enter_namespace(struct err *err)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return err_set(err, "mount namespace: %s", strerror(errno));
	if (mkdir("/run/systemd", 0755) && errno != EEXIST)
		return err_set(err, "/run/systemd: %s", strerror(errno));
	if (mkdir(NSPAWN, 0755) && errno != EEXIST)
		return err_set(err, NSPAWN ": %s", strerror(errno));
	return mount("tmpfs", NSPAWN, "tmpfs", 0, NULL) ?
	       err_set(err, NSPAWN ": %s", strerror(errno)) : 0;
}

static int mount_image(const char *path, const char *dir, struct err *err)
{
	struct words w = { .nr = 0 };

	words_add(&w, "mount", "-o", "loop,nodev,nosuid", "--", path, dir, NULL);
	return run_complete(&w, path, "cannot mount it", err);
}

static int unmount_image(const char *path, const char *dir, struct err *err)
{
	struct words w = { .nr = 0 };

	words_add(&w, "umount", "-R", dir, NULL);
	if (!run_complete(&w, path, "cannot unmount it; check it before you use it", err))
		return 0;
	/* The directory can then be removed. */
	umount2(dir, MNT_DETACH);
	return -1;
}

/*
 * The container is root of a user namespace without rights outside, as the image's
 * programs are untrusted. The mount maps the owners of the files to that namespace.
 */
static int run_contained(const struct args *a, const char *dir, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	r.in = STDIN_FILENO;
	r.out = STDOUT_FILENO;
	r.error = STDERR_FILENO;
	r.wait = true;
	words_add(&r.stages[0], "systemd-nspawn", "--quiet", NULL);
	words_format(&r.stages[0], "--directory=%s", dir);
	words_format(&r.stages[0], "--machine=%s", strrchr(dir, '.') + 1);
	words_add(&r.stages[0], "--private-users=pick", "--private-users-ownership=map",
		  NULL);
	if (args_has(a, "network"))
		words_add(&r.stages[0], "--resolv-conf=bind-host", NULL);
	else
		words_add(&r.stages[0], "--private-network", "--resolv-conf=off", NULL);
	words_add(&r.stages[0], "--register=no", "--keep-unit", "--link-journal=no",
		  "--timezone=off", "--as-pid2", "--console=autopipe", "--", NULL);
	for (unsigned int i = 1; i < a->nr; i++)
		words_add(&r.stages[0], a->words[i], NULL);
	if (a->nr == 1)
		words_add(&r.stages[0], "/bin/sh", NULL);
	ret = own_run(&r, NULL, err);
	return ret;
}

/* Returns the status of the command, or -1. */
static int run_in_image(const struct args *a, const char *dir, struct err *err)
{
	const char *path = a->words[0];
	struct err unmount;
	int status;

	if (enter_namespace(err) || mount_image(path, dir, err))
		return -1;
	status = run_contained(a, dir, err);
	if (unmount_image(path, dir, &unmount)) {
		*err = unmount;
		return -1;
	}
	return status;
}

/**
 * command_shell() - run a command in an image
 * @a:		the command line
 *
 * Return: the status of the command, or the status to end with.
 */
enum status command_shell(const struct args *a)
{
	struct work work = { .dir = "" };
	int fd, status = -1;
	struct err err;

	if (geteuid()) {
		complain("shell: only root can mount the image");
		return STATUS_FAILED;
	}
	stop_state("%s is not mounted", a->words[0]);
	fd = run_need("systemd-nspawn", "systemd-container", &err) ? -1 :
	     own(a->words[0], &err);
	if (fd >= 0 && !work_temporary(&work, &err))
		status = run_in_image(a, work.dir, &err);
	if (*work.dir)
		rmdir(work.dir);
	if (fd >= 0)
		close(fd);
	return status < 0 ? say_failure(&err) : (enum status)status;
}

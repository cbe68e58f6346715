// SPDX-License-Identifier: GPL-2.0
/*
 * The root file system of another machine: recognizes one, and checks the machine type
 * of its programs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/arch.h"
#include "image.h"
#include "jail.h"

/* Programs of which each root file system has one. */
static const char *const programs[] = {
	"/usr/lib/systemd/systemd", "/lib/systemd/systemd", "/sbin/init",
	"/bin/busybox", "/bin/bash", "/bin/dash", "/bin/sh", "/usr/bin/bash",
};

#define NR_PROGRAMS	(sizeof(programs) / sizeof(programs[0]))

/**
 * root_machine() - get the machine type of a program
 * @head:	its first bytes
 * @len:	their number
 *
 * Return: the type, or NULL if it is not a program.
 */
const char *root_machine(const void *head, size_t len)
{
	const unsigned char *h = head;
	unsigned int machine;

	if (len < MACHINE_BYTES || memcmp(h, "\177ELF", 4))
		return NULL;
	machine = h[18] | h[19] << 8;
	if (h[4] == 1 && machine == 3)
		return arch_name(CO_ARCH_I386);
	if (h[4] == 2 && machine == 62)
		return arch_name(CO_ARCH_X86_64);
	return h[18] == 183 || h[18] == 40 ? "ARM" : "of another machine";
}

static int root_check(const char *what, const char *machine, unsigned int *arch,
		      struct err *err)
{
	*arch = arch_find(machine);
	if (*arch)
		return 0;
	return err_set(err, "%s: its programs are %s: guests are i386 or x86_64: use an installation of one of these",
		       what, machine);
}

static const char *machine_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *machine = NULL;
	char head[MACHINE_BYTES];
	struct stat st;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    read(fd, head, sizeof(head)) == sizeof(head))
		machine = root_machine(head, sizeof(head));
	close(fd);
	return machine;
}

/**
 * root_check_directory() - check that a guest can run the programs in a directory
 * @dir:	the directory
 * @what:	its name for the user
 * @arch:	set to their CO_ARCH_*; unchanged if there are none
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int root_check_directory(const char *dir, const char *what, unsigned int *arch,
			 struct err *err)
{
	char top[PATH_MAX], path[PATH_MAX], real[PATH_MAX];
	size_t len;

	if (!realpath(dir, top))
		return err_set(err, "%s: cannot read it", what);
	len = strlen(top);
	for (size_t i = 0; i < NR_PROGRAMS; i++) {
		const char *machine;

		if (snprintf(path, sizeof(path), "%s%s", top, programs[i]) >=
		    (int)sizeof(path) || !realpath(path, real))
			continue;
		/* A symbolic link may lead out of the directory. */
		if (strncmp(real, top, len) || real[len] != '/')
			continue;
		machine = machine_of(real);
		if (machine)
			return root_check(what, machine, arch, err);
	}
	return 0;
}

/* Bytes of the output after which the program ends. */
#define HEAD_LIMIT	65536

/* The output has NULs, which a struct text does not keep: hence a file. */
static int run_head(struct run *r, char head[MACHINE_BYTES], ssize_t *len,
		    struct err *err)
{
	int fd = run_memory_file(""), ret;

	r->sparse = fd;
	r->limit = HEAD_LIMIT;
	ret = run(r, err);
	*len = pread(fd, head, MACHINE_BYTES, 0);
	close(fd);
	return ret;
}

/**
 * root_check_tar() - check that a guest can run the programs in a tar
 * @work:	the temporary directory
 * @tar:	the tar
 * @arch:	set to their CO_ARCH_*; unchanged if there are none
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int root_check_tar(const struct work *work, const char *tar, unsigned int *arch,
		   struct err *err)
{
	char head[MACHINE_BYTES];
	const char *machine;
	ssize_t len = 0;
	struct run r;
	int ret = -1, i;

	run_begin(&r);
	i = packer_words(&r, work, tar, err);
	if (i < 0 || jail_words(&r.stages[i], work, NULL, NULL, "tar", err))
		goto out;
	words_add(&r.stages[i], "-xOf", "-", "--wildcards",
		  "--no-wildcards-match-slash", NULL);
	for (size_t n = 0; n < NR_PROGRAMS; n++) {
		words_format(&r.stages[i], "*%s", programs[n]);
		words_add(&r.stages[i], programs[n] + 1, NULL);
	}
	ret = run_head(&r, head, &len, err);
	machine = root_machine(head, len > 0 ? len : 0);
	if (!ret && machine)
		ret = root_check(tar, machine, arch, err);

out:
	if (r.in >= 0)
		close(r.in);
	run_end(&r);
	return ret;
}

static int debugfs_words(struct run *r, const struct work *work, const char *file,
			 uint64_t offset, const char *option, const char *command,
			 struct err *err)
{
	if (jail_words(&r->stages[0], work, file, NULL, "debugfs", err))
		return -1;
	words_add(&r->stages[0], option, command, NULL);
	words_format(&r->stages[0], "/source?offset=%llu", (unsigned long long)offset);
	return 0;
}

/**
 * root_check_ext() - check that a guest can run the programs in an ext file system
 * @work:	the temporary directory
 * @file:	the file, from jail_probe()
 * @offset:	offset of the file system
 * @what:	its name for the user
 * @arch:	set to their CO_ARCH_*; unchanged if there are none
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int root_check_ext(const struct work *work, const char *file, uint64_t offset,
		   const char *what, unsigned int *arch, struct err *err)
{
	for (size_t i = 0; i < NR_PROGRAMS; i++) {
		char head[MACHINE_BYTES], command[64];
		const char *machine;
		ssize_t len = 0;
		struct run r;
		int ret;

		snprintf(command, sizeof(command), "cat %s", programs[i]);
		run_begin(&r);
		ret = debugfs_words(&r, work, file, offset, "-R", command, err);
		if (!ret)
			ret = run_head(&r, head, &len, err);
		run_end(&r);
		if (ret)
			return -1;
		machine = root_machine(head, len > 0 ? len : 0);
		if (machine)
			return root_check(what, machine, arch, err);
	}
	return 0;
}

static int debugfs_text(const struct work *work, const char *file, uint64_t offset,
			const char *option, const char *command, int in,
			struct text *text, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	r.in = in;
	r.text = text;
	ret = debugfs_words(&r, work, file, offset, option, command, err);
	if (!ret)
		ret = run(&r, err);
	run_end(&r);
	return ret;
}

/**
 * root_is() - does an ext file system have an init or an fstab?
 * @work:	the temporary directory
 * @file:	the file, from jail_probe()
 * @offset:	offset of the file system
 * @is:		filled in
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int root_is(const struct work *work, const char *file, uint64_t offset, bool *is,
	    struct err *err)
{
	struct text text = { .max = 65536 };
	int in = run_memory_file("stat /sbin/init\n"
				 "stat /usr/lib/systemd/systemd\n"
				 "stat /bin/busybox\n"
				 "stat /etc/fstab\n");
	int ret = debugfs_text(work, file, offset, "-f", "-", in, &text, err);

	*is = !strncmp(text_of(&text), "Inode:", 6) || strstr(text_of(&text), "\nInode:");
	close(in);
	text_free(&text);
	return ret;
}

/**
 * os_name() - find the name of a system
 * @os_release:	content of its os-release; untrusted
 * @name:	gets the name, printable
 *
 * Return: true if there is one.
 */
bool os_name(const char *os_release, struct text *name)
{
	static const char key[] = "PRETTY_NAME=";

	for (const char *s = os_release; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (strncmp(s, key, sizeof(key) - 1))
			continue;
		s += sizeof(key) - 1;
		s += *s == '"';
		text_add(name, s, strcspn(s, "\"\n"));
		text_printable(name);
		return name->len;
	}
	return false;
}

/**
 * root_name() - get the name of the system in an ext file system
 * @work:	the temporary directory
 * @file:	the file, from jail_probe()
 * @offset:	offset of the file system
 * @name:	gets the name
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int root_name(const struct work *work, const char *file, uint64_t offset,
	      struct text *name, struct err *err)
{
	static const char *const commands[] = {
		"cat /etc/os-release", "cat /usr/lib/os-release",
	};
	bool found = false;
	int ret = 0;

	for (size_t i = 0; i < 2 && !found && !ret; i++) {
		struct text text = { .max = 65536 };

		ret = debugfs_text(work, file, offset, "-R", commands[i], -1, &text,
				   err);
		found = os_name(text_of(&text), name);
		text_free(&text);
	}
	if (!found)
		text_format(name, "of no name");
	return ret;
}

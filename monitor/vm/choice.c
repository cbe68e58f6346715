// SPDX-License-Identifier: GPL-2.0
/*
 * Chooses among the installed kernels, if the user names none: by arch=, else by the note
 * in the root's image (common/imagenote.c), else i386. Images of older versions have no
 * note, and all of them are i386.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "choice.h"
#include "common/arch.h"
#include "common/imagenote.h"

/* Return: CO_ARCH_* in the note of the root's image, 0 without one. */
static unsigned int choice_note(const struct params *p)
{
	int root = params_root(p);

	return root < 0 ? 0 : imagenote_of(p->disks[root].path);
}

/* A file that cannot be an image is an error soon, which needs no note before it. */
static bool choice_readable(const char *path)
{
	struct stat st;

	return !stat(path, &st) && (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)) &&
	       !access(path, R_OK);
}

/* Nothing tells which kernel it is to be. */
static unsigned int choice_default(const struct params *p, bool i386, bool x86_64)
{
	int root = params_root(p);

	if (!x86_64)
		return CO_ARCH_I386;
	if (!i386)
		return CO_ARCH_X86_64;
	if (root >= 0 && choice_readable(p->disks[root].path))
		msg_note("cobd%d: %s: has no note of its architecture: the i386 kernel is taken: say arch=i386, or arch=x86_64 for 64-bit programs",
			 root, p->disks[root].path);
	return CO_ARCH_I386;
}

/**
 * choice_make() - choose an installed kernel, if the user names none
 * @p:		parameters, after params_parse(); its arch is set
 * @kernel:	path of the installed i386 kernel, CO_KERNEL; the x86-64 kernel is
 *		beside it
 *
 * The path that params_kernel() then returns need not exist.
 */
void choice_make(struct params *p, const char *kernel)
{
	bool i386, x86_64;
	char path[256];

	if (p->kernel || p->arch)
		return;
	snprintf(path, sizeof(path), "%s" CO_SUFFIX_X86_64, kernel);
	i386 = !access(kernel, F_OK);
	x86_64 = !access(path, F_OK);
	p->arch = choice_note(p);
	/* An x86-64 kernel runs i386 programs as well. */
	if (p->arch == CO_ARCH_I386 && !i386 && x86_64)
		p->arch = CO_ARCH_X86_64;
	if (!p->arch)
		p->arch = choice_default(p, i386, x86_64);
}

/**
 * choice_check() - warn if the root's programs are not of the kernel's architecture
 * @p:		parameters
 * @arch:	CO_ARCH_* of the kernel
 *
 * This is no error: a guest's root could have written the note.
 */
void choice_check(const struct params *p, unsigned int arch)
{
	unsigned int note = choice_note(p);
	int root = params_root(p);

	if (!note || note == arch)
		return;
	if (note == CO_ARCH_X86_64)
		msg_warn("cobd%d: %s: has x86_64 programs, which an i386 kernel cannot run: say arch=x86_64, or name an x86_64 kernel",
			 root, p->disks[root].path);
	else
		msg_note("cobd%d: %s: has i386 programs: the x86_64 kernel runs them as 32-bit programs",
			 root, p->disks[root].path);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The note in the image of a root file system: the architecture of its programs. It is
 * one line of text at the beginning. ext2, ext3 and ext4 leave the first 1024 bytes of a
 * file system to boot loaders, which a guest does not have.
 *
 *	colinux-image arch=x86_64
 *
 * colinux-image writes it (create: image.d/pack). The monitor chooses the installed
 * kernel by it, if the user names none (vm/choice.c). A guest's root can write any first
 * bytes to its disk. So a note decides nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arch.h"
#include "imagenote.h"

#define NOTE		"colinux-image arch="
#define NOTE_MAX	64

/**
 * imagenote_write() - write the note
 * @fd:		an image with an ext file system
 * @arch:	CO_ARCH_* of its programs
 *
 * Return: 0, or -1 with errno.
 */
int imagenote_write(int fd, unsigned int arch)
{
	char note[NOTE_MAX];
	int len = snprintf(note, sizeof(note), NOTE "%s\n", arch_name(arch));
	ssize_t n = pwrite(fd, note, len, 0);

	if (n >= 0 && n < len)
		errno = EIO;
	return n == len ? 0 : -1;
}

/**
 * imagenote_read() - read the note of an image
 * @fd:		the image, or any other file
 *
 * Return: CO_ARCH_*, or 0 if there is no note, or none that can be read.
 */
unsigned int imagenote_read(int fd)
{
	static const size_t len = sizeof(NOTE) - 1;
	char note[NOTE_MAX + 1] = "";
	char *end;

	if (pread(fd, note, NOTE_MAX, 0) < 0 || strncmp(note, NOTE, len))
		return 0;
	end = strchr(note, '\n');
	if (!end)
		return 0;
	*end = '\0';
	return arch_find(note + len);
}

/**
 * imagenote_of() - read the note of an image
 * @path:	its path
 *
 * Return: as imagenote_read(); 0 also if the file cannot be opened.
 */
unsigned int imagenote_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	unsigned int arch = fd < 0 ? 0 : imagenote_read(fd);

	if (fd >= 0)
		close(fd);
	return arch;
}

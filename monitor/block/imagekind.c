// SPDX-License-Identifier: GPL-2.0
/*
 * Kinds of images that are no disks as they are: images of other emulators,
 * compressed files, archives. A guest that was given one would find no file
 * system in it, and might make one there.
 *
 * They are known by their first bytes, which the guest's root can write to its
 * own disk. So these are only reason to refuse, never to read a file in
 * another way, and ",raw" says that they mean nothing.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

#include "imagekind.h"

/* What O_DIRECT may want: the size and the alignment of a page. */
#define HEAD	4096

/**
 * struct kind - a kind of image
 * @what:	its name
 * @command:	what makes a disk of it; the path comes behind
 * @target:	what comes behind that
 * @magic:	its bytes
 * @len:	how many
 * @offset:	where they are
 */
struct kind {
	const char *what;
	const char *command;
	const char *target;
	const char *magic;
	size_t len;
	size_t offset;
};

#define MAGIC(text)	.magic = (text), .len = sizeof(text) - 1
#define EMULATOR(format, text)						\
	.what = "a " format " image",					\
	.command = "colinux-image import --format " format,		\
	.target = " NEW.img", MAGIC(text)
#define COMPRESSED(program, options, text)				\
	.what = "a file compressed by " program,				\
	.command = program " " options, .target = "", MAGIC(text)

static const struct kind kinds[] = {
	{ EMULATOR("qcow2", "QFI\xfb") },
	{ EMULATOR("vmdk", "KDMV") },
	{ EMULATOR("vmdk", "COWD") },
	{ EMULATOR("vmdk", "# Disk DescriptorFile") },
	{ EMULATOR("vhdx", "vhdxfile") },
	{ EMULATOR("vpc", "conectix") },
	{ EMULATOR("vdi", "\x7f\x10\xda\xbe"), .offset = 64 },
	{ COMPRESSED("gzip", "-dk", "\x1f\x8b\x08") },
	{ COMPRESSED("xz", "-dk", "\3757zXZ\0") },
	{ COMPRESSED("zstd", "-d", "\x28\xb5\x2f\xfd") },
	/* Behind "BZh" and the size of its blocks. */
	{ COMPRESSED("bzip2", "-dk", "\x31\x41\x59\x26\x53\x59"), .offset = 4 },
	{ .what = "a tar", .command = "colinux-image import",
	  .target = " NEW.img", MAGIC("ustar"), .offset = 257 },
};

/**
 * imagekind_check() - is a file a disk as it is?
 * @path:	its name, for messages
 * @fd:		the file
 * @err:	what it is instead
 *
 * Return: 0 or -1.
 */
int imagekind_check(const char *path, int fd, struct err *err)
{
	static _Alignas(HEAD) uint8_t head[HEAD];
	const struct iovec iov = { head, HEAD };
	ssize_t n = preadv(fd, &iov, 1, 0);

	/* A disk that cannot be read is the guest's to find out. */
	if (n < 0)
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *k = &kinds[i];

		if ((size_t)n >= k->offset + k->len &&
		    !memcmp(head + k->offset, k->magic, k->len))
			return err_set(err, "%s: looks like %s: make a disk of it by '%s %s%s', or say ,raw behind its name if it is one",
				       path, k->what, k->command, path,
				       k->target);
	}
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are not raw disk images: images of other emulators, compressed files,
 * archives. A guest would find no file system in one, and might make one over the
 * data.
 *
 * They are recognized by their first bytes. The guest's root can write any first
 * bytes to its own disk. So they are only a reason to refuse a file, never to read it
 * in another format. ",raw" skips this check.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

#include "imagekind.h"

/* One page, aligned to a page: O_DIRECT may need both. */
#define HEAD	4096

/**
 * struct kind - a kind of file
 * @what:	its name
 * @command:	command that makes a raw image of it; the path follows
 * @target:	text behind the path
 * @magic:	the bytes it is recognized by
 * @len:	their number
 * @offset:	their offset in the file
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
	/* Behind "BZh" and the digit of the block size. */
	{ COMPRESSED("bzip2", "-dk", "\x31\x41\x59\x26\x53\x59"), .offset = 4 },
	{ .what = "a tar", .command = "colinux-image import",
	  .target = " NEW.img", MAGIC("ustar"), .offset = 257 },
};

/**
 * imagekind_check() - refuse a file that is not a raw disk image
 * @path:	its name, for messages
 * @fd:		the file
 * @err:	the kind of the file, and how to convert it
 *
 * Return: 0 or -1.
 */
int imagekind_check(const char *path, int fd, struct err *err)
{
	static _Alignas(HEAD) uint8_t head[HEAD];
	const struct iovec iov = { head, HEAD };
	ssize_t n = preadv(fd, &iov, 1, 0);

	/* A disk that cannot be read is accepted: the guest sees the errors. */
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

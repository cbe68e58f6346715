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
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#include "imagekind.h"

/* One page, aligned to a page: O_DIRECT may need both. */
#define HEAD	4096

#define MAGIC(text)	.magic = (text), .len = sizeof(text) - 1
#define EMULATOR(name, text)						\
	.what = "a " name " image", .format = (name), MAGIC(text)
#define COMPRESSED(program, how, text)					\
	.what = "a file compressed by " program, .packer = (program),	\
	.options = (how), MAGIC(text)

static const struct imagekind kinds[] = {
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
	{ .what = "a tar", MAGIC("ustar"), .offset = 257 },
};

/**
 * imagekind_find() - recognize a file that is not a raw disk image
 * @head:	its first bytes
 * @len:	their number, IMAGEKIND_BYTES unless the file is shorter
 *
 * Return: its kind, or NULL if it is none of these.
 */
const struct imagekind *imagekind_find(const void *head, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct imagekind *k = &kinds[i];

		if (len >= k->offset + k->len &&
		    !memcmp((const char *)head + k->offset, k->magic, k->len))
			return k;
	}
	return NULL;
}

/* How a user makes a disk of a file of this kind. */
static void format_command(const struct imagekind *k, const char *path, char *buf,
			   size_t size)
{
	if (k->packer)
		snprintf(buf, size, "%s %s %s", k->packer, k->options, path);
	else if (k->format)
		snprintf(buf, size, "colinux-image import --format %s %s NEW.img",
			 k->format, path);
	else
		snprintf(buf, size, "colinux-image import %s NEW.img", path);
}

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
	const struct imagekind *k;
	char command[512];

	/* A disk that cannot be read is accepted: the guest sees the errors. */
	if (n < 0)
		return 0;
	k = imagekind_find(head, n);
	if (!k)
		return 0;
	format_command(k, path, command, sizeof(command));
	return err_set(err, "%s: looks like %s: make a disk of it by '%s', or say ,raw behind its name if it is one",
		       path, k->what, command);
}

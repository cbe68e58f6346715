// SPDX-License-Identifier: GPL-2.0
/*
 * Disk images: sizes, kinds of files, and locks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "block/image.h"
#include "suite.h"

static char path[64];
static struct image a, b;
static struct err err;

static void setup(void)
{
	int fd;

	/* Direct I/O needs a disk: /tmp may be in memory. */
	strcpy(path, "/var/tmp/colinux-image-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
	close(fd);
	a.fd = -1;
	b.fd = -1;
}

static void teardown(void)
{
	image_close(&a);
	image_close(&b);
	unlink(path);
}

static void ck_refused(const char *name, unsigned int how, const char *why)
{
	ck_assert_int_eq(image_open(&b, name, how, &err), -1);
	ck_assert_int_eq(b.fd, -1);
	if (!strstr(err.text, why))
		ck_abort_msg("'%s' is not in '%s'", why, err.text);
	ck_assert_ptr_nonnull(strstr(err.text, name));
}

START_TEST(sizes)
{
	static const struct {
		off_t bytes;
		uint64_t sectors;
	} cases[] = {
		{ 512, 1 }, { 513, 1 }, { 1023, 1 }, { 1 << 20, 2048 },
		{ 3LL << 40, 3ULL << 31 },
	};

	ck_assert_int_eq(truncate(path, cases[_i].bytes), 0);
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_assert_uint_eq(a.sectors, cases[_i].sectors);
	ck_assert_uint_eq(a.block_size, 512);
}
END_TEST

START_TEST(no_sector)
{
	ck_assert_int_eq(truncate(path, 511), 0);
	ck_refused(path, 0, "smaller than a sector");
}
END_TEST

START_TEST(no_image)
{
	ck_refused("/nonexistent/image", 0,
		   "No such file or directory: check the path");
	ck_refused("/tmp", 0, "is a directory: name an image or a block device");
	ck_refused("/tmp", IMAGE_RO, "is a directory: name an image or a block device");
	ck_refused("/dev/null", 0, "neither a file nor a block device");
}
END_TEST

/* In a unit the message names its sandbox, otherwise the missing file. */
START_TEST(hidden_from_unit)
{
	static const char name[] = "/home/nobody-has-this-name/image";
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getppid());
	setenv("SYSTEMD_EXEC_PID", pid, 1);
	ck_refused(name, 0, "No such file or directory: check the path");
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("SYSTEMD_EXEC_PID", pid, 1);
	ck_refused(name, 0, "a unit does not see what is in /home");
	ck_refused(name, IMAGE_RO, "move it, for example to /var/lib/colinux");
	ck_refused("/homes/image", 0, "check the path");
}
END_TEST

START_TEST(no_fifo)
{
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_refused(path, IMAGE_RO, "neither a file nor a block device");
}
END_TEST

/* A read-only image is opened for reading: a write fails in the kernel. */
START_TEST(read_only)
{
	ck_assert_int_eq(image_open(&a, path, IMAGE_RO, &err), 0);
	ck_assert(a.ro);
	ck_assert(!a.discard);
	ck_assert_int_eq(pwrite(a.fd, "x", 1, 0), -1);
}
END_TEST

START_TEST(one_writer)
{
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_refused(path, 0, "in use by another guest or QEMU, or named twice: stop that one");
	ck_refused(path, IMAGE_RO, "or use --force-share");
	image_close(&a);
	ck_assert_int_eq(image_open(&b, path, 0, &err), 0);
}
END_TEST

START_TEST(many_readers)
{
	ck_assert_int_eq(image_open(&a, path, IMAGE_RO, &err), 0);
	ck_assert_int_eq(image_open(&b, path, IMAGE_RO, &err), 0);
	image_close(&b);
	ck_refused(path, 0, "in use by another guest or QEMU, or named twice: stop that one");
}
END_TEST

START_TEST(shared)
{
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_assert_int_eq(image_open(&b, path, IMAGE_RO | IMAGE_SHARE, &err), 0);
	image_close(&b);
	/* IMAGE_SHARE does not allow two writers. */
	ck_assert_int_eq(image_open(&b, path, IMAGE_SHARE, &err), -1);
}
END_TEST

/* The file system has direct I/O, or the image is refused. */
START_TEST(direct)
{
	int how = IMAGE_DIRECT;

	if (image_open(&a, path, how, &err)) {
		ck_assert_ptr_nonnull(strstr(err.text, "leave ,direct out"));
		ck_assert_int_eq(a.fd, -1);
		return;
	}
	ck_assert(a.direct);
	ck_assert(fcntl(a.fd, F_GETFL) & O_DIRECT);
	ck_assert(a.block_size == 512 || a.block_size == 4096);
	image_close(&a);
	ck_assert_int_eq(image_open(&a, path, IMAGE_RO, &err), 0);
	ck_assert(!a.direct);
	ck_assert(!(fcntl(a.fd, F_GETFL) & O_DIRECT));
}
END_TEST

/* A file in memory is refused, although some kernels accept and ignore O_DIRECT. */
START_TEST(not_direct)
{
	char name[32];
	int fd = memfd_create("image", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (image_open(&a, name, IMAGE_DIRECT, &err))
		ck_assert_ptr_nonnull(strstr(err.text, "leave ,direct out"));
	else
		ck_assert_uint_eq(a.block_size, 4096);
	close(fd);
}
END_TEST

/* The alignment that the file system reports for direct I/O; 0: the real one. */
static unsigned int dio_align;

int statx(int dir, const char *restrict name, int flags, unsigned int mask,
	  struct statx *restrict stx)
{
	int ret = syscall(SYS_statx, dir, name, flags, mask, stx);

	if (!ret && dio_align) {
		stx->stx_mask |= STATX_DIOALIGN;
		stx->stx_dio_offset_align = dio_align;
		stx->stx_dio_mem_align = 4;
	}
	return ret;
}

struct direct_case {
	off_t bytes;
	unsigned int align;
	uint64_t sectors;	/* 0 if the image is refused */
};

static const struct direct_case direct_cases[] = {
	{ 1 << 20, 512, 2048 }, { (1 << 20) + 512, 512, 2049 },
	{ (1 << 20) + 700, 512, 2049 },
	{ 1 << 20, 4096, 2048 }, { (1 << 20) + 512, 4096, 0 },
	{ (1 << 20) + 1, 4096, 0 }, { 512, 4096, 0 }, { 4095, 4096, 0 },
};

/* A guest could not write to an incomplete last block: such sizes are refused. */
START_TEST(direct_odd_sizes)
{
	const struct direct_case *c = &direct_cases[_i];
	struct stat st;
	int fd;

	fd = open(path, O_RDWR | O_DIRECT);
	ck_assert_msg(fd >= 0, "/var/tmp has no direct I/O: cannot test it");
	close(fd);
	dio_align = c->align;
	ck_assert_int_eq(truncate(path, c->bytes), 0);
	if (c->sectors) {
		ck_assert_int_eq(image_open(&a, path, IMAGE_DIRECT, &err), 0);
		ck_assert_uint_eq(a.sectors, c->sectors);
		ck_assert_uint_eq(a.block_size, c->align);
	} else {
		ck_refused(path, IMAGE_DIRECT,
			   "is no multiple of the 4096 bytes");
		/* Without direct I/O the size is accepted. */
		if (c->bytes >= 512)
			ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
		image_close(&a);
	}
	if (c->align != 4096 || !c->sectors)
		return;
	/* A resize to such a size is refused, and changes nothing. */
	ck_assert_int_eq(image_resize(&a, c->bytes + 512, &err), -1);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, c->bytes);
	ck_assert_uint_eq(a.sectors, c->sectors);
	ck_assert_int_eq(image_resize(&a, c->bytes + 4096, &err), 0);
	ck_assert_uint_eq(a.sectors, c->sectors + 8);
}
END_TEST

static int take(int flags, bool ro)
{
	int fd = open(path, flags);

	ck_assert_int_ge(fd, 0);
	image_close(&b);
	return image_take(&b, path, fd, ro ? IMAGE_RO : 0, &err);
}

/* The same rules apply to a file descriptor that another process has opened. */
START_TEST(taken)
{
	ck_assert_int_eq(take(O_RDONLY, false), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "wrong access mode"));
	ck_assert_int_eq(take(O_WRONLY, true), -1);
	ck_assert_int_eq(b.fd, -1);
	ck_assert_int_eq(take(O_RDONLY, true), 0);
	ck_assert_int_eq(take(O_RDWR, false), 0);
	ck_assert_uint_eq(b.sectors, 2048);
	ck_assert(!b.direct);
	ck_assert_int_eq(image_open(&a, path, 0, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "in use by another guest"));
	image_close(&b);
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_assert_int_eq(take(O_RDWR, false), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "in use by another guest"));
}
END_TEST

START_TEST(resized)
{
	struct stat st;

	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_assert_int_eq(image_resize(&a, 3 << 20, &err), 0);
	ck_assert_uint_eq(a.sectors, 6144);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 3 << 20);
	ck_assert_int_eq(image_resize(&a, 1 << 20, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not made smaller"));
	ck_assert_int_eq(image_resize(&a, UINT64_MAX, &err), -1);
	ck_assert_uint_eq(a.sectors, 6144);
	/* Another process has changed the file: the image takes the file's size. */
	ck_assert_int_eq(truncate(path, 2 << 20), 0);
	ck_assert_int_eq(image_resize(&a, 0, &err), 0);
	ck_assert_uint_eq(a.sectors, 4096);
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(image_resize(&a, 0, &err), -1);
	ck_assert_uint_eq(a.sectors, 4096);
}
END_TEST

/* Use a byte's lock, on another open file, which is returned. */
static int lock_op(int flags, int op, int byte, short *type)
{
	struct flock fl = {
		.l_type = *type, .l_whence = SEEK_SET,
		.l_start = byte, .l_len = 1,
	};
	int fd = open(path, flags);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, op, &fl), 0);
	*type = fl.l_type;
	return fd;
}

/* Lock a byte like QEMU, on another open file. */
static int qemu_lock(int byte)
{
	short type = F_RDLCK;

	return lock_op(O_RDWR, F_OFD_SETLK, byte, &type);
}

/* Return: true if another open file has locked the byte, as QEMU tests it. */
static bool qemu_sees(int byte)
{
	short type = F_WRLCK;

	close(lock_op(O_RDONLY, F_OFD_GETLK, byte, &type));
	return type != F_UNLCK;
}

/* Byte 101: QEMU writes; 103: it resizes. */
START_TEST(qemu_writes)
{
	int fd = qemu_lock(_i);

	ck_refused(path, IMAGE_RO, "in use by another guest or QEMU");
	ck_refused(path, 0, "in use by another guest or QEMU");
	ck_assert_int_eq(take(O_RDONLY, true), -1);
	ck_assert_int_eq(image_open(&b, path, IMAGE_RO | IMAGE_SHARE, &err), 0);
	image_close(&b);
	close(fd);
	ck_assert_int_eq(image_open(&b, path, IMAGE_RO, &err), 0);
}
END_TEST

/* Byte 100: QEMU reads; 201: no other process may write. */
START_TEST(qemu_reads)
{
	int fd = qemu_lock(_i);

	ck_refused(path, 0, "in use by another guest or QEMU");
	ck_assert_int_eq(image_open(&b, path, IMAGE_RO, &err), 0);
	close(fd);
}
END_TEST

START_TEST(seen_by_qemu)
{
	ck_assert_int_eq(image_open(&a, path, IMAGE_RO, &err), 0);
	/* A reader could open the image: there is no writer, and reading is shared. */
	ck_assert(!qemu_sees(101) && !qemu_sees(103) && !qemu_sees(200));
	/* A writer could not. */
	ck_assert(qemu_sees(201) && qemu_sees(203));
	image_close(&a);
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
	ck_assert(qemu_sees(101) && qemu_sees(200) && qemu_sees(201));
}
END_TEST

static const struct {
	const char *magic;
	size_t len;
	off_t offset;
	const char *says;
} kinds[] = {
	{ "QFI\xfb", 4, 0, "a qcow2 image: make a disk of it by 'colinux-image import --format qcow2 /" },
	{ "KDMV", 4, 0, "--format vmdk" },
	{ "COWD", 4, 0, "--format vmdk" },
	{ "# Disk DescriptorFile", 21, 0, "--format vmdk" },
	{ "vhdxfile", 8, 0, "--format vhdx" },
	{ "conectix", 8, 0, "--format vpc" },
	{ "\x7f\x10\xda\xbe", 4, 64, "--format vdi" },
	{ "\x1f\x8b\x08", 3, 0, "compressed by gzip: make a disk of it by 'gzip -dk /" },
	{ "\3757zXZ\0", 6, 0, "xz -dk" },
	{ "\x28\xb5\x2f\xfd", 4, 0, "zstd -d" },
	{ "BZh9\x31\x41\x59\x26\x53\x59", 10, 0, "bzip2 -dk" },
	{ "ustar", 5, 257, "'colinux-image import /" },
};

/* A guest may have written these bytes: IMAGE_RAW accepts the image. */
START_TEST(no_disk)
{
	int fd = open(path, O_RDWR);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, kinds[_i].magic, kinds[_i].len,
				kinds[_i].offset), kinds[_i].len);
	close(fd);
	ck_refused(path, 0, kinds[_i].says);
	ck_refused(path, IMAGE_RO, "or say ,raw");
	ck_refused(path, IMAGE_RO | IMAGE_SHARE, kinds[_i].says);
	ck_assert_int_eq(take(O_RDWR, false), -1);
	ck_assert_ptr_nonnull(strstr(err.text, kinds[_i].says));
	ck_assert_int_eq(image_open(&a, path, IMAGE_RAW, &err), 0);
	image_close(&a);
	fd = open(path, O_RDWR);
	ck_assert_int_eq(image_take(&a, path, fd, IMAGE_RAW, &err), 0);
	image_close(&a);
	/* With another last byte the magic number is none. */
	fd = open(path, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "U", 1,
				kinds[_i].offset + kinds[_i].len - 1), 1);
	close(fd);
	ck_assert_int_eq(image_open(&a, path, 0, &err), 0);
}
END_TEST

/* The check works with direct I/O, if the file system has it; see the test "direct". */
START_TEST(no_disk_direct)
{
	int fd = open(path, O_RDWR);

	ck_assert_int_eq(pwrite(fd, "QFI\xfb", 4, 0), 4);
	close(fd);
	ck_assert_int_eq(image_open(&a, path, IMAGE_DIRECT, &err), -1);
	ck_assert(strstr(err.text, "--format qcow2") ||
		  strstr(err.text, "leave ,direct out"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *tc = tcase_create("image");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, sizes, 0, 5);
	tcase_add_test(tc, no_sector);
	tcase_add_test(tc, no_image);
	tcase_add_test(tc, hidden_from_unit);
	tcase_add_test(tc, no_fifo);
	tcase_add_test(tc, read_only);
	tcase_add_test(tc, one_writer);
	tcase_add_test(tc, many_readers);
	tcase_add_test(tc, shared);
	tcase_add_test(tc, direct);
	tcase_add_test(tc, not_direct);
	tcase_add_loop_test(tc, direct_odd_sizes, 0,
			    sizeof(direct_cases) / sizeof(direct_cases[0]));
	tcase_add_test(tc, taken);
	tcase_add_test(tc, resized);
	tcase_add_loop_test(tc, qemu_writes, 101, 102);
	tcase_add_loop_test(tc, qemu_writes, 103, 104);
	tcase_add_loop_test(tc, qemu_reads, 100, 101);
	tcase_add_loop_test(tc, qemu_reads, 201, 202);
	tcase_add_test(tc, seen_by_qemu);
	tcase_add_loop_test(tc, no_disk, 0, sizeof(kinds) / sizeof(kinds[0]));
	tcase_add_test(tc, no_disk_direct);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

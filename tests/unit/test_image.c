// SPDX-License-Identifier: GPL-2.0
/*
 * Disk images: sizes, kinds of files, and locks.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "suite.h"

static char path[64];
static struct image a, b;
static struct err err;

static void setup(void)
{
	int fd;

	strcpy(path, "/tmp/colinux-image-XXXXXX");
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

static void ck_refused(const char *name, bool ro, const char *why)
{
	ck_assert_int_eq(image_open(&b, name, ro, false, &err), -1);
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
	ck_assert_int_eq(image_open(&a, path, false, false, &err), 0);
	ck_assert_uint_eq(a.sectors, cases[_i].sectors);
	ck_assert_uint_eq(a.block_size, 512);
}
END_TEST

START_TEST(no_sector)
{
	ck_assert_int_eq(truncate(path, 511), 0);
	ck_refused(path, false, "smaller than a sector");
}
END_TEST

START_TEST(no_image)
{
	ck_refused("/nonexistent/image", false,
		   "No such file or directory: check the path");
	ck_refused("/tmp", false, "is a directory: name an image or a block device");
	ck_refused("/tmp", true, "is a directory: name an image or a block device");
	ck_refused("/dev/null", false, "neither a file nor a block device");
}
END_TEST

START_TEST(no_fifo)
{
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_refused(path, true, "neither a file nor a block device");
}
END_TEST

/* Opened for reading alone, it cannot be written even by mistake. */
START_TEST(read_only)
{
	ck_assert_int_eq(image_open(&a, path, true, false, &err), 0);
	ck_assert(a.ro);
	ck_assert(!a.discard);
	ck_assert_int_eq(pwrite(a.fd, "x", 1, 0), -1);
}
END_TEST

START_TEST(one_writer)
{
	ck_assert_int_eq(image_open(&a, path, false, false, &err), 0);
	ck_refused(path, false, "in use by another guest, or named twice: stop that one");
	ck_refused(path, true, "or use --force-share");
	image_close(&a);
	ck_assert_int_eq(image_open(&b, path, false, false, &err), 0);
}
END_TEST

START_TEST(many_readers)
{
	ck_assert_int_eq(image_open(&a, path, true, false, &err), 0);
	ck_assert_int_eq(image_open(&b, path, true, false, &err), 0);
	image_close(&b);
	ck_refused(path, false, "in use by another guest, or named twice: stop that one");
}
END_TEST

START_TEST(shared)
{
	ck_assert_int_eq(image_open(&a, path, false, false, &err), 0);
	ck_assert_int_eq(image_open(&b, path, true, true, &err), 0);
	image_close(&b);
	/* It is no way to two writers. */
	ck_assert_int_eq(image_open(&b, path, false, true, &err), -1);
}
END_TEST

static int take(int flags, bool ro)
{
	int fd = open(path, flags);

	ck_assert_int_ge(fd, 0);
	image_close(&b);
	return image_take(&b, path, fd, ro, &err);
}

/* What somebody else has opened is held to the same. */
START_TEST(taken)
{
	ck_assert_int_eq(take(O_RDONLY, false), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "was not opened for what"));
	ck_assert_int_eq(take(O_WRONLY, true), -1);
	ck_assert_int_eq(b.fd, -1);
	ck_assert_int_eq(take(O_RDONLY, true), 0);
	ck_assert_int_eq(take(O_RDWR, false), 0);
	ck_assert_uint_eq(b.sectors, 2048);
	ck_assert_int_eq(image_open(&a, path, false, false, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "in use by another guest"));
	image_close(&b);
	ck_assert_int_eq(image_open(&a, path, false, false, &err), 0);
	ck_assert_int_eq(take(O_RDWR, false), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "in use by another guest"));
}
END_TEST

START_TEST(resized)
{
	struct stat st;

	ck_assert_int_eq(image_open(&a, path, false, false, &err), 0);
	ck_assert_int_eq(image_resize(&a, 3 << 20, &err), 0);
	ck_assert_uint_eq(a.sectors, 6144);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 3 << 20);
	ck_assert_int_eq(image_resize(&a, 1 << 20, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not made smaller"));
	ck_assert_int_eq(image_resize(&a, UINT64_MAX, &err), -1);
	ck_assert_uint_eq(a.sectors, 6144);
	/* By others, and both ways: it has the size it has. */
	ck_assert_int_eq(truncate(path, 2 << 20), 0);
	ck_assert_int_eq(image_resize(&a, 0, &err), 0);
	ck_assert_uint_eq(a.sectors, 4096);
	ck_assert_int_eq(truncate(path, 0), 0);
	ck_assert_int_eq(image_resize(&a, 0, &err), -1);
	ck_assert_uint_eq(a.sectors, 4096);
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
	tcase_add_test(tc, no_fifo);
	tcase_add_test(tc, read_only);
	tcase_add_test(tc, one_writer);
	tcase_add_test(tc, many_readers);
	tcase_add_test(tc, shared);
	tcase_add_test(tc, taken);
	tcase_add_test(tc, resized);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Overlays: the file that holds each sector, the writes of a flush and their order, and
 * the contents after a power failure.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

#include "monitor/block/cow.c"

#define SECTORS		100000

static const struct cow_base base = {
	.path = "base.img", .sectors = SECTORS, .mtime_ns = 5,
};

static char path[32];
static struct err err;

static void setup(void)
{
	int fd;

	strcpy(path, "/tmp/test_cow.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	err.text[0] = '\0';
}

static void teardown(void)
{
	unlink(path);
}

static struct cow *open_it(void)
{
	struct cow *cow = cow_open(path, &base, &err);

	ck_assert_msg(cow != NULL, "%s", err.text);
	return cow;
}

/* A power failure: from here on nothing is written. */
static void power_failure(struct cow *cow)
{
	cow->keep = false;
	cow_close(cow);
}

/* Check cow_run() from each sector to the last. */
static void ck_sectors(const struct cow *cow, uint64_t first, uint64_t last,
		       bool here)
{
	for (uint64_t s = first; s <= last; s++) {
		uint64_t run;

		ck_assert_int_eq(cow_run(cow, s, last - s + 1, &run), here);
		ck_assert_uint_eq(run, last - s + 1);
	}
}

/*
 * An engine that performs a request when the test calls step(), and logs it.
 */

static struct aio engine;
static char log_text[256];
static int fail_at, ops;

static void no_submit(struct aio *aio __attribute__((unused)))
{
}

static const struct aio_engine fake = { .name = "fake", .submit = no_submit };

static struct loop loop;

static void fake_open(void)
{
	ck_assert_int_eq(loop_init(&loop, &err), 0);
	aio_init(&engine, &fake, &loop);
	log_text[0] = '\0';
	fail_at = -1;
	ops = 0;
}

/* Perform the next request that was started. */
static bool step(void)
{
	struct aio_req *req = aio_list_take(&engine.queued);
	int res = 0;

	if (!req)
		return false;
	snprintf(log_text + strlen(log_text), sizeof(log_text) - strlen(log_text),
		 req->op == AIO_FLUSH ? "F" : "M");
	if (ops++ == fail_at)
		res = -EIO;
	else if (req->op == AIO_WRITE)
		res = pwrite(req->fd, req->iov->iov_base, req->iov->iov_len,
			     (off_t)req->offset);
	req->done(req, res);
	return true;
}

static int nr_done, last_res;

static void on_sync(struct cow_sync *sync __attribute__((unused)), int res)
{
	nr_done++;
	last_res = res;
}

static void sync_all(struct cow *cow)
{
	struct cow_sync sync = { .done = on_sync };

	nr_done = 0;
	cow_sync(cow, &engine, &sync);
	while (step())
		;
	ck_assert_int_eq(nr_done, 1);
}

START_TEST(runs)
{
	struct cow *cow = open_it();
	uint64_t run;

	ck_sectors(cow, 0, 70, false);
	cow_written(cow, 3, 1);
	cow_written(cow, 8, 16);
	cow_written(cow, 31, 34);
	ck_sectors(cow, 0, 2, false);
	ck_sectors(cow, 3, 3, true);
	ck_sectors(cow, 4, 7, false);
	ck_sectors(cow, 8, 23, true);
	ck_sectors(cow, 24, 30, false);
	ck_sectors(cow, 31, 64, true);
	ck_assert(!cow_run(cow, 0, 100, &run));
	ck_assert_uint_eq(run, 3);
	ck_assert(cow_run(cow, 8, 100, &run));
	ck_assert_uint_eq(run, 16);
	cow_written(cow, SECTORS - 1, 1);
	ck_assert(cow_run(cow, SECTORS - 1, 1, &run));
	ck_assert(cow_offset(cow, 0) % 4096 == 0);
	ck_assert(cow_offset(cow, 1) - cow_offset(cow, 0) == 512);
	cow_close(cow);
}
END_TEST

START_TEST(kept)
{
	struct cow *cow = open_it();

	cow_written(cow, 5, 2);
	cow_written(cow, 40000, 9);
	cow_close(cow);
	cow = open_it();
	ck_sectors(cow, 0, 4, false);
	ck_sectors(cow, 5, 6, true);
	ck_sectors(cow, 40000, 40008, true);
	ck_sectors(cow, 40009, 50000, false);
	cow_close(cow);
}
END_TEST

/* A page of the map is written between two flushes, and only if it has changed. */
START_TEST(order)
{
	struct cow *cow = open_it();

	fake_open();
	sync_all(cow);
	ck_assert_str_eq(log_text, "F");
	cow_written(cow, 5, 1);
	cow_written(cow, 40000, 1);
	log_text[0] = '\0';
	sync_all(cow);
	ck_assert_str_eq(log_text, "FMMF");
	ck_assert_int_eq(last_res, 0);
	log_text[0] = '\0';
	sync_all(cow);
	ck_assert_str_eq(log_text, "F");
	cow_close(cow);
	loop_free(&loop);
}
END_TEST

START_TEST(power)
{
	struct cow *cow = open_it();

	fake_open();
	cow_written(cow, 5, 1);
	power_failure(cow);
	cow = open_it();
	ck_sectors(cow, 0, 10, false);

	cow_written(cow, 5, 1);
	sync_all(cow);
	cow_written(cow, 6, 1);
	power_failure(cow);
	cow = open_it();
	ck_sectors(cow, 5, 5, true);
	ck_sectors(cow, 6, 9, false);
	cow_close(cow);
	loop_free(&loop);
}
END_TEST

/* Sectors written during a flush become durable with the next one. */
START_TEST(during)
{
	struct cow_sync first = { .done = on_sync }, second = { .done = on_sync };
	struct cow *cow = open_it();

	fake_open();
	nr_done = 0;
	cow_written(cow, 5, 1);
	cow_sync(cow, &engine, &first);
	cow_written(cow, 6, 1);
	cow_sync(cow, &engine, &second);
	ck_assert(step() && step() && step());
	ck_assert_int_eq(nr_done, 1);
	power_failure(cow);
	cow = open_it();
	ck_sectors(cow, 5, 5, true);
	ck_sectors(cow, 6, 6, false);
	cow_close(cow);
	loop_free(&loop);
}
END_TEST

/* Each step of a flush may fail: the error is reported, and the next flush repairs it. */
START_TEST(failing)
{
	struct cow *cow = open_it();

	fake_open();
	fail_at = _i;
	cow_written(cow, 5, 1);
	sync_all(cow);
	ck_assert_int_eq(last_res, -EIO);
	fail_at = -1;
	sync_all(cow);
	ck_assert_int_eq(last_res, 0);
	power_failure(cow);
	cow = open_it();
	ck_sectors(cow, 5, 5, true);
	cow_close(cow);
	loop_free(&loop);
}
END_TEST

/* The engine ends during a flush; the overlay is closed afterwards. */
START_TEST(closed_amid)
{
	struct cow_sync sync = { .done = on_sync };
	struct cow *cow = open_it();

	fake_open();
	cow_written(cow, 5, 1);
	cow_sync(cow, &engine, &sync);
	ck_assert(step());
	cow_close(cow);
	cow = open_it();
	ck_sectors(cow, 5, 5, true);
	cow_close(cow);
	loop_free(&loop);
}
END_TEST

START_TEST(temporary)
{
	struct cow *cow = cow_temporary(&base, &err);
	struct stat st;

	ck_assert_msg(cow != NULL, "%s", err.text);
	ck_assert(!cow_keeps(cow));
	ck_assert_int_eq(fstat(cow_fd(cow), &st), 0);
	ck_assert_uint_eq(st.st_nlink, 0);
	cow_written(cow, 7, 1);
	ck_sectors(cow, 7, 7, true);
	cow_close(cow);
	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_ptr_null(cow_temporary(&base, &err));
	ck_assert_str_eq(err.text, "/nonexistent: no file for what the guest writes: No such file or directory: set TMPDIR");
	unsetenv("TMPDIR");
}
END_TEST

static void ck_refused(const char *part)
{
	err.text[0] = '\0';
	ck_assert_ptr_null(cow_open(path, &base, &err));
	ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
}

static void spoil(off_t offset, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, bytes, len, offset), (ssize_t)len);
	close(fd);
}

START_TEST(refused)
{
	const struct cow_base other = { .path = "o", .sectors = 8 };
	const struct cow_base huge = { .path = "h", .sectors = 1ULL << 38 };
	uint32_t version = 2;
	struct cow *cow = open_it();

	ck_refused("in use by another guest");
	cow_close(cow);
	ck_assert_ptr_null(cow_open(path, &other, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "an overlay of an image of"));
	spoil(offsetof(struct cow_header, version), &version, sizeof(version));
	ck_refused("an overlay of version 2");
	spoil(0, "MBR", 3);
	ck_refused("not an overlay");
	ck_assert_int_eq(truncate(path, 10), 0);
	ck_refused("cut short");
	ck_assert_ptr_null(cow_open(path, &huge, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "64 TiB"));
	ck_assert_ptr_null(cow_open("/dev/null", &base, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
	ck_assert_ptr_null(cow_open("/nonexistent/x", &base, &err));
}
END_TEST

/* cow_check() makes no file, and needs no lock. */
START_TEST(checked)
{
	const struct cow_base other = { .path = "o", .sectors = 8 };
	struct cow *cow;
	struct stat st;

	ck_assert_int_eq(cow_check(path, &base, &err), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	cow = open_it();
	ck_assert_int_eq(cow_check(path, &base, &err), 0);
	ck_assert_int_eq(cow_check(path, &other, &err), -1);
	cow_close(cow);
	spoil(0, "MBR", 3);
	ck_assert_int_eq(cow_check(path, &base, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not an overlay"));
	/* @err gets the same message as from cow_open(), whatever it held before. */
	ck_assert_int_eq(truncate(path, 3), 0);
	memset(&err, 'x', sizeof(err) - 1);
	ck_assert_int_eq(cow_check(path, &base, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "cut short"));
	memset(&err, 'x', sizeof(err) - 1);
	ck_assert_ptr_null(cow_open(path, &base, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "cut short"));
	unlink(path);
	ck_assert_int_eq(cow_check(path, &base, &err), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(cow_check(path, &base, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
	ck_assert_int_eq(cow_check("/nonexistent/x", &base, &err), -1);
}
END_TEST

/* A file that ends within its map is refused. */
START_TEST(cut_short)
{
	cow_close(open_it());
	ck_assert_int_eq(truncate(path, MAP_PAGE + 100), 0);
	ck_refused("cut short");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cow");
	TCase *tc = tcase_create("cow");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, runs);
	tcase_add_test(tc, kept);
	tcase_add_test(tc, order);
	tcase_add_test(tc, power);
	tcase_add_test(tc, during);
	tcase_add_loop_test(tc, failing, 0, 3);
	tcase_add_test(tc, closed_amid);
	tcase_add_test(tc, temporary);
	tcase_add_test(tc, refused);
	tcase_add_test(tc, checked);
	tcase_add_test(tc, cut_short);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

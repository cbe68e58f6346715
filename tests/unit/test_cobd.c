// SPDX-License-Identifier: GPL-2.0
/*
 * A disk, and a guest that keeps its queue full: others get their turn.
 */
#include <fcntl.h>

#include "full_queue.h"
#include "suite.h"

#include "monitor/cobd.c"

#define IMAGE_BYTES	65536

static struct aio *aio;

static void setup(void)
{
	char path[] = "/tmp/test_cobd.XXXXXX";
	struct device *dev;
	struct err err;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, IMAGE_BYTES), 0);
	full_init();
	aio = aio_open(&full.loop, IO_THREADS, &err);
	ck_assert_ptr_nonnull(aio);
	dev = cobd_make(0, aio, &err);
	ck_assert_ptr_nonnull(dev);
	ck_assert_int_eq(cobd_open(dev, path, 0, &err), 0);
	close(fd);
	unlink(path);
	full_attach(dev);
}

static void teardown(void)
{
	aio_free(aio);
	full_free();
}

/* What is answered without the host's help. */
static const struct co_sub idle[] = {
	{ .op = CO_BD_READ, .flags = CO_SUB_WRITE, .addr = FULL_GPA, .len = 512,
	  .arg = IMAGE_BYTES },
	{ .op = CO_BD_GET_ID, .flags = CO_SUB_WRITE, .addr = FULL_GPA,
	  .len = 20 },
	{ .op = CO_BD_DISCARD },
	{ .op = 99 },
};

START_TEST(asks_for_ever)
{
	full_start(CO_COBD_QUEUE, &idle[_i]);
	full_check();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cobd");
	TCase *tc = tcase_create("cobd");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, asks_for_ever, 0, 4);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

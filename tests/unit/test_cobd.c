// SPDX-License-Identifier: GPL-2.0
/*
 * A disk: other tasks get their turn although the guest keeps its queue full. Counters,
 * messages about errors, and overlays.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

#include "full_queue.h"
#include "suite.h"

static unsigned int said;
static char last_said[512];

__attribute__((format(printf, 1, 2)))
static void test_warn(const char *fmt, ...)
{
	va_list ap;

	said++;
	va_start(ap, fmt);
	vsnprintf(last_said, sizeof(last_said), fmt, ap);
	va_end(ap);
}

#define msg_warn test_warn

#include "monitor/block/cobd.c"

#define IMAGE_BYTES	65536

static struct aio *aio;
static int image = -1;
static struct timespec clock_now;

/* Replaces libc's: the test sets the time. */
int clock_gettime(clockid_t id __attribute__((unused)), struct timespec *now)
{
	*now = clock_now;
	return 0;
}

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
	ck_assert_int_eq(aio_run(aio, &err), 0);
	image = fd;
	unlink(path);
	full_attach(dev);
	clock_now = (struct timespec) { .tv_sec = 100 };
}

static void teardown(void)
{
	aio_free(aio);
	full_free();
	close(image);
}

/* Requests that are completed without I/O on the host. */
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

static uint64_t wanted_value;

static void find_counter(void *arg, const char *name, uint64_t value)
{
	if (!strcmp(name, arg))
		wanted_value = value;
}

static uint64_t counter(const char *name)
{
	char copy[32];

	snprintf(copy, sizeof(copy), "%s", name);
	wanted_value = UINT64_MAX;
	full.dev->ops->counters(full.dev, find_counter, copy);
	return wanted_value;
}

static void begin_requests(void)
{
	struct queue *q = &full.dev->queues[CO_COBD_QUEUE].queue;

	fake_queue_init(&full.q, q->hdr, q->size, 0);
}

/* Make a request that takes @ms. Return: its status. */
static int request(const struct co_sub *sub, long ms)
{
	const uint64_t one = 1;
	struct co_comp comp;

	fake_queue_add(&full.q, sub);
	fake_queue_publish(&full.q);
	ck_assert_int_eq(write(full.dev->queues[CO_COBD_QUEUE].kick_fd, &one,
			       8), 8);
	/* The device takes the request. */
	loop_once(&full.loop);
	clock_now.tv_nsec += ms * 1000000;
	while (!fake_queue_get(&full.q, &comp))
		loop_once(&full.loop);
	while (full_ready())
		loop_once(&full.loop);
	return comp.status;
}

static const struct co_sub
	read_1 = { .op = CO_BD_READ, .flags = CO_SUB_WRITE, .addr = FULL_GPA,
		   .len = 4096, .arg = 8 },
	write_1 = { .op = CO_BD_WRITE, .addr = FULL_GPA, .len = 1024 },
	flush_1 = { .op = CO_BD_FLUSH },
	zeroes_1 = { .op = CO_BD_WRITE_ZEROES, .arg2 = 0 },
	read_behind = { .op = CO_BD_READ, .flags = CO_SUB_WRITE,
			.addr = FULL_GPA, .len = 512, .arg = IMAGE_BYTES },
	unknown = { .op = 99 };

START_TEST(counts)
{
	begin_requests();
	ck_assert_int_eq(request(&read_1, 2), 0);
	ck_assert_int_eq(request(&read_1, 1), 0);
	ck_assert_int_eq(request(&write_1, 4), 0);
	ck_assert_int_eq(request(&flush_1, 8), 0);
	ck_assert_int_eq(request(&zeroes_1, 0), 0);
	ck_assert_int_eq(request(&read_behind, 0), -EIO);
	ck_assert_int_eq(request(&unknown, 0), -EOPNOTSUPP);
	ck_assert_uint_eq(counter("reads"), 2);
	ck_assert_uint_eq(counter("read_bytes"), 8192);
	ck_assert_uint_eq(counter("writes"), 1);
	ck_assert_uint_eq(counter("write_bytes"), 1024);
	ck_assert_uint_eq(counter("flushes"), 1);
	ck_assert_uint_eq(counter("discards"), 1);
	ck_assert_uint_eq(counter("errors"), 1);
	ck_assert_uint_eq(counter("wait_ns"), 15000000);
	ck_assert_uint_eq(said, 0);
}
END_TEST

/* The image was cut short: each read fails, and one error in ten seconds is reported. */
/* The answer of a request that breaks the queue is dropped: it has not been done. */
START_TEST(counts_no_dropped)
{
	const struct co_sub outside = {
		.op = CO_BD_READ, .flags = CO_SUB_WRITE, .addr = FULL_MEM, .len = 512,
	};
	const uint64_t one = 1;

	begin_requests();
	clock_now.tv_nsec = 0;
	ck_assert_int_eq(request(&read_1, 3), 0);
	fake_queue_add(&full.q, &outside);
	fake_queue_publish(&full.q);
	ck_assert_int_eq(write(full.dev->queues[CO_COBD_QUEUE].kick_fd, &one,
			       8), 8);
	loop_once(&full.loop);
	while (full_ready())
		loop_once(&full.loop);
	ck_assert(full.dev->gone);
	ck_assert_uint_eq(counter("reads"), 1);
	ck_assert_uint_eq(counter("read_bytes"), 4096);
	ck_assert_uint_eq(counter("errors"), 0);
	ck_assert_uint_eq(counter("wait_ns"), 3000000);
	ck_assert_uint_eq(full.dev->queues[CO_COBD_QUEUE].queue.inflight, 0);
}
END_TEST

START_TEST(tells_of_errors)
{
	ck_assert_int_eq(ftruncate(image, 0), 0);
	begin_requests();
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(request(&read_1, 0), -EIO);
	ck_assert_uint_eq(said, 1);
	ck_assert_ptr_nonnull(strstr(last_said, ": read at sector 8: Input/output error: the guest is told"));
	ck_assert_ptr_null(strstr(last_said, "before it"));
	clock_now.tv_sec += 9;
	ck_assert_int_eq(request(&read_1, 0), -EIO);
	ck_assert_uint_eq(said, 1);
	clock_now.tv_sec += 1;
	ck_assert_int_eq(request(&read_1, 0), -EIO);
	ck_assert_uint_eq(said, 2);
	ck_assert_ptr_nonnull(strstr(last_said, "told; 100 errors before it"));
	ck_assert_uint_eq(counter("errors"), 102);
}
END_TEST

/*
 * Disks with an overlay.
 */

static char *guest_data(void)
{
	return (char *)full.ram.base + FULL_GPA;
}

static uint8_t image_byte(off_t offset)
{
	uint8_t byte;

	ck_assert_int_eq(pread(image, &byte, 1, offset), 1);
	return byte;
}

static char overlay_path[64];

/* Give the disk an overlay. Each byte of the image is 1; the tests write 2. */
static void give_overlay(bool keep)
{
	static uint8_t ones[IMAGE_BYTES];
	struct cobd *cobd = to_cobd(full.dev);
	struct err err;

	memset(ones, 1, sizeof(ones));
	ck_assert_int_eq(pwrite(image, ones, sizeof(ones), 0), sizeof(ones));
	snprintf(overlay_path, sizeof(overlay_path), "/tmp/test_cobd_cow.%d",
		 getpid());
	cobd->image.ro = true;
	if (cobd_overlay(full.dev, keep ? overlay_path : NULL, &err))
		ck_abort_msg("%s", err.text);
	unlink(overlay_path);
	begin_requests();
}

static void write_sectors(uint64_t sector, uint32_t n, unsigned int flags)
{
	const struct co_sub sub = {
		.op = CO_BD_WRITE, .addr = FULL_GPA, .len = n * 512,
		.arg = sector, .opflags = flags,
	};

	memset(guest_data(), 2, n * 512);
	ck_assert_int_eq(request(&sub, 0), 0);
}

/* Read all sectors in one request; @want has "1" or "2" for each. */
static void ck_disk(const char *want)
{
	const struct co_sub sub = {
		.op = CO_BD_READ, .flags = CO_SUB_WRITE, .addr = FULL_GPA,
		.len = strlen(want) * 512,
	};
	char got[65] = "";

	memset(guest_data(), 0, sub.len);
	ck_assert_int_eq(request(&sub, 0), 0);
	for (size_t i = 0; want[i]; i++) {
		const char *sector = guest_data() + i * 512;

		got[i] = '0' + sector[0];
		ck_assert_mem_eq(sector, sector + 1, 511);
	}
	ck_assert_str_eq(got, want);
}

/* No write changes the image, and reads take each sector from the right file. */
START_TEST(overlay)
{
	give_overlay(_i);
	ck_disk("1111111111111111");
	write_sectors(3, 1, 0);
	write_sectors(5, 3, CO_BD_FUA);
	ck_disk("1112122211111111");
	ck_assert_int_eq(request(&flush_1, 0), 0);
	write_sectors(0, 1, 0);
	write_sectors(127, 1, 0);
	ck_disk("2112122211111111");
	for (off_t i = 0; i < IMAGE_BYTES; i += 512)
		ck_assert_uint_eq(image_byte(i), 1);
	/* An overlay refuses a discard. */
	ck_assert_int_eq(request(&(struct co_sub){ .op = CO_BD_DISCARD, .arg2 = 1 }, 0),
			 -EOPNOTSUPP);
	ck_assert_int_eq(request(&read_behind, 0), -EIO);
	ck_assert_uint_eq(counter("errors"), 1);
}
END_TEST

/* A request of several segments takes parts from image and overlay. */
START_TEST(overlay_segments)
{
	const struct co_sub first = {
		.op = CO_BD_READ, .flags = CO_SUB_WRITE | CO_SUB_MORE,
		.addr = FULL_GPA, .len = 1024, .arg = 1,
	};
	const struct co_sub second = {
		.op = CO_BD_READ, .flags = CO_SUB_WRITE,
		.addr = FULL_GPA + 8192, .len = 2048, .arg = 1,
	};

	give_overlay(false);
	write_sectors(2, 2, 0);
	memset(guest_data(), 0, 16384);
	fake_queue_add(&full.q, &first);
	ck_assert_int_eq(request(&second, 0), 0);
	ck_assert_int_eq(guest_data()[0], 1);
	ck_assert_int_eq(guest_data()[512], 2);
	ck_assert_int_eq(guest_data()[8192], 2);
	ck_assert_int_eq(guest_data()[8192 + 512], 1);
	ck_assert_int_eq(guest_data()[8192 + 2047], 1);
	ck_assert_int_eq(guest_data()[1024], 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cobd");
	TCase *tc = tcase_create("cobd");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, asks_for_ever, 0, 4);
	tcase_add_test(tc, counts);
	tcase_add_test(tc, counts_no_dropped);
	tcase_add_test(tc, tells_of_errors);
	tcase_add_loop_test(tc, overlay, 0, 2);
	tcase_add_test(tc, overlay_segments);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

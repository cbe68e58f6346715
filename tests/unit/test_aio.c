// SPDX-License-Identifier: GPL-2.0
/*
 * Asynchronous I/O: both engines give the same results. io_uring, whose requests no
 * seccomp filter sees, accepts only the operations that disks need.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#include "monitor/block/aio_uring.c"

#define BYTES		4096

static struct loop loop;
static struct aio *aio;
static int fd;

static void setup(void)
{
	char path[] = "/tmp/test_aio.XXXXXX";
	struct err err;

	ck_assert_int_eq(loop_init(&loop, &err), 0);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(unlink(path), 0);
}

static void teardown(void)
{
	aio_free(aio);
	loop_free(&loop);
	close(fd);
}

static void open_engine(int which)
{
	struct err err;

	aio = aio_open(&loop, which, &err);
	ck_assert_msg(aio != NULL, "%s", err.text);
	ck_assert_int_eq(aio_run(aio, &err), 0);
}

static int result;
static bool is_done;

static void on_done(struct aio_req *req __attribute__((unused)), int res)
{
	result = res;
	is_done = true;
}

static int perform(struct aio_req *req)
{
	req->fd = fd;
	req->done = on_done;
	is_done = false;
	aio_start(aio, req);
	while (!is_done)
		loop_once(&loop);
	return result;
}

START_TEST(works)
{
	char out[BYTES], in[BYTES] = "";
	struct iovec iov = { .iov_base = out, .iov_len = BYTES };
	struct aio_req write = {
		.op = AIO_WRITE, .iov = &iov, .nr_iov = 1, .dsync = true,
	};
	struct aio_req flush = { .op = AIO_FLUSH };
	struct aio_req allocate = { .op = AIO_ALLOCATE, .len = 2UL * BYTES };
	struct aio_req read = { .op = AIO_READ, .iov = &iov, .nr_iov = 1 };
	struct aio_req beyond = {
		.op = AIO_READ, .iov = &iov, .nr_iov = 1, .offset = 4UL * BYTES,
	};

	open_engine(_i ? IO_THREADS : IO_URING);
	memset(out, 0x55, sizeof(out));
	ck_assert_int_eq(perform(&write), BYTES);
	ck_assert_int_eq(perform(&flush), 0);
	ck_assert_int_eq(perform(&allocate), 0);
	iov.iov_base = in;
	ck_assert_int_eq(perform(&read), BYTES);
	ck_assert_mem_eq(in, out, BYTES);
	ck_assert_int_eq(perform(&beyond), 0);
}
END_TEST

/* Submit a request to the ring, without the engine. */
static int submit(struct io_uring *ring, struct io_uring_sqe *sqe)
{
	struct io_uring_cqe *cqe;
	int res;

	io_uring_sqe_set_data(sqe, NULL);
	ck_assert_int_eq(io_uring_submit(ring), 1);
	ck_assert_int_eq(io_uring_wait_cqe(ring, &cqe), 0);
	res = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return res;
}

START_TEST(restricted)
{
	struct io_uring_probe *probe;
	struct io_uring_sqe *sqe;
	struct io_uring *ring;

	open_engine(IO_URING);
	ring = &container_of(aio, struct uring, aio)->ring;

	sqe = io_uring_get_sqe(ring);
	io_uring_prep_openat(sqe, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
	ck_assert_int_eq(submit(ring, sqe), -EACCES);
	sqe = io_uring_get_sqe(ring);
	io_uring_prep_unlink(sqe, "/nonexistent", 0);
	ck_assert_int_eq(submit(ring, sqe), -EACCES);
	sqe = io_uring_get_sqe(ring);
	io_uring_prep_connect(sqe, fd, NULL, 0);
	ck_assert_int_eq(submit(ring, sqe), -EACCES);
	sqe = io_uring_get_sqe(ring);
	io_uring_prep_fsync(sqe, fd, 0);
	ck_assert_int_eq(submit(ring, sqe), 0);

	/* The restrictions cannot be lifted by io_uring_register(). */
	probe = io_uring_get_probe_ring(ring);
	ck_assert_ptr_null(probe);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("aio");
	TCase *tc = tcase_create("aio");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, works, 0, 2);
	tcase_add_test(tc, restricted);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

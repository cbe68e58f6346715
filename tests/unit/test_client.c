// SPDX-License-Identifier: GPL-2.0
/*
 * The client's side of the control channel, with monitors that are stuck.
 */
#include <pthread.h>
#include <stdarg.h>
#include <time.h>

#include "tools/colinux/client.c"
#include "tools/colinux/sample.c"

#include "suite.h"

static char dir[32];
static char paths[2][64];
static int listeners[2];
static struct err err;

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err.text, sizeof(err.text), fmt, ap);
	va_end(ap);
}

static const char * const names[] = { "one", "two" };

static void setup(void)
{
	strcpy(dir, "/tmp/test_client.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv(RUNDIR_ENV, dir, 1);
	setenv("COLINUX_TIMEOUT", "1", 1);
	for (int i = 0; i < 2; i++) {
		struct sockaddr_un addr = { .sun_family = AF_UNIX };

		snprintf(paths[i], sizeof(paths[i]), "%s/%s.sock", dir,
			 names[i]);
		strcpy(addr.sun_path, paths[i]);
		listeners[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		ck_assert_int_eq(bind(listeners[i], (struct sockaddr *)&addr,
				      sizeof(addr)), 0);
		ck_assert_int_eq(listen(listeners[i], 1), 0);
	}
}

static void teardown(void)
{
	for (int i = 0; i < 2; i++) {
		close(listeners[i]);
		unlink(paths[i]);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

/* A monitor that answers one client, after @delay seconds. */
struct monitor {
	pthread_t thread;
	int fd;
	unsigned int delay;
};

static void *serve(void *arg)
{
	static const char reply[] = "{\"ok\":true,\"pid\":7}\n";
	struct monitor *m = arg;
	int fd = accept(m->fd, NULL, NULL);
	char buf[256];

	ck_assert_int_gt(recv(fd, buf, sizeof(buf), 0), 0);
	sleep(m->delay);
	send(fd, reply, sizeof(reply) - 1, MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

static void start(struct monitor *m, int fd, unsigned int delay)
{
	m->fd = fd;
	m->delay = delay;
	ck_assert_int_eq(pthread_create(&m->thread, NULL, serve, m), 0);
}

START_TEST(silent)
{
	ck_assert_int_eq(client_tell("one", client_request("status"), NULL),
			 STATUS_FAILED);
	ck_assert_str_eq(err.text, "one: its monitor has not answered for 1 s: is it starting, or stuck? 'colinux ls' shows its process");
}
END_TEST

/* The queue of connections that the monitor has not accepted is full. */
START_TEST(full)
{
	int fds[8];
	int n = 0;

	do {
		ck_assert_int_lt(n, 8);
		fds[n] = client_open("one", &err);
	} while (fds[n++] >= 0);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_ptr_nonnull(strstr(err.text, "has not answered for 1 s"));
	while (n-- > 1)
		close(fds[n - 1]);
}
END_TEST

START_TEST(answered)
{
	struct json_object *reply;
	struct monitor m;

	start(&m, listeners[0], 0);
	ck_assert_int_eq(client_tell("one", client_request("status"), &reply),
			 STATUS_OK);
	ck_assert_int_eq(get_number(reply, "pid"), 7);
	json_object_put(reply);
	pthread_join(m.thread, NULL);
	ck_assert_int_eq(client_open("three", &err), -2);
}
END_TEST

/* A client that waits for a guest's end has no time limit. */
START_TEST(patient)
{
	struct json_object *reply;
	struct monitor m;
	int fd;

	start(&m, listeners[0], 2);
	fd = client_open("one", &err);
	client_send(fd, client_request("wait"));
	client_patient(fd);
	reply = client_receive(fd, &err);
	ck_assert_ptr_nonnull(reply);
	json_object_put(reply);
	close(fd);
	pthread_join(m.thread, NULL);
}
END_TEST

/* A monitor that is stuck does not hide the other guests. */
START_TEST(all)
{
	char one[] = "one", two[] = "two", three[] = "three";
	char *list[3] = { one, two, three };
	struct answer answers[3];
	uint64_t before = now_ms();
	struct monitor m;

	start(&m, listeners[1], 0);
	ck_assert_int_eq(client_ask_all(list, 3, answers, &err), 0);
	ck_assert_uint_lt(now_ms() - before, 1900);
	ck_assert_ptr_null(answers[0].reply);
	ck_assert(answers[0].silent);
	ck_assert_int_eq(get_number(answers[1].reply, "pid"), 7);
	ck_assert(!answers[1].silent);
	ck_assert_ptr_null(answers[2].reply);
	ck_assert(!answers[2].silent);
	json_object_put(answers[1].reply);
	pthread_join(m.thread, NULL);
}
END_TEST

START_TEST(bad_limit)
{
	static const char * const bad[] = { "0", "x", "-1", "1s", "86401" };

	setenv("COLINUX_TIMEOUT", bad[_i], 1);
	ck_assert_int_eq(client_open("one", &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "not a number of seconds"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("client");
	TCase *tc = tcase_create("client");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, silent);
	tcase_add_test(tc, full);
	tcase_add_test(tc, answered);
	tcase_add_test(tc, patient);
	tcase_add_test(tc, all);
	tcase_add_loop_test(tc, bad_limit, 0, 5);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

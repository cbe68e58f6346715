// SPDX-License-Identifier: GPL-2.0
/*
 * The control channel: lines, clients and names, with a handler of the test. The
 * requests themselves are tested in tests/nested/control.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/rundir.h"
#include "control/control.h"
#include "suite.h"

#define TURNS		20

static char rundir[32];
static struct loop loop;
static struct console con;
static struct control *control;
static char typed[64];

static void on_room(struct console *c __attribute__((unused)))
{
}

static void on_typed(struct console *c)
{
	size_t len = strlen(typed);

	len += console_read(c, typed + len, sizeof(typed) - 1 - len);
	typed[len] = '\0';
}

/* The request "say" returns its text, "file" tells about the file that came with it. */
static int handle(const struct request *req)
{
	struct json_object *cmd = json_object_object_get(req->args, "cmd");
	const char *name = json_object_get_string(cmd);

	ck_assert_ptr_eq(req->arg, &loop);
	if (!name)
		return err_set(req->err, "no cmd given");
	if (!strcmp(name, "console"))
		return control_watch(req->client, &con, 4, true, req->err);
	if (!strcmp(name, "wait")) {
		control_wait(req->client);
		return 0;
	}
	if (!strcmp(name, "file")) {
		int fd = control_take_file(req->client, req->err);

		return fd < 0 ? -1 : close(fd);
	}
	if (strcmp(name, "say"))
		return err_set(req->err, "no such cmd");
	json_object_object_add(req->reply, "said", json_object_get(
			       json_object_object_get(req->args, "what")));
	return 0;
}

/* An invalid name must not leave files. */
static struct control *try_open(const char *name, struct err *err)
{
	static struct cleaner cleaners[32];
	static size_t nr;
	struct cleaner *cleaner = &cleaners[nr++];

	ck_assert_uint_lt(nr, 32);
	cleaner_init(cleaner);
	if (control_files(cleaner, name, err))
		return NULL;
	ck_assert_int_eq(cleaner_start(cleaner, err), 0);
	return control_open(name, &loop, cleaner, handle, &loop, err);
}

static void finish(struct control *c)
{
	control_close(c);
	control_free(c, NULL);
}

static void setup(void)
{
	struct err err;

	snprintf(rundir, sizeof(rundir), "/tmp/test_control.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(rundir));
	setenv(RUNDIR_ENV, rundir, 1);
	ck_assert_int_eq(loop_init(&loop, &err), 0);
	ck_assert_int_eq(console_init(&con, &loop, &err), 0);
	con.room = on_room;
	con.typed = on_typed;
	control = try_open("tester", &err);
	ck_assert_msg(control != NULL, "%s", err.text);
}

static void teardown(void)
{
	finish(control);
	console_free(&con);
	loop_free(&loop);
	/* This fails if files are left. */
	ck_assert_int_eq(rmdir(rundir), 0);
}

/* Serve pending events, without waiting. */
static void turn(void)
{
	for (int i = 0; i < TURNS; i++) {
		struct epoll_event ev;

		if (epoll_wait(loop.epfd, &ev, 1, 0) <= 0 && !loop.tasks)
			return;
		loop_once(&loop);
	}
}

static int join(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s",
		 control_path(control));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	turn();
	return fd;
}

static void say(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
	turn();
}

static const char *hear(int fd)
{
	static char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf) - 1, 0);

	if (n < 0)
		return errno == EAGAIN ? "nothing" : "error";
	buf[n] = '\0';
	return buf;
}

#define SAY	"{\"cmd\":\"say\",\"what\":1}"
#define SAID	"{\"ok\":true,\"said\":1}\n"

/* The client is served; its connection is closed. */
static void ck_served(int fd)
{
	say(fd, SAY "\n");
	ck_assert_str_eq(hear(fd), SAID);
	close(fd);
}

START_TEST(answers)
{
	ck_served(join());
}
END_TEST

START_TEST(lines_in_pieces)
{
	int fd = join();

	for (const char *s = SAY; *s; s++)
		say(fd, (char[]){ *s, '\0' });
	ck_assert_str_eq(hear(fd), "nothing");
	say(fd, "\n" SAY "\n" SAY);
	ck_assert_str_eq(hear(fd), SAID SAID);
	close(fd);
}
END_TEST

START_TEST(refuses)
{
	static const char * const bad[] = {
		"\n", "x\n", "[]\n", "1\n", "{\n", "{}\n", "null\n",
		"{\"cmd\":\"fly\"}\n", "{\"cmd\":null}\n", "\xff\n",
	};
	int fd = join();

	say(fd, bad[_i]);
	ck_assert_ptr_nonnull(strstr(hear(fd), "\"ok\":false"));
	/* The next line is served. */
	ck_served(fd);
}
END_TEST

START_TEST(endless_line)
{
	char line[CONTROL_LINE_MAX + 1];
	int fd = join();

	memset(line, ' ', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	say(fd, line);
	ck_assert_ptr_nonnull(strstr(hear(fd), "too long"));
	ck_assert_str_eq(hear(fd), "");
	close(fd);
}
END_TEST

static int count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

#define FILES_MAX	5

/* Send a request with @nr files. */
static void send_files(int fd, const char *text, unsigned int nr)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(FILES_MAX * sizeof(int))];
	} u = { .head = {
		.cmsg_len = CMSG_LEN(nr * sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov = { .iov_base = (void *)text, .iov_len = strlen(text) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = u.bytes,
		.msg_controllen = CMSG_SPACE(nr * sizeof(int)),
	};
	int null = open("/dev/null", O_RDONLY);

	for (unsigned int i = 0; i < nr; i++)
		memcpy(CMSG_DATA(&u.head) + i * sizeof(int), &null, sizeof(int));
	ck_assert_int_eq(sendmsg(fd, &msg, MSG_NOSIGNAL), (ssize_t)iov.iov_len);
	close(null);
	turn();
}

#define FILE_REQUEST	"{\"cmd\":\"file\"}\n"

/* A file that the handler does not take is closed; two files make the request fail. */
START_TEST(files)
{
	int fd = join(), before = count_files();

	send_files(fd, FILE_REQUEST, 1);
	ck_assert_str_eq(hear(fd), "{\"ok\":true}\n");
	ck_assert_int_eq(count_files(), before);
	send_files(fd, SAY "\n", 1);
	ck_assert_str_eq(hear(fd), SAID);
	ck_assert_int_eq(count_files(), before);
	say(fd, FILE_REQUEST);
	ck_assert_ptr_nonnull(strstr(hear(fd), "no open file came"));
	for (unsigned int i = 2; i <= FILES_MAX; i++) {
		send_files(fd, FILE_REQUEST, i);
		ck_assert_ptr_nonnull(strstr(hear(fd), "more than one file"));
		ck_assert_int_eq(count_files(), before);
	}
	/* A file with each half of a request makes two. */
	send_files(fd, "{\"cmd\":", 1);
	send_files(fd, "\"file\"}\n", 1);
	ck_assert_ptr_nonnull(strstr(hear(fd), "more than one file"));
	ck_assert_int_eq(count_files(), before);
	/* The next request is not affected. */
	send_files(fd, FILE_REQUEST, 1);
	ck_assert_str_eq(hear(fd), "{\"ok\":true}\n");
	ck_assert_int_eq(count_files(), before);
	close(fd);
}
END_TEST

/* Many requests with files do not use up file descriptors. */
START_TEST(many_files)
{
	int fd = join(), before = count_files();

	for (unsigned int i = 0; i < 40; i++)
		send_files(fd, " ", 1 + i % 4);
	ck_assert_int_le(count_files(), before + 1);
	say(fd, SAY "\n");
	ck_assert_str_eq(hear(fd), SAID);
	ck_assert_int_eq(count_files(), before);
	close(fd);
}
END_TEST

START_TEST(deaf_client)
{
	int fd = join();
	ssize_t n = 1;

	/* Until the socket is full: then the client is dropped, and does not delay others. */
	while (n > 0) {
		n = send(fd, SAY "\n", sizeof(SAY), MSG_NOSIGNAL);
		turn();
	}
	ck_assert_int_eq(errno, EPIPE);
	close(fd);
	ck_served(join());
}
END_TEST

START_TEST(many_clients)
{
	int fds[CONTROL_CLIENTS + 1];

	for (int i = 0; i <= CONTROL_CLIENTS; i++)
		fds[i] = join();
	ck_assert_str_eq(hear(fds[CONTROL_CLIENTS]), "");
	ck_assert_str_eq(hear(fds[0]), "nothing");
	for (int i = 0; i <= CONTROL_CLIENTS; i++)
		close(fds[i]);
	turn();
	ck_served(join());
}
END_TEST

START_TEST(console_line)
{
	int a, b;

	console_write(&con, "0123456789", 10);
	a = join();
	b = join();
	say(a, "{\"cmd\":\"console\"}\n");
	ck_assert_str_eq(hear(a), "{\"ok\":true}\n6789");
	say(b, "{\"cmd\":\"console\"}\n");
	ck_assert_str_eq(hear(b), "{\"ok\":true}\n6789");
	console_write(&con, "more", 4);
	turn();
	ck_assert_str_eq(hear(a), "more");
	ck_assert_str_eq(hear(b), "more");
	say(a, "ab");
	say(b, SAY "\n");
	ck_assert_str_eq(typed, "ab" SAY "\n");
	close(a);
	turn();
	ck_assert_uint_eq(con.nr_viewers, 1);
	console_write(&con, "!", 1);
	turn();
	ck_assert_str_eq(hear(b), "!");
	close(b);
	turn();
	ck_assert_uint_eq(con.nr_viewers, 0);
}
END_TEST

START_TEST(console_hasty)
{
	int fd = join();

	say(fd, "{\"cmd\":\"console\"}\nlost");
	ck_assert_str_eq(hear(fd), "{\"ok\":true}\n");
	ck_assert_str_eq(hear(fd), "");
	ck_assert_str_eq(typed, "");
	close(fd);
}
END_TEST

START_TEST(tells_the_end)
{
	int waiter = join(), other = join();
	struct control *next;
	struct err err;

	say(waiter, "{\"cmd\":\"wait\"}\n");
	say(waiter, SAY "\n");
	ck_assert_str_eq(hear(waiter), "nothing");
	control_close(control);
	ck_assert_str_eq(hear(waiter), "nothing");
	ck_assert_str_eq(hear(other), "");
	/* When the client is told, another guest may have the name already. */
	next = try_open("tester", &err);
	ck_assert_msg(next != NULL, "%s", err.text);
	control_free(control, "poweroff");
	control = next;
	ck_assert_str_eq(hear(waiter), "{\"ok\":true,\"end\":\"poweroff\"}\n");
	close(waiter);
	close(other);
}
END_TEST

START_TEST(private)
{
	struct stat st;

	ck_assert_int_eq(stat(control_path(control), &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFSOCK | 0600);
}
END_TEST

START_TEST(name_taken)
{
	struct control *other;
	struct err err;
	char pid[32];

	ck_assert_ptr_null(try_open("tester", &err));
	snprintf(pid, sizeof(pid), "process %d)", getpid());
	ck_assert_ptr_nonnull(strstr(err.text, "a guest of this name runs already"));
	ck_assert_ptr_nonnull(strstr(err.text, pid));
	/* The guest that has the name is not affected. */
	close(join());
	other = try_open("other", &err);
	ck_assert_ptr_nonnull(other);
	finish(other);
}
END_TEST

/* After a crash the files are there, and no process holds the lock. */
START_TEST(name_left)
{
	struct control *other;
	char path[RUNDIR_PATH_MAX];
	struct err err;

	ck_assert_int_eq(rundir_path(path, sizeof(path), "left", RUNDIR_LOCK,
				     &err), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(rundir_path(path, sizeof(path), "left",
				     RUNDIR_SOCKET, &err), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	other = try_open("left", &err);
	ck_assert_msg(other != NULL, "%s", err.text);
	finish(other);
}
END_TEST

/* Whatever kind of file the lock is, it locks. */
START_TEST(lock_is_a_fifo)
{
	char path[RUNDIR_PATH_MAX];
	struct err err;
	int fd;

	ck_assert_int_eq(rundir_path(path, sizeof(path), "fifo", RUNDIR_LOCK,
				     &err), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fd = rundir_lock(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(rundir_lock(path), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	close(fd);
	unlink(path);
}
END_TEST

START_TEST(bad_names)
{
	static const char * const bad[] = {
		"", ".", "..", "a/b", "-a", "a b", "a\n", "\xc3\xa4",
		"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	};
	struct err err;

	ck_assert_ptr_null(try_open(bad[_i], &err));
}
END_TEST

START_TEST(bad_directory)
{
	struct err err;

	setenv(RUNDIR_ENV, "/nonexistent/dir", 1);
	ck_assert_ptr_null(try_open("other", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent/dir: "));
	setenv(RUNDIR_ENV, "relative", 1);
	ck_assert_ptr_null(try_open("other", &err));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("control");
	TCase *tc = tcase_create("control");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, answers);
	tcase_add_test(tc, lines_in_pieces);
	tcase_add_loop_test(tc, refuses, 0, 10);
	tcase_add_test(tc, many_files);
	tcase_add_test(tc, endless_line);
	tcase_add_test(tc, files);
	tcase_add_test(tc, deaf_client);
	tcase_add_test(tc, many_clients);
	tcase_add_test(tc, console_line);
	tcase_add_test(tc, console_hasty);
	tcase_add_test(tc, tells_the_end);
	tcase_add_test(tc, private);
	tcase_add_test(tc, name_taken);
	tcase_add_test(tc, name_left);
	tcase_add_test(tc, lock_is_a_fifo);
	tcase_add_loop_test(tc, bad_names, 0, 9);
	tcase_add_test(tc, bad_directory);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs. See run.h.
 *
 * This process adopts all orphans among its descendants, and ends them before run()
 * returns: no process is left behind, whatever a program or a signal did. bwrap's may
 * remain: a signal can end bwrap before its process in the new PID namespace has asked
 * to die with it. That process then waits for bwrap for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/file.h"
#include "progress.h"
#include "run.h"
#include "stop.h"

/* Unit in which holes of a sparse file are found; bytes that are read at once. */
#define SPARSE_UNIT	4096
#define CHUNK		65536

/* Milliseconds for the orphans to clean up. */
#define ORPHAN_MS	1000

/**
 * struct job - the state of run()
 * @r:		what runs
 * @pid:	the processes, 0 if it has ended
 * @nr:		number of @pid
 * @fd:		end of the pipe from the last program, -1 if closed
 * @part:	the incomplete last line
 * @told:	true if the programs have been asked to end
 */
struct job {
	struct run *r;
	pid_t pid[RUN_STAGES];
	unsigned int nr;
	int fd;
	struct text part;
	bool told;
};

/**
 * run_adopt() - become the parent of all orphans; call it once
 *
 * Return: 0, or -1 with errno.
 */
int run_adopt(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/**
 * run_begin() - prepare to run programs
 * @r:		filled in: no programs, no input, no output
 */
void run_begin(struct run *r)
{
	memset(r, 0, sizeof(*r));
	r->in = r->out = r->error = r->sparse = -1;
}

/**
 * run_end() - free what run_begin() and words_add() made
 * @r:		the programs
 */
void run_end(struct run *r)
{
	for (unsigned int i = 0; i < RUN_STAGES; i++)
		words_free(&r->stages[i]);
}

/**
 * run_path() - find a program in PATH
 * @program:	its name
 * @path:	filled in: the program
 *
 * Return: @path, or NULL if there is none.
 */
const char *run_path(const char *program, char path[PATH_MAX])
{
	const char *dirs = getenv("PATH");

	while (dirs && *dirs) {
		int len = (int)strcspn(dirs, ":");

		if (snprintf(path, PATH_MAX, "%.*s/%s", len, dirs, program) < PATH_MAX &&
		    len && !access(path, X_OK))
			return path;
		dirs += len + (dirs[len] == ':');
	}
	return NULL;
}

/**
 * run_need() - check that a program is installed
 * @program:	its name
 * @package:	package that has it
 * @err:	filled in
 *
 * Return: 0 or -1.
 */
int run_need(const char *program, const char *package, struct err *err)
{
	char path[PATH_MAX];

	return run_path(program, path) ? 0 :
	       err_set(err, "%s not found; install the package %s", program, package);
}

/**
 * run_memory_file() - make a file in memory, as input of a program
 * @text:	its content
 *
 * Return: the descriptor, or -1 with errno.
 */
int run_memory_file(const char *text)
{
	int fd = memfd_create("colinux-image", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (!file_write(fd, text, strlen(text)) && !lseek(fd, 0, SEEK_SET))
		return fd;
	close(fd);
	return -1;
}

/**
 * run_log() - make a file in memory for the output of programs
 *
 * Return: the descriptor, or -1: the output is then lost.
 */
int run_log(void)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	/* Several programs write to it. */
	if (fd >= 0)
		fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

/**
 * run_read_log() - read what programs have written to the log
 * @fd:		descriptor of the log
 * @log:	gets the text, up to its limit
 */
void run_read_log(int fd, struct text *log)
{
	char buf[4096];
	off_t at = 0;
	ssize_t n;

	while (log->len < log->max && (n = pread(fd, buf, sizeof(buf), at)) > 0) {
		text_add(log, buf, n);
		at += n;
	}
}

/*
 * Processes.
 */

/* The children of a process; their list ends with 0. */
static void children_of(pid_t pid, pid_t list[64])
{
	char path[64], buf[1024], *s = buf;
	unsigned int nr = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, buf, sizeof(buf) - 1);
	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = '\0';
	while (nr < 63 && (list[nr] = (pid_t)strtol(s, &s, 10)) > 0)
		nr++;
	list[nr] = 0;
}

/* Sends a signal to all descendants of a process. */
static void tell_below(pid_t pid, int sig, unsigned int depth)
{
	pid_t list[64];

	children_of(pid, list);
	for (pid_t *child = list; *child; child++) {
		if (depth)
			tell_below(*child, sig, depth - 1);
		kill(*child, sig);
	}
}

/* Ends the adopted processes; those of the job itself have ended. */
static void end_orphans(void)
{
	uint64_t until = now_ms() + ORPHAN_MS;
	int sig = SIGTERM;
	pid_t list[64];

	for (;;) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		children_of(getpid(), list);
		if (!*list)
			return;
		for (pid_t *child = list; *child; child++)
			kill(*child, sig);
		if (now_ms() >= until)
			sig = SIGKILL;
		poll(NULL, 0, 10);
	}
}

static int or_null(int fd, int flags)
{
	return fd < 0 ? open("/dev/null", flags | O_CLOEXEC) : fd;
}

/* All other descriptors have O_CLOEXEC. */
static void run_become(const struct run *r, unsigned int stage, int in, int out)
{
	char *const *argv = r->stages[stage].list;
	int error = or_null(r->error, O_WRONLY);

	stop_in_child(r->never);
	if (dup2(or_null(in, O_RDONLY), STDIN_FILENO) < 0 ||
	    dup2(or_null(out, O_WRONLY), STDOUT_FILENO) < 0)
		_exit(126);
	if (error != STDERR_FILENO)
		dup2(error, STDERR_FILENO);
	if (r->keep)
		fcntl(r->keep, F_SETFD, 0);
	execvp(argv[0], argv);
	fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int run_start(struct job *j, struct err *err)
{
	struct run *r = j->r;
	int in = r->in;

	for (j->nr = 0; j->nr < RUN_STAGES && r->stages[j->nr].nr; j->nr++) {
		bool last = j->nr + 1 == RUN_STAGES || !r->stages[j->nr + 1].nr;
		bool piped = !last || r->text || r->line || r->sparse >= 0;
		int ends[2] = { -1, -1 };
		int failed = piped && pipe2(ends, O_CLOEXEC) ? errno : 0;
		pid_t pid = failed ? -1 : fork();

		if (!pid)
			run_become(r, j->nr, in, piped ? ends[1] : r->out);
		if (!failed && pid < 0)
			failed = errno;
		if (j->nr)
			close(in);
		if (piped && ends[1] >= 0)
			close(ends[1]);
		in = ends[0];
		if (failed) {
			if (in >= 0)
				close(in);
			return err_set(err, "%s: %s", r->stages[j->nr].list[0],
				       strerror(failed));
		}
		j->pid[j->nr] = pid;
	}
	j->fd = in;
	/* A program's orphan may hold the other end. */
	if (in >= 0)
		fcntl(in, F_SETFL, O_NONBLOCK);
	return 0;
}

static bool run_reap(struct job *j)
{
	bool alive = false;

	for (unsigned int i = 0; i < j->nr; i++) {
		int status;

		if (j->pid[i] && waitpid(j->pid[i], &status, WNOHANG) == j->pid[i]) {
			j->pid[i] = 0;
			j->r->status[i] = WIFEXITED(status) ? WEXITSTATUS(status) :
							      128 + WTERMSIG(status);
		}
		alive |= j->pid[i] != 0;
	}
	return alive;
}

/*
 * Output.
 */

static bool is_zero(const char *buf, size_t len)
{
	return !*buf && !memcmp(buf, buf + 1, len - 1);
}

static int run_write_at(int fd, const char *buf, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pwrite(fd, buf, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buf += n;
		at += n;
		len -= n;
	}
	return 0;
}

/**
 * run_write_sparse() - write to a sparse file: blocks of zeros stay holes
 * @fd:		its descriptor
 * @buf:	the bytes
 * @len:	number of @buf
 * @at:		offset in the file
 *
 * Return: 0, or -1 with errno.
 */
int run_write_sparse(int fd, const char *buf, size_t len, uint64_t at)
{
	while (len) {
		size_t n = SPARSE_UNIT - at % SPARSE_UNIT;

		n = n < len ? n : len;
		if (!is_zero(buf, n) && run_write_at(fd, buf, n, at))
			return -1;
		buf += n;
		len -= n;
		at += n;
	}
	return 0;
}

static int add_sparse(struct run *r, const char *buf, size_t len)
{
	if (r->bytes + len > r->limit) {
		errno = EFBIG;
		return -1;
	}
	if (run_write_sparse(r->sparse, buf, len, r->bytes))
		return -1;
	r->bytes += len;
	return 0;
}

static void add_lines(struct job *j, const char *buf, size_t len)
{
	char *rest, *line;

	text_add(&j->part, buf, len);
	rest = j->part.text;
	while (rest && strchr(rest, '\n') && (line = text_line(&rest)))
		j->r->line(j->r->data, line);
	if (rest) {
		j->part.len = strlen(rest);
		memmove(j->part.text, rest, j->part.len + 1);
	} else {
		text_free(&j->part);
	}
}

static void run_close(struct job *j)
{
	close(j->fd);
	j->fd = -1;
}

/* Returns false when there is nothing to read at the moment. */
static bool run_read(struct job *j)
{
	static char buf[CHUNK];
	struct run *r = j->r;
	ssize_t n = read(j->fd, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	if (n <= 0) {
		run_close(j);
	} else if (r->line) {
		add_lines(j, buf, n);
	} else if (r->sparse >= 0) {
		if (!add_sparse(r, buf, n))
			return true;
		r->failed = errno;
		run_close(j);
	} else {
		text_add(r->text, buf, n);
		if (r->text->len >= r->text->max)
			run_close(j);
	}
	return j->fd >= 0;
}

static void run_tell(struct job *j)
{
	if (j->told || j->r->never || (j->r->wait && stop_status() == 128 + SIGINT))
		return;
	j->told = true;
	for (unsigned int i = 0; i < j->nr; i++)
		if (j->pid[i])
			kill(j->pid[i], SIGTERM);
	tell_below(getpid(), SIGTERM, 16);
}

static void run_wait(struct job *j)
{
	struct run *r = j->r;
	bool shown = r->what && r->percent && progress_shown();

	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = stop_fd(), .events = POLLIN },
			{ .fd = j->fd, .events = POLLIN },
		};
		/* Read the signals first: a later one wakes poll(). */
		bool stop = stop_asked(), alive = run_reap(j);

		if (stop)
			run_tell(j);
		if (!alive) {
			while (j->fd >= 0 && run_read(j))
				;
			break;
		}
		if (shown)
			progress_show(r->what, r->percent(r->data));
		poll(fds, 2, shown ? PROGRESS_MS : -1);
		if (j->fd >= 0 && fds[1].revents)
			run_read(j);
	}
	if (j->fd >= 0)
		run_close(j);
	if (shown)
		progress_end();
}

/**
 * run() - run programs and wait for their end
 * @r:		the programs; their statuses are filled in
 * @err:	filled in
 *
 * Return: 0, whatever the programs did, or -1: they cannot run, or a signal asked for
 * the end.
 */
int run(struct run *r, struct err *err)
{
	struct job j = { .r = r, .fd = -1, .part = { .max = CHUNK } };
	int ret;

	if (!r->never && stop_check(err))
		return -1;
	ret = run_start(&j, err);
	if (ret)
		run_tell(&j);
	run_wait(&j);
	end_orphans();
	text_free(&j.part);
	if (!ret && !r->never)
		ret = stop_check(err);
	return ret;
}

/**
 * run_status() - get the status of all programs together
 * @r:		the programs, after run()
 *
 * Return: the first status that is not 0, or 0.
 */
int run_status(const struct run *r)
{
	for (unsigned int i = 0; i < RUN_STAGES; i++)
		if (r->status[i])
			return r->status[i];
	return 0;
}

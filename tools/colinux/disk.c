// SPDX-License-Identifier: GPL-2.0
/*
 * colinux disk, net: a running guest's disks come, go and grow, cables are
 * pulled out and put in.
 *
 * The monitor cannot open files any more, so an image is opened here and sent
 * along; whoever may control the guest gives it what he himself may open.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "diskword.h"
#include "hostloop.h"

#define UNIT_MAX	255
#define DISK_USAGE	"disk takes add NAME PATH[,ro][,direct][,raw] [cobdN], remove NAME cobdN or resize NAME cobdN [SIZE]"
#define NET_USAGE	"net takes up or down, NAME and ethN"

static void add_number(struct json_object *to, const char *name, int64_t n)
{
	json_object_object_add(to, name, json_object_new_int64(n));
}

/* cobd3, or 3 alone. */
static int parse_unit(const char *text, const char *kind, unsigned int *unit)
{
	size_t len = strlen(kind);

	if (!strncmp(text, kind, len))
		text += len;
	return parse_number(text, UNIT_MAX, unit);
}

/* 512M, 10G; +1G would need the size there is. */
static int parse_size(const char *text, int64_t *bytes)
{
	static const char units[] = "KMGT";
	const char *unit;
	char *end;
	uint64_t n;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	n = strtoumax(text, &end, 10);
	if (errno || !n)
		return -1;
	if (*end) {
		unit = strchr(units, *end);
		if (!unit || end[1] || n > (uint64_t)INT64_MAX >> 10 * (unit - units + 1))
			return -1;
		n <<= 10 * (unit - units + 1);
	}
	if (n > INT64_MAX)
		return -1;
	*bytes = n;
	return 0;
}

/* The monitor does not see them any more. */
static int check_loops(const char *path, bool ro, int fd)
{
	struct stat st;
	struct err err;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    !hostloop_check(path, &st, ro, &err))
		return fd;
	complain("%s", err.text);
	close(fd);
	return -1;
}

/* A device that the host has mounted is refused, as colinux-run does. */
static int open_image(const char *path, bool ro, bool direct)
{
	int flags = (ro ? O_RDONLY : O_RDWR) | O_CLOEXEC |
		    (direct ? O_DIRECT : 0);
	struct stat st;
	int fd;

	/* Opening a FIFO would wait for its other end. */
	if (!stat(path, &st) && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		if (!S_ISBLK(st.st_mode)) {
			complain("%s: neither a file nor a block device: name an image",
				 path);
			return -1;
		}
		flags |= O_EXCL;
	}
	fd = open(path, flags);
	if (fd >= 0)
		return check_loops(path, ro, fd);
	if (errno == EBUSY)
		complain("%s: in use by the host: unmount it first", path);
	else if (errno == EINVAL && direct)
		complain("%s: its file system transfers nothing directly: leave ,direct out",
			 path);
	else
		complain("%s: %s: name an image or a block device you may open",
			 path, strerror(errno));
	return -1;
}

static enum status add_disk(const char *name, char *path, const char *unit)
{
	struct json_object *request, *reply;
	struct diskword word;
	enum status status;
	unsigned int n = 0;
	char *real;
	int fd;

	word = diskword_cut(path);
	if (word.snapshot || word.cow)
		return usage("disk add: an overlay can be given at the guest's start alone");
	if (unit && parse_unit(unit, "cobd", &n))
		return usage(DISK_USAGE);
	fd = open_image(path, word.ro, word.direct);
	if (fd < 0)
		return STATUS_FAILED;
	real = realpath(path, NULL);
	request = client_request("disk-add");
	json_object_object_add(request, "path",
			       json_object_new_string(real ? real : path));
	json_object_object_add(request, "read_only",
			       json_object_new_boolean(word.ro));
	json_object_object_add(request, "raw", json_object_new_boolean(word.raw));
	if (unit)
		add_number(request, "unit", n);
	free(real);
	status = client_tell_file(name, request, fd, &reply);
	close(fd);
	if (status)
		return status;
	printf("cobd%d\n", (int)get_number(reply, "unit"));
	json_object_put(reply);
	return STATUS_OK;
}

static enum status change_disk(const char *name, const char *cmd,
			       const char *unit, const char *size)
{
	struct json_object *request;
	int64_t bytes = 0;
	unsigned int n;

	if (parse_unit(unit, "cobd", &n))
		return usage(DISK_USAGE);
	if (size && parse_size(size, &bytes)) {
		complain("%s: not a size: give bytes, or a number with K, M, G or T",
			 size);
		return STATUS_USAGE;
	}
	request = client_request(cmd);
	add_number(request, "unit", n);
	if (size)
		add_number(request, "bytes", bytes);
	return client_tell(name, request, NULL);
}

/**
 * command_disk() - add, remove or resize a disk
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_disk(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "add") && (argc == 4 || argc == 5))
		return add_disk(argv[2], argv[3], argv[4]);
	if (!strcmp(what, "remove") && argc == 4)
		return change_disk(argv[2], "disk-remove", argv[3], NULL);
	if (!strcmp(what, "resize") && (argc == 4 || argc == 5))
		return change_disk(argv[2], "disk-resize", argv[3], argv[4]);
	return usage(DISK_USAGE);
}

/**
 * command_net() - put an interface's cable in, or pull it out
 * @argc:	as main() has it
 * @argv:	likewise
 *
 * Return: the status to end with.
 */
enum status command_net(int argc, char **argv)
{
	struct json_object *request;
	unsigned int unit;
	bool up;

	if (argc != 4 || parse_unit(argv[3], "eth", &unit))
		return usage(NET_USAGE);
	up = !strcmp(argv[1], "up");
	if (!up && strcmp(argv[1], "down"))
		return usage(NET_USAGE);
	request = client_request(up ? "net-up" : "net-down");
	add_number(request, "unit", unit);
	return client_tell(argv[2], request, NULL);
}

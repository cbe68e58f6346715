// SPDX-License-Identifier: GPL-2.0
/*
 * colinux disk, net: adds, removes and enlarges disks of a running guest, and sets the
 * link of its network interfaces.
 *
 * The monitor cannot open files any more. So an image is opened here, with the rights
 * of the user, and its file descriptor is sent with the request.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "common/diskword.h"
#include "common/hostloop.h"
#include "persist.h"

/* Parses "cobd3" or "3". */
static int parse_unit(const char *text, const char *kind, unsigned int *unit)
{
	size_t len = strlen(kind);

	if (!strncmp(text, kind, len))
		text += len;
	return number_whole(text, PARAMS_UNIT_MAX, unit);
}

/* Checks for loop devices on the image, which the monitor cannot see any more. */
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

/* Fails for a device that the host has mounted, as colinux-run does. */
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
		complain("%s: its file system does not support O_DIRECT: leave ,direct out",
			 path);
	else
		complain("%s: %s: name an image or a block device you may open",
			 path, strerror(errno));
	return -1;
}

static enum status bad_disk(const struct args *a, const char *unit)
{
	return usage(a, "%s: not a disk: give one like cobd1", unit);
}

/* Caller has added the disk to the guest; an error here concerns its file alone. */
static enum status keep_added(struct persist *p, unsigned int unit,
			      const char *path, const struct diskword *word)
{
	const struct disk_param disk = {
		.path = (char *)path,
		.ro = word->ro,
		.direct = word->direct,
		.raw = word->raw,
	};
	struct err err;

	if (!persist_prepare(p, unit, &disk, &err) &&
	    !persist_finish(p, &err))
		return STATUS_OK;
	complain("cobd%u: added, but not to the guest's file: %s", unit, err.text);
	return STATUS_FAILED;
}

static enum status send_disk(const char *name, const char *path, int fd,
			     const struct diskword *word, int *unit)
{
	struct json_object *request = client_request("disk-add"), *reply;
	enum status status;

	json_add_text(request, "path", path);
	json_add_bool(request, "read_only", word->ro);
	json_add_bool(request, "raw", word->raw);
	if (*unit >= 0)
		json_add_number(request, "unit", *unit);
	status = client_tell_file(name, request, fd, &reply);
	if (status)
		return status;
	*unit = (int)get_number(reply, "unit");
	json_object_put(reply);
	return STATUS_OK;
}

static enum status add_disk(const struct args *a, char *path, int unit)
{
	struct diskword word = diskword_cut(path);
	bool keep = args_has(a, "persistent");
	struct persist persist = { .blocked = false };
	enum status status = STATUS_OK;
	char *real;
	int fd;

	if (word.snapshot || word.cow)
		return usage(a, "an overlay is possible only at the guest's start");
	fd = open_image(path, word.ro, word.direct);
	if (fd < 0)
		return STATUS_FAILED;
	real = realpath(path, NULL);
	if (keep)
		status = persist_begin(&persist, a->words[0]);
	if (!status)
		status = send_disk(a->words[0], real ? real : path, fd, &word,
				   &unit);
	if (!status)
		printf("cobd%d\n", unit);
	if (!status && keep)
		status = keep_added(&persist, unit, real ? real : path, &word);
	if (keep)
		persist_end(&persist);
	close(fd);
	free(real);
	return status;
}

/* Writes the new file first, so that little can fail after the removal. */
static enum status remove_kept(const struct args *a, unsigned int unit,
			       struct json_object *request)
{
	static const struct disk_param none;
	const char *name = a->words[0];
	struct persist persist;
	enum status status;
	struct err err;

	status = persist_begin(&persist, name);
	if (status) {
		json_object_put(request);
		goto out_end;
	}
	if (persist_prepare(&persist, unit, &none, &err)) {
		complain("%s", err.text);
		json_object_put(request);
		status = STATUS_FAILED;
		goto out_end;
	}
	status = client_tell(name, request, NULL);
	if (!status && persist_finish(&persist, &err)) {
		complain("cobd%u: removed, but not from the guest's file: %s", unit,
			 err.text);
		status = STATUS_FAILED;
	}

out_end:
	persist_end(&persist);
	return status;
}

static enum status change_disk(const struct args *a, const char *cmd,
			       const char *unit, const char *size)
{
	struct json_object *request;
	int64_t bytes = 0;
	unsigned int n;

	if (parse_unit(unit, "cobd", &n))
		return bad_disk(a, unit);
	/* No "+1G": this would need the current size. */
	if (size && size_parse(size, &bytes))
		return usage(a, "%s: not a size: give bytes, or a number with K, M, G or T",
			     size);
	request = client_request(cmd);
	json_add_number(request, "unit", n);
	if (size)
		json_add_number(request, "bytes", bytes);
	return args_has(a, "persistent") ? remove_kept(a, n, request) :
	       client_tell(a->words[0], request, NULL);
}

/**
 * command_disk_add() - add a disk to a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_disk_add(const struct args *a)
{
	unsigned int unit;

	if (a->nr == 2)
		return add_disk(a, a->words[1], -1);
	if (parse_unit(a->words[2], "cobd", &unit))
		return bad_disk(a, a->words[2]);
	return add_disk(a, a->words[1], (int)unit);
}

/**
 * command_disk_remove() - remove a disk from a guest
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_disk_remove(const struct args *a)
{
	return change_disk(a, "disk-remove", a->words[1], NULL);
}

/**
 * command_disk_resize() - enlarge a disk
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_disk_resize(const struct args *a)
{
	return change_disk(a, "disk-resize", a->words[1],
			   a->nr > 2 ? a->words[2] : NULL);
}

static enum status change_net(const struct args *a, const char *cmd)
{
	struct json_object *request;
	unsigned int unit;

	if (parse_unit(a->words[1], "eth", &unit))
		return usage(a, "%s: not an interface: give one like eth0",
			     a->words[1]);
	request = client_request(cmd);
	json_add_number(request, "unit", unit);
	return client_tell(a->words[0], request, NULL);
}

/**
 * command_net_up() - bring the link of an interface up
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_net_up(const struct args *a)
{
	return change_net(a, "net-up");
}

/**
 * command_net_down() - take the link of an interface down
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_net_down(const struct args *a)
{
	return change_net(a, "net-down");
}

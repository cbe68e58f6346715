/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters: everything the user said, from the command line and from files.
 *
 * params_parse() reads words and options in the order they were given; what
 * comes later wins. It opens no file but the config files.
 */
#ifndef MONITOR_PARAMS_H
#define MONITOR_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <colinux/dev.h>
#include <colinux/guest.h>
#include <colinux/ioctl.h>

#include "msg.h"
#include "netparam.h"

/* COMMAND_LINE_SIZE of an i386 Linux, with the NUL. */
#define PARAMS_CMDLINE_MAX	2048

/* Bytes of a guest's name with the NUL: co_boot_info.name. */
#define PARAMS_NAME_MAX		64

/* The macro's value between quotes. */
#define QUOTE(x)	#x
#define STRING(x)	QUOTE(x)

/* The guest kernel of this ABI: one directory for each, see process/handover.c. */
#define CO_KERNEL \
	CO_LIBDIR "/" STRING(CO_HOST_ABI) "." STRING(CO_GUEST_ABI) "/vmlinux"

enum action {
	ACTION_RUN,
	ACTION_CHECK,
	ACTION_HELP,
	ACTION_VERSION,
};

enum console_mode {
	CONSOLE_AUTO,
	CONSOLE_TTY,
	CONSOLE_STDIO,
	CONSOLE_PTY,
	CONSOLE_FILE,
	CONSOLE_NONE,
};

enum io_engine {
	IO_AUTO,
	IO_URING,
	IO_THREADS,
};

/**
 * struct disk_param - one cobdN=
 * @path:	the image, NULL if there is no such disk
 * @alias:	its name in the style of hda1, or ""
 * @ro:		read-only
 * @direct:	past the host's page cache
 * @raw:	a disk, whatever its first bytes look like
 * @snapshot:	what the guest writes is thrown away
 * @cow:	the overlay that what it writes goes to, or NULL
 * @chosen:	nobody asked for this number
 */
struct disk_param {
	char *path;
	char alias[8];
	bool ro;
	bool direct;
	bool raw;
	bool snapshot;
	char *cow;
	bool chosen;
};

/**
 * struct params - what the user wants
 * @action:	what to do at all
 * @name:	the guest's name
 * @named:	the user gave it
 * @detach:	run in the background
 * @pidfile:	file for the process's number, or NULL
 * @kernel:	file with the guest kernel, or NULL; see params_kernel()
 * @initrd:	file with its initial RAM disk, or NULL
 * @mem:	bytes of memory
 * @disks:	cobd0 and so on
 * @nets:	eth0 and so on
 * @cols:	width of the console, 0 if not given
 * @rows:	its height
 * @console:	where it goes
 * @console_file: the file of CONSOLE_FILE
 * @io:		how disks are read and written
 * @hugetlb:	take the memory from hugetlbfs
 * @force_share: read-only images may be in use elsewhere
 * @verbose:	say more
 * @stats:	print the counters at the end
 * @stats_file:	there, or NULL for standard error
 * @ready_timeout: seconds a guest that can be typed to has to say that it is up
 * @stop_timeout: seconds a guest has to power off
 * @user:	who the monitor becomes, or NULL
 * @words:	words for the guest's command line, in order
 * @nr_words:	their number
 * @before:	the word read last, NULL behind an option
 * @doubts:	what of it was perhaps meant otherwise, for --check
 * @nr_doubts:	their number
 */
struct params {
	enum action action;
	char name[PARAMS_NAME_MAX];
	bool named;
	bool detach;
	char *pidfile;
	char *kernel;
	char *initrd;
	uint64_t mem;
	struct disk_param disks[CO_MAX_COBD];
	struct net_param nets[CO_MAX_CONET];
	unsigned int cols;
	unsigned int rows;
	enum console_mode console;
	char *console_file;
	enum io_engine io;
	bool hugetlb;
	bool force_share;
	bool verbose;
	bool stats;
	char *stats_file;
	unsigned int ready_timeout;
	unsigned int stop_timeout;
	char *user;
	char **words;
	size_t nr_words;
	char *before;
	char **doubts;
	size_t nr_doubts;
};

void params_init(struct params *p);
int params_parse(struct params *p, int argc, char **argv, struct err *err);
size_t params_defaults(const char *name, const char *term, char *buf,
		       size_t size);
int params_cmdline(const struct params *p, char *buf, size_t size,
		   struct err *err);
const char *params_console(enum console_mode console);
const char *params_io(enum io_engine io);
const char *params_kernel(const struct params *p);
bool params_is_name(const char *word, size_t len, bool exact);
void params_free(struct params *p);

const char *params_usage(void);

#endif /* MONITOR_PARAMS_H */

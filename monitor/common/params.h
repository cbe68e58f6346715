/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user's parameters, from the command line and from config files.
 *
 * params_parse() reads words and options in their order; the last of several values
 * wins. It opens no files except config files.
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

/* Limits of what users and clients may ask for: seconds, and a window's characters. */
#define PARAMS_SECONDS_MAX	86400
#define PARAMS_WINDOW_MAX	1000

/* Limit of a device's number in a request, for any kind of device. */
#define PARAMS_UNIT_MAX		255

/* The value of a macro as a string. */
#define QUOTE(x)	#x
#define STRING(x)	QUOTE(x)

/*
 * The installed i386 kernel of this ABI: one directory for each, see process/handover.c.
 * The x86-64 kernel is beside it, with a suffix.
 */
#define CO_KERNEL \
	CO_LIBDIR "/" STRING(CO_HOST_ABI) "." STRING(CO_GUEST_ABI) "/vmlinux"
#define CO_SUFFIX_X86_64	"-x86_64"

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
 * struct disk_param - parameters of a disk, the value of cobdN=
 * @path:	path of its image, NULL if there is no such disk
 * @alias:	its name in the style of hda1, or ""
 * @ro:		true for read-only
 * @direct:	true for O_DIRECT, past the host's page cache
 * @raw:	true to accept any first bytes as those of a disk
 * @snapshot:	true to discard the guest's writes at its end
 * @cow:	path of the overlay for the guest's writes, or NULL
 * @chosen:	true if colinux-run has chosen its number, not the user
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
 * struct params - the user's parameters
 * @action:	the action
 * @name:	the guest's name
 * @named:	true if the user gave @name
 * @detach:	true to run in the background
 * @pidfile:	file for the monitor's PID, or NULL
 * @kernel:	file with the guest kernel, or NULL; see params_kernel()
 * @arch:	CO_ARCH_* of the guest kernel; 0 if not given, then choice_make() sets
 *		it, unless @kernel is given
 * @initrd:	file with its initial RAM disk, or NULL
 * @mem:	bytes of memory
 * @disks:	parameters of cobd0 and so on
 * @nets:	parameters of eth0 and so on
 * @cols:	width of the console in characters, 0 if not given
 * @rows:	its height
 * @console:	kind of the console's viewer
 * @console_file: file of CONSOLE_FILE
 * @io:		I/O engine of the disks
 * @hugetlb:	true to take the memory from hugetlbfs
 * @force_share: true if read-only images may be in use elsewhere
 * @verbose:	true to print msg_info()
 * @stats:	true to print the counters at the end
 * @stats_file:	file for the counters, or NULL for standard error
 * @ready_timeout: seconds to wait for the guest's report that it is ready, from the
 *		moment it accepts input
 * @stop_timeout: seconds in which a guest must power off
 * @user:	user that the monitor becomes, or NULL
 * @words:	words for the guest's command line, in order
 * @nr_words:	their number
 * @before:	the last word read, NULL after an option
 * @doubts:	warnings for --check about probable mistakes
 * @nr_doubts:	their number
 */
struct params {
	enum action action;
	char name[PARAMS_NAME_MAX];
	bool named;
	bool detach;
	char *pidfile;
	char *kernel;
	unsigned int arch;
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
int params_root(const struct params *p);
bool params_is_name(const char *word, size_t len, bool exact);
void params_free(struct params *p);

const char *params_usage(void);

#endif /* MONITOR_PARAMS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * colinux: declarations that the commands share. Each command is one function, in a
 * file of its own or with similar commands; main.c has their table.
 */
#ifndef COLINUX_COMMAND_H
#define COLINUX_COMMAND_H

#include <json-c/json.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/msg.h"
#include "common/number.h"
#include "common/rundir.h"

/* Exit statuses; an interface, see colinux(1). */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_GUEST = 3,	/* no guest of this name runs or is defined */
	STATUS_FORCED = 4,	/* the guest was ended by force */
};

/**
 * struct opt - an option of a command
 * @name:	name without "--"; NULL ends a list
 * @letter:	short form, or 0
 * @value:	name of the value in the help; NULL if the option has none
 * @help:	text for the help
 */
struct opt {
	const char *name;
	char letter;
	const char *value;
	const char *help;
};

struct args;

/**
 * struct command - a command
 * @name:	name, one word or two
 * @alias:	another name, or NULL
 * @args:	operands, separated by a space; optional ones in []
 * @help:	text for the list of commands, up to 25 characters
 * @text:	text for the command's own help
 * @options:	options besides --help, or NULL
 * @run:	function that runs the command
 * @defined:	true if NAME may be a defined guest that does not run
 */
struct command {
	const char *name;
	const char *alias;
	const char *args;
	const char *help;
	const char *text;
	const struct opt *options;
	enum status (*run)(const struct args *a);
	bool defined;
};

/* Most options on one command line. */
#define ARGS_GIVEN_MAX	64

/**
 * struct given - an option on the command line
 * @name:	name without "--"
 * @value:	value, or NULL
 */
struct given {
	const char *name;
	const char *value;
};

/**
 * struct args - a command line
 * @command:	the command; NULL if unknown
 * @group:	true if the first word begins commands of two words
 * @words:	operands; all words if there is no command
 * @nr:		number of @words
 * @given:	options in their order
 * @nr_given:	number of @given
 * @help:	true after --help
 * @version:	true after --version
 * @completion:	true after --completion
 */
struct args {
	const struct command *command;
	bool group;
	char **words;
	unsigned int nr;
	struct given given[ARGS_GIVEN_MAX];
	unsigned int nr_given;
	bool help;
	bool version;
	bool completion;
};

enum status command_list(const struct args *a);
enum status command_status(const struct args *a);
enum status command_start(const struct args *a);
enum status command_logs(const struct args *a);
enum status command_create(const struct args *a);
enum status command_edit(const struct args *a);
enum status command_clone(const struct args *a);
enum status command_rename(const struct args *a);
enum status command_rm(const struct args *a);
enum status command_console(const struct args *a);
enum status command_stop(const struct args *a);
enum status command_kill(const struct args *a);
enum status command_reset(const struct args *a);
enum status command_pause(const struct args *a);
enum status command_resume(const struct args *a);
enum status command_wait(const struct args *a);
enum status command_disk_add(const struct args *a);
enum status command_disk_remove(const struct args *a);
enum status command_disk_resize(const struct args *a);
enum status command_net_up(const struct args *a);
enum status command_net_down(const struct args *a);
enum status command_top(const struct args *a);
enum status command_convert(const struct args *a);

/* args.c */
int args_parse(struct args *a, int argc, char **argv,
	       const struct command *commands, size_t nr, struct err *err);
const char *args_value(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);
enum status args_number(const struct args *a, const char *name,
			unsigned int min, unsigned int max, unsigned int *n);
void args_help(const struct args *a, const struct command *commands, size_t nr);
void args_completion(const struct command *commands, size_t nr);

/* main.c */
__attribute__((format(printf, 1, 2)))
void complain(const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
enum status usage(const struct args *a, const char *fmt, ...);
void print_json(struct json_object *object);

/* client.c */

/**
 * struct answer - answer of a guest to the request for its status
 * @reply:	the status, NULL if there is none
 * @fd:		socket; used by client_ask_all() alone
 * @silent:	true if the guest runs, but did not answer in time
 */
struct answer {
	struct json_object *reply;
	int fd;
	bool silent;
};

int client_open(const char *name, struct err *err);
enum status client_reach(const char *name, struct json_object *request, int *fd);
int client_runs(const char *name, struct err *err);
void client_patient(int fd);
int client_ask_all(char **names, size_t nr, struct answer *answers,
		   struct err *err);
void client_send(int fd, struct json_object *request);
struct json_object *client_receive(int fd, struct err *err);
struct json_object *client_ask(int fd, struct json_object *request,
			       struct err *err);
enum status client_tell(const char *name, struct json_object *request,
			struct json_object **reply);
enum status client_tell_file(const char *name, struct json_object *request,
			     int file, struct json_object **reply);
struct json_object *client_request(const char *cmd);

/* guests.c */
char **guests_list(size_t *nr, struct err *err);
void guests_free(char **names, size_t nr);

char **names_list(const char *dir, const char *suffix, size_t *nr,
		  struct err *err);

/* defs.c */

/* Suffix of a definition's file name. */
#define DEFS_SUFFIX	".conf"

/* The kinds of a guest's files; each has a directory. */
enum defs_place {
	DEFS_CONF,
	DEFS_IMAGE,
	DEFS_LOG,
};

int defs_check_name(const char *name, struct err *err);
int defs_path(char buf[PATH_MAX], enum defs_place place, const char *name,
	      const char *suffix, struct err *err);
int defs_make_directory(const char *path, struct err *err);
int defs_find(char buf[PATH_MAX], const char *name, enum status *status,
	      struct err *err);
char **defs_list(size_t *nr, struct err *err);
bool defs_by_unit(void);

/* hold.c */

/**
 * struct hold - the lock on a guest's name: no guest can start with the name
 * @fd:		file descriptor of the lock file
 * @path:	path of the lock file
 */
struct hold {
	int fd;
	char path[RUNDIR_PATH_MAX];
};

int hold_name(struct hold *h, const char *name, struct err *err);
void hold_end(struct hold *h);

/* spawn.c */
void spawn_become(char *const *argv);
int spawn(char *const *argv, int out);
void signals_block(sigset_t *before);
void signals_unblock(const sigset_t *before);

/* sample.c */

/**
 * struct sample - a guest's status at one moment
 * @reply:	the status
 * @ms:		time of the request in milliseconds, from now_ms()
 */
struct sample {
	struct json_object *reply;
	uint64_t ms;
};

const char *get_text(struct json_object *from, const char *name);
int64_t get_number(struct json_object *from, const char *name);
struct json_object *get_member(struct json_object *from, const char *name);
int64_t sample_counter(const struct sample *s, const char *name);
int64_t sample_disk(const struct sample *s, const char *disk, const char *name);
int64_t sample_disks(const struct sample *s, const char *name);
double sample_disk_rate(const struct sample *from, const struct sample *to,
			const char *name);
double sample_rate(const struct sample *from, const struct sample *to,
		   const char *const *names);
extern const char *const sample_exits[];
extern const char *const sample_irqs[];
void sample_add_rates(struct json_object *add, const struct sample *from,
		      const struct sample *to);
double sample_cpu(const struct sample *from, const struct sample *to);
const char *format_duration(int64_t ms, char *buf, size_t size);
const char *format_bytes(int64_t bytes, char *buf, size_t size);

#endif /* COLINUX_COMMAND_H */

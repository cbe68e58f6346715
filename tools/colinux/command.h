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

#include "args.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/msg.h"
#include "common/number.h"
#include "common/rundir.h"
#include "say.h"
#include "size.h"

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

#endif /* COLINUX_COMMAND_H */

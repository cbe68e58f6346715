/* SPDX-License-Identifier: GPL-2.0 */
/*
 * colinux: what its commands share. Each command is one function, in a file of
 * its own or with its like; main.c has the table.
 */
#ifndef COLINUX_COMMAND_H
#define COLINUX_COMMAND_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "msg.h"

/* Exit statuses; an interface, see colinux(1). */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NO_GUEST = 3,	/* no guest of that name runs */
	STATUS_FORCED = 4,	/* the guest had to be ended by force */
};

/**
 * struct command - a command
 * @name:	its name
 * @args:	what it takes, for the usage
 * @help:	what it does, likewise
 * @run:	does it; @argv[0] is the name
 */
struct command {
	const char *name;
	const char *args;
	const char *help;
	enum status (*run)(int argc, char **argv);
};

enum status command_ls(int argc, char **argv);
enum status command_status(int argc, char **argv);
enum status command_console(int argc, char **argv);
enum status command_stop(int argc, char **argv);
enum status command_kill(int argc, char **argv);
enum status command_reset(int argc, char **argv);
enum status command_pause(int argc, char **argv);
enum status command_resume(int argc, char **argv);
enum status command_wait(int argc, char **argv);
enum status command_disk(int argc, char **argv);
enum status command_net(int argc, char **argv);
enum status command_top(int argc, char **argv);
enum status command_convert(int argc, char **argv);

/* main.c */
__attribute__((format(printf, 1, 2)))
void complain(const char *fmt, ...);
enum status usage(const char *why);
int parse_number(const char *text, unsigned int max, unsigned int *n);

/* client.c */

/**
 * struct answer - of a guest that was asked for its status
 * @reply:	its status, NULL without one
 * @fd:		the socket, while it is asked
 * @silent:	it runs, and does not answer
 */
struct answer {
	struct json_object *reply;
	int fd;
	bool silent;
};

int client_open(const char *name, struct err *err);
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

/* sample.c */

/**
 * struct sample - a guest at one moment
 * @reply:	its status
 * @ms:		when that was
 */
struct sample {
	struct json_object *reply;
	uint64_t ms;
};

uint64_t now_ms(void);
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
double sample_cpu(const struct sample *from, const struct sample *to);
const char *format_duration(int64_t ms, char *buf, size_t size);
const char *format_bytes(int64_t bytes, char *buf, size_t size);

#endif /* COLINUX_COMMAND_H */

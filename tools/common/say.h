/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tools say to their users.
 */
#ifndef TOOLS_SAY_H
#define TOOLS_SAY_H

#include <json-c/json.h>

#include "args.h"

__attribute__((format(printf, 1, 2)))
void complain(const char *fmt, ...);
__attribute__((format(printf, 1, 2)))
void say_note(const char *fmt, ...);
__attribute__((format(printf, 2, 3)))
enum status usage(const struct args *a, const char *fmt, ...);
void print_json(struct json_object *object);

#endif /* TOOLS_SAY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The JSON of the control channel: members of an object, and an object as a line.
 */
#ifndef MONITOR_JSON_H
#define MONITOR_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>

static inline void json_add_text(struct json_object *to, const char *name,
				 const char *text)
{
	json_object_object_add(to, name, json_object_new_string(text));
}

static inline void json_add_number(struct json_object *to, const char *name,
				   uint64_t n)
{
	json_object_object_add(to, name, json_object_new_uint64(n));
}

static inline void json_add_real(struct json_object *to, const char *name,
				 double value)
{
	json_object_object_add(to, name, json_object_new_double(value));
}

static inline void json_add_bool(struct json_object *to, const char *name,
				 bool value)
{
	json_object_object_add(to, name, json_object_new_boolean(value));
}

/**
 * json_line() - the line that is sent for an object
 * @object:	the object
 * @iov:	filled in: its text, which is valid as long as the object does not
 *		change, and the newline
 *
 * Return: bytes of the line.
 */
static inline size_t json_line(struct json_object *object, struct iovec iov[2])
{
	const char *text = json_object_to_json_string_ext(object,
						JSON_C_TO_STRING_PLAIN);

	iov[0] = (struct iovec) { (void *)text, strlen(text) };
	iov[1] = (struct iovec) { (void *)"\n", 1 };
	return iov[0].iov_len + 1;
}

#endif /* MONITOR_JSON_H */

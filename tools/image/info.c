// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image info: describes an image, as text or as JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arch.h"
#include "common/imagenote.h"
#include "common/json.h"
#include "image.h"

/**
 * struct info - the description
 * @path:	the image
 * @json:	the JSON object, or NULL for text
 */
struct info {
	const char *path;
	struct json_object *json;
};

static void tell_text(const struct info *info, const char *name, const char *label,
		      const char *text)
{
	if (info->json)
		json_add_text(info->json, name, text);
	else
		printf("%s:%*s %s\n", label, 11 - (int)strlen(label), "", text);
}

static void tell_size(const struct info *info, const char *name, const char *label,
		      int64_t bytes)
{
	char text[32];

	if (info->json)
		json_add_number(info->json, name, bytes);
	else
		tell_text(info, name, label, size_format(bytes, text, sizeof(text)));
}

static int tell_field(const struct info *info, const char *tag, const char *name,
		      const char *label, const char *none, struct err *err)
{
	struct text value = { .max = 0 };
	int ret = own_field(info->path, tag, &value, err);

	if (!ret)
		tell_text(info, name, label, value.len ? value.text : none);
	text_free(&value);
	return ret;
}

/* Gets the value that dumpe2fs -h prints behind this name. */
static bool find_value(const char *line, const char *name, const char **value)
{
	size_t len = strlen(name);

	if (strncmp(line, name, len) || line[len] != ':')
		return false;
	*value = line + len + 1 + strspn(line + len + 1, " ");
	return true;
}

static int tell_ext(const struct info *info, struct err *err)
{
	struct text output = { .max = 1 << 20 }, system = { .max = 0 };
	struct text name = { .max = 4096 };
	int64_t free_blocks = 0, block = 0;
	char *rest, *line;
	struct run r;
	int ret;

	run_begin(&r);
	words_add(&r.stages[0], "dumpe2fs", "-h", info->path, NULL);
	ret = own_run(&r, &output, err) < 0 ? -1 : 0;
	rest = output.text;
	while ((line = text_line(&rest))) {
		const char *value;

		if (find_value(line, "Free blocks", &value))
			free_blocks = strtoll(value, NULL, 10);
		else if (find_value(line, "Block size", &value))
			block = strtoll(value, NULL, 10);
		else if (find_value(line, "Filesystem state", &value))
			tell_text(info, "state", "state", value);
	}
	tell_size(info, "free_bytes", "free", free_blocks * block);
	if (!ret)
		ret = own_debugfs(info->path, "cat /etc/os-release", &system, err);
	if (!ret && os_name(text_of(&system), &name))
		tell_text(info, "system", "system", name.text);
	text_free(&output);
	text_free(&system);
	text_free(&name);
	return ret;
}

/* The architecture that the image's note has. */
static void tell_arch(const struct info *info)
{
	unsigned int arch = imagenote_of(info->path);

	tell_text(info, "arch", "arch", arch ? arch_name(arch) : "unknown");
}

static int tell_all(const struct info *info, struct err *err)
{
	struct text kind = { .max = 0 };
	struct stat st;
	int64_t size;
	int ret;

	if (stat(info->path, &st) || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return err_set(err, "%s: no such image", info->path);
	if (access(info->path, R_OK))
		return err_set(err, "%s: cannot read it", info->path);
	size = own_size(info->path, err);
	if (size < 0 || own_field(info->path, "TYPE", &kind, err))
		return -1;
	tell_text(info, "file_system", "file system", kind.len ? kind.text : "none");
	ret = tell_field(info, "PTTYPE", "partitions", "partitions", "none", err);
	tell_size(info, "size_bytes", "size", size);
	tell_size(info, "disk_bytes", "on disk", st.st_blocks * 512);
	tell_arch(info);
	if (!ret)
		ret = tell_field(info, "LABEL", "label", "label", "", err);
	if (!ret)
		ret = tell_field(info, "UUID", "uuid", "UUID", "", err);
	if (!ret && !strncmp(text_of(&kind), "ext", 3))
		ret = tell_ext(info, err);
	text_free(&kind);
	return ret;
}

/**
 * command_info() - describe an image
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_info(const struct args *a)
{
	struct info info = { .path = a->words[0] };
	struct err err;
	int ret;

	if (args_has(a, "json"))
		info.json = json_object_new_object();
	ret = tell_all(&info, &err);
	if (!ret && info.json)
		print_json(info.json);
	json_object_put(info.json);
	return ret ? say_failure(&err) : STATUS_OK;
}

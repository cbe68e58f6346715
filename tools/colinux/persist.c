// SPDX-License-Identifier: GPL-2.0
/*
 * --persistent of "colinux disk": writes a change of a running guest's disks to the
 * config file that the guest was started from. Fails for a guest that was not started
 * from its definition.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "common/file.h"
#include "def.h"
#include "persist.h"

/* More than the command line of a monitor has. */
#define CMDLINE_MAX	(1 << 17)

/* Tells whether a process was started with the argument @word. */
static bool has_argument(int64_t pid, const char *word)
{
	char path[64], *text = malloc(CMDLINE_MAX);
	bool found = false;
	ssize_t n = 0;

	snprintf(path, sizeof(path), "/proc/%lld/cmdline", (long long)pid);
	if (text)
		n = file_read_text(AT_FDCWD, path, text, CMDLINE_MAX);
	for (char *s = text; n > 0 && s < text + n; s += strlen(s) + 1)
		found |= !strcmp(s, word);
	free(text);
	return found;
}

static enum status check_started(const char *name, const char *conf)
{
	struct json_object *reply;
	char word[PATH_MAX + 1];
	enum status status;

	status = client_tell(name, client_request("status"), &reply);
	if (status)
		return status;
	snprintf(word, sizeof(word), "@%s", conf);
	if (!has_argument(get_number(reply, "pid"), word)) {
		complain("%s: was not started from %s: leave --persistent out",
			 name, conf);
		status = STATUS_FAILED;
	}
	json_object_put(reply);
	return status;
}

/**
 * persist_begin() - read the file that a running guest was started from
 * @p:		the result; the caller calls persist_end(), also after an error
 * @name:	the guest's name
 *
 * Return: the status to end with, if not STATUS_OK.
 */
enum status persist_begin(struct persist *p, const char *name)
{
	char conf[PATH_MAX];
	enum status status;
	struct err err;

	*p = (struct persist) { .blocked = false };
	params_init(&p->before);
	if (defs_find(conf, name, &status, &err))
		goto failed;
	status = check_started(name, conf);
	if (status)
		return status;
	status = STATUS_FAILED;
	if (confedit_params(conf, &p->before, &err) ||
	    confedit_load(&p->edit, conf, &err))
		goto failed;
	return STATUS_OK;

failed:
	complain("%s", err.text);
	return status;
}

static int remove_disk(struct persist *p, unsigned int unit, struct err *err)
{
	const char *alias = p->before.disks[unit].alias;
	char name[16];

	snprintf(name, sizeof(name), "cobd%u", unit);
	if (confedit_remove(&p->edit, name, err) < 0)
		return -1;
	return *alias && confedit_remove(&p->edit, alias, err) < 0 ? -1 : 0;
}

/* Checks that the new file has the wanted disk, and that its other disks are the same. */
static int persist_check(const struct persist *p, unsigned int unit,
			 const struct disk_param *wanted, const struct params *after,
			 struct err *err)
{
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		if (!confedit_disk_equal(&after->disks[i], i == unit ? wanted :
					 &p->before.disks[i]))
			return err_set(err, "%s: cobd%u would not be the same: change it by hand",
				       p->edit.path, i);
	return 0;
}

static int persist_set_disk(struct persist *p, unsigned int unit,
			    const struct disk_param *disk, struct err *err)
{
	char name[16];

	if (disk->path[strcspn(disk->path, "\n\r")])
		return err_set(err, "a path with a newline cannot be in a config file");
	snprintf(name, sizeof(name), "cobd%u", unit);
	return def_set_disk(&p->edit, name, disk, err);
}

/**
 * persist_prepare() - write the new file beside the old one
 * @p:		the change, from persist_begin()
 * @unit:	number of the disk
 * @disk:	the new disk; without a path to remove the disk
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int persist_prepare(struct persist *p, unsigned int unit,
		    const struct disk_param *disk, struct err *err)
{
	struct params after;
	int ret;

	if (disk->path ? persist_set_disk(p, unit, disk, err) :
			 remove_disk(p, unit, err))
		return -1;
	signals_block(&p->signals);
	p->blocked = true;
	ret = confedit_write(&p->edit, p->edit.path, &after, err);
	if (!ret)
		ret = persist_check(p, unit, disk, &after, err);
	params_free(&after);
	return ret;
}

/**
 * persist_finish() - replace the old file by the new one
 * @p:		the change, after persist_prepare()
 * @err:	the error
 *
 * Return: 0 or -1.
 */
int persist_finish(struct persist *p, struct err *err)
{
	return confedit_replace(&p->edit, err);
}

/**
 * persist_end() - free the memory, and remove a new file that was not used
 * @p:		the change, from persist_begin()
 */
void persist_end(struct persist *p)
{
	confedit_end(&p->edit);
	params_free(&p->before);
	if (p->blocked)
		signals_unblock(&p->signals);
	p->blocked = false;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The definition of a guest that does not run. Its name is locked during changes.
 */
#ifndef COLINUX_DEF_H
#define COLINUX_DEF_H

#include "command.h"
#include "confedit.h"

/**
 * struct def - a definition
 * @name:	the guest's name
 * @path:	path of the config file
 * @params:	parameters in the config file
 * @hold:	lock on the name, after def_hold()
 */
struct def {
	const char *name;
	char path[PATH_MAX];
	struct params params;
	struct hold hold;
};

enum status def_open(struct def *d, const char *name);
enum status def_hold(struct def *d);
void def_close(struct def *d);

void def_file(char buf[PATH_MAX], const char *path);
int def_new(char path[PATH_MAX], const char *name, struct err *err);

const char *def_own_file(const struct disk_param *disk);
int def_set_disk(struct confedit *e, const char *name,
		 const struct disk_param *disk, struct err *err);
int def_set_net(struct confedit *e, unsigned int unit,
		const struct net_param *net, struct err *err);

bool ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* COLINUX_DEF_H */

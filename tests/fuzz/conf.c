// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: configuration files and command lines. An input is a configuration
 * file; or, after a NUL byte, the arguments of a command line, each ended by NUL.
 *
 * Accepted parameters must have the properties that params.h states: the rest of the
 * monitor relies on them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/params.h"

#define ARGS_MAX	64

#define fuzz_assert(cond)	do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_net(const struct net_param *net)
{
	fuzz_assert(memchr(net->ifname, '\0', sizeof(net->ifname)));
	fuzz_assert(memchr(net->bridge, '\0', sizeof(net->bridge)));
	fuzz_assert(net->nr_redirs <= NET_REDIRS_MAX);
	fuzz_assert(!net->mtu ||
		    (net->mtu >= NET_MTU_MIN && net->mtu <= NET_MTU_MAX));
	for (unsigned int i = 0; i < net->nr_redirs; i++)
		fuzz_assert(net->redirs[i].host_port &&
			    net->redirs[i].guest_port);
}

static void check(const struct params *p)
{
	char cmdline[PARAMS_CMDLINE_MAX];
	struct err err;
	int len;

	fuzz_assert(memchr(p->name, '\0', sizeof(p->name)) && p->name[0]);
	fuzz_assert(!strchr(p->name, '/') && p->name[0] != '.');
	fuzz_assert(p->mem && p->mem % CO_CHUNK_SIZE == 0);
	fuzz_assert(!p->kernel || *p->kernel);
	fuzz_assert(!p->cols == !p->rows);
	for (int i = 0; i < CO_MAX_COBD; i++) {
		fuzz_assert(!p->disks[i].path || *p->disks[i].path);
		fuzz_assert(p->disks[i].path ||
			    (!p->disks[i].cow && !p->disks[i].snapshot));
		fuzz_assert(memchr(p->disks[i].alias, '\0',
				   sizeof(p->disks[i].alias)));
	}
	for (int i = 0; i < CO_MAX_CONET; i++)
		check_net(&p->nets[i]);
	len = params_cmdline(p, cmdline, sizeof(cmdline), &err);
	fuzz_assert(len < 0 || (size_t)len == strlen(cmdline));
}

static void parse(int argc, char **argv)
{
	struct params params;
	struct err err;

	params_init(&params);
	if (!params_parse(&params, argc, argv, &err))
		check(&params);
	else
		fuzz_assert(err.text[0]);
	params_free(&params);
}

static void parse_file(const uint8_t *data, size_t size)
{
	char word[64], program[] = "colinux-run";
	char *argv[3] = { program, word };
	int fd = memfd_create("conf", 0);

	fuzz_assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(word, sizeof(word), "@/proc/self/fd/%d", fd);
	parse(2, argv);
	close(fd);
}

/* An argument that begins with @ would name a file of this machine: left out. */
static void parse_args(const uint8_t *data, size_t size)
{
	char program[] = "colinux-run";
	char *argv[ARGS_MAX + 2] = { program };
	char *text = malloc(size + 1), *at = text;
	int argc = 1;

	fuzz_assert(text);
	memcpy(text, data, size);
	text[size] = '\0';
	while (at < text + size && argc <= ARGS_MAX) {
		if (*at != '@')
			argv[argc++] = at;
		at += strlen(at) + 1;
	}
	parse(argc, argv);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && !data[0])
		parse_args(data + 1, size - 1);
	else
		parse_file(data, size);
	return 0;
}

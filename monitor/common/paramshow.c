// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters as text, in the grammar of conf.c: params.c reads the same parameters
 * back.
 */
#include <arpa/inet.h>
#include <string.h>

#include "arch.h"
#include "conf.h"
#include "paramshow.h"

/* Write the name and the value as one line, if there is a value. */
static void show_text(FILE *out, const char *name, const char *value)
{
	if (!value)
		return;
	fputs(name, out);
	conf_write_word(out, value);
	fputc('\n', out);
}

static void show_flag(FILE *out, const char *name, bool on)
{
	if (on)
		fprintf(out, "%s\n", name);
}

/**
 * params_show_disk() - write the parameters of a disk
 * @out:	the output
 * @name:	cobdN, or another name for it
 * @disk:	its parameters
 */
void params_show_disk(FILE *out, const char *name, const struct disk_param *disk)
{
	fprintf(out, "%s=", name);
	conf_write_word(out, disk->path);
	fprintf(out, "%s%s%s%s", disk->ro ? ",ro" : "",
		disk->direct ? ",direct" : "", disk->raw ? ",raw" : "",
		disk->snapshot ? ",snapshot" : "");
	if (disk->cow) {
		fputs(",cow=", out);
		conf_write_word(out, disk->cow);
	}
	fputc('\n', out);
}

static void show_disk(FILE *out, unsigned int unit,
		      const struct disk_param *disk)
{
	char name[16];

	snprintf(name, sizeof(name), "cobd%u", unit);
	if (disk->path)
		params_show_disk(out, name, disk);
	if (disk->alias[0])
		fprintf(out, "%s=:cobd%u\n", disk->alias, unit);
}

static void show_mac(FILE *out, const struct net_param *net)
{
	if (!net->has_mac)
		return;
	for (int i = 0; i < MAC_BYTES; i++)
		fprintf(out, "%s%02x", i ? ":" : "", net->mac[i]);
}

/* 127.0.0.1 is the default address, and left out. */
static void show_redir(FILE *out, const struct net_redir *r)
{
	char addr[INET6_ADDRSTRLEN];

	fprintf(out, "%s:", r->udp ? "udp" : "tcp");
	if (r->ipv6)
		fprintf(out, "[%s]:", inet_ntop(AF_INET6, &r->addr6, addr,
						sizeof(addr)));
	else if (r->addr.s_addr == htonl(INADDR_ANY))
		fputs("*:", out);
	else if (r->addr.s_addr != htonl(INADDR_LOOPBACK))
		fprintf(out, "%s:", inet_ntop(AF_INET, &r->addr, addr,
					      sizeof(addr)));
	fprintf(out, "%u:%u", r->host_port, r->guest_port);
}

/**
 * params_show_net() - write the parameters of a network interface
 * @out:	the output
 * @unit:	its number
 * @net:	its parameters
 */
void params_show_net(FILE *out, unsigned int unit, const struct net_param *net)
{
	if (net->kind == NET_NONE)
		return;
	fprintf(out, "eth%u=%s,", unit,
		net->kind == NET_SLIRP ? "slirp" : "tuntap");
	if (net->kind == NET_TUNTAP)
		fprintf(out, "%s,", net->ifname);
	show_mac(out, net);
	for (unsigned int i = 0; i < net->nr_redirs; i++) {
		fputc(i ? '/' : ',', out);
		show_redir(out, &net->redirs[i]);
	}
	if (net->loopback)
		fputs(",hostloopback", out);
	if (net->restricted)
		fputs(",restrict", out);
	if (net->bridge[0])
		fprintf(out, ",bridge=%s", net->bridge);
	if (net->mtu)
		fprintf(out, ",mtu=%u", net->mtu);
	fputc('\n', out);
}

static void show_console(FILE *out, const struct params *p)
{
	if (p->cols)
		fprintf(out, "cocon=%ux%u\n", p->cols, p->rows);
	if (p->console == CONSOLE_FILE)
		show_text(out, "--console=file:", p->console_file);
	else
		fprintf(out, "--console=%s\n", params_console(p->console));
}

static void show_options(FILE *out, const struct params *p)
{
	fprintf(out, "--io=%s\n", params_io(p->io));
	fprintf(out, "--ready-timeout=%u\n", p->ready_timeout);
	fprintf(out, "--stop-timeout=%u\n", p->stop_timeout);
	show_flag(out, "--detach", p->detach);
	show_flag(out, "--force-share", p->force_share);
	show_flag(out, "--hugetlb", p->hugetlb);
	show_flag(out, "--verbose", p->verbose);
	show_flag(out, "--stats", p->stats && !p->stats_file);
	show_text(out, "--stats=", p->stats_file);
	show_text(out, "--pidfile=", p->pidfile);
	show_text(out, "--user=", p->user);
}

/**
 * params_show() - write all parameters
 * @p:		parameters, after params_parse()
 * @out:	the output
 */
void params_show(const struct params *p, FILE *out)
{
	show_text(out, "--name=", p->named ? p->name : NULL);
	show_text(out, "kernel=", params_kernel(p));
	show_text(out, "arch=", p->arch ? arch_name(p->arch) : NULL);
	show_text(out, "initrd=", p->initrd);
	fprintf(out, "mem=%llu\n", (unsigned long long)p->mem >> 20);
	for (unsigned int i = 0; i < CO_MAX_COBD; i++)
		show_disk(out, i, &p->disks[i]);
	for (unsigned int i = 0; i < CO_MAX_CONET; i++)
		params_show_net(out, i, &p->nets[i]);
	show_console(out, p);
	show_options(out, p);
	for (size_t i = 0; i < p->nr_words; i++) {
		conf_write_word(out, p->words[i]);
		fputc('\n', out);
	}
}

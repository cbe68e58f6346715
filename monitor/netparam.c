// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of one network interface, from text:
 *
 *	tuntap[,IFNAME[,MAC]]
 *	slirp[,MAC[,REDIRECTION[/REDIRECTION]...]]
 *
 * and, at any place behind the first, mtu=BYTES and (tuntap) bridge=BR. What
 * is empty is not given. A redirection is
 * tcp|udp:[ADDRESS:]HOSTPORT:GUESTPORT[:COUNT]. The grammar is that of the
 * first coLinux; ADDRESS, mtu= and bridge= are ours.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "netparam.h"

/**
 * struct text - a part of the text
 * @s:		its first character
 * @len:	how many
 */
struct text {
	const char *s;
	size_t len;
};

/* Cuts off what is in front of @sep; false if there was nothing left. */
static bool cut(struct text *rest, char sep, struct text *part)
{
	const char *end;

	if (!rest->s)
		return false;
	end = memchr(rest->s, sep, rest->len);
	part->s = rest->s;
	part->len = end ? (size_t)(end - rest->s) : rest->len;
	rest->len -= part->len + !!end;
	rest->s = end ? end + 1 : NULL;
	return true;
}

/* The error is about @t; returns -1. */
static int at(const struct text *t, struct err *err)
{
	err_prefix(err, "%.*s: ", (int)t->len, t->s);
	return -1;
}

static bool is(const struct text *t, const char *word)
{
	return t->len == strlen(word) && !memcmp(t->s, word, t->len);
}

static bool number(const struct text *t, unsigned int min, unsigned int max,
		   unsigned int *n)
{
	*n = 0;
	for (size_t i = 0; i < t->len; i++) {
		if (!isdigit((unsigned char)t->s[i]) || *n > max)
			return false;
		*n = *n * 10 + (t->s[i] - '0');
	}
	return t->len && *n >= min && *n <= max;
}

/* A name an interface can have: the kernel's own rules, and no % either. */
static int set_name(char *to, const struct text *t, struct err *err)
{
	if (t->len >= IFNAMSIZ || is(t, ".") || is(t, ".."))
		goto bad;
	for (size_t i = 0; i < t->len; i++)
		if (!isgraph((unsigned char)t->s[i]) || strchr("/:%", t->s[i]))
			goto bad;
	memcpy(to, t->s, t->len);
	to[t->len] = '\0';
	return 0;

bad:
	err_set(err, "not the name of an interface: give up to %d characters, like tap0",
		IFNAMSIZ - 1);
	return at(t, err);
}

static int set_mac(struct net_param *p, const struct text *t, struct err *err)
{
	if (!t->len)
		return 0;
	if (!mac_parse(t->s, t->len, p->mac)) {
		p->has_mac = true;
		return 0;
	}
	err_set(err, "not an interface's address: give one like " MAC_EXAMPLE
		", or none");
	return at(t, err);
}

/*
 * Redirections.
 */

static int set_protocol(struct net_redir *r, const struct text *t)
{
	r->udp = is(t, "udp");
	return r->udp || is(t, "tcp") ? 0 : -1;
}

static bool set_address(struct net_redir *r, const struct text *t)
{
	char addr[INET_ADDRSTRLEN];

	if (t->len >= sizeof(addr))
		return false;
	memcpy(addr, t->s, t->len);
	addr[t->len] = '\0';
	return inet_pton(AF_INET, addr, &r->addr) == 1;
}

static int parse_redir(struct net_redir *r, struct text t, unsigned int *count)
{
	unsigned int host, guest;
	struct text part;

	*r = (struct net_redir) { .addr.s_addr = htonl(INADDR_ANY) };
	*count = 1;
	if (!cut(&t, ':', &part) || set_protocol(r, &part) ||
	    !cut(&t, ':', &part))
		return -1;
	if (set_address(r, &part) && !cut(&t, ':', &part))
		return -1;
	if (!number(&part, 1, UINT16_MAX, &host) || !cut(&t, ':', &part) ||
	    !number(&part, 1, UINT16_MAX, &guest))
		return -1;
	if (cut(&t, ':', &part) && !number(&part, 1, UINT16_MAX, count))
		return -1;
	if (t.s || host + *count - 1 > UINT16_MAX ||
	    guest + *count - 1 > UINT16_MAX)
		return -1;
	r->host_port = host;
	r->guest_port = guest;
	return 0;
}

static int add_redirs(struct net_param *p, const struct text *t,
		      struct err *err)
{
	struct net_redir r;
	unsigned int count;

	if (parse_redir(&r, *t, &count))
		return err_set(err, "not a redirection: give one like tcp:2222:22 or udp:127.0.0.1:5353:53");
	for (; count; count--) {
		if (p->nr_redirs == NET_REDIRS_MAX)
			return err_set(err, "more than %d redirected ports: leave some out",
				       NET_REDIRS_MAX);
		p->redirs[p->nr_redirs++] = r;
		r.host_port++;
		r.guest_port++;
	}
	return 0;
}

static int set_redirs(struct net_param *p, struct text t, struct err *err)
{
	struct text one;

	while (cut(&t, '/', &one))
		if (one.len && add_redirs(p, &one, err))
			return at(&one, err);
	return 0;
}

/*
 * Words.
 */

static int set_key(struct net_param *p, struct text t, struct err *err)
{
	struct text name, value = t;

	cut(&value, '=', &name);
	if (is(&name, "mtu")) {
		if (number(&value, NET_MTU_MIN, NET_MTU_MAX, &p->mtu))
			return 0;
		err_set(err, "not an MTU: give %d to %d", NET_MTU_MIN,
			NET_MTU_MAX);
		return at(&t, err);
	}
	if (is(&name, "bridge") && p->kind == NET_TUNTAP) {
		if (value.len)
			return set_name(p->bridge, &value, err);
		return err_set(err, "bridge=: empty: name a bridge");
	}
	err_set(err, "no such setting: there is mtu=%s",
		p->kind == NET_TUNTAP ? ", and bridge=" : "");
	return at(&t, err);
}

/*
 * What files of the first coLinux have there: an adapter of Windows, which has a
 * name that no interface of Linux can have, and an address.
 */
static bool skip_old(unsigned int place, const struct text *t)
{
	struct in_addr addr;
	char copy[INET_ADDRSTRLEN];

	if (place == 0 && (memchr(t->s, ' ', t->len) || t->len >= IFNAMSIZ)) {
		msg_warn("%.*s: an adapter of Windows: name a TAP, like tap0: ignored",
			 (int)t->len, t->s);
		return true;
	}
	if (place != 2 || !t->len || t->len >= sizeof(copy))
		return false;
	memcpy(copy, t->s, t->len);
	copy[t->len] = '\0';
	if (inet_pton(AF_INET, copy, &addr) != 1)
		return false;
	msg_warn("%s: an address of the host: give it to the TAP with ip addr: ignored",
		 copy);
	return true;
}

static int set_place(struct net_param *p, unsigned int place, struct text t,
		     struct err *err)
{
	bool tap = p->kind == NET_TUNTAP;

	if (tap && skip_old(place, &t))
		return 0;
	if (place == 0 && tap)
		return set_name(p->ifname, &t, err);
	if (place == (tap ? 1 : 0))
		return set_mac(p, &t, err);
	if (place == 1)
		return set_redirs(p, t, err);
	err_set(err, "one too many: write %s", tap ? "tuntap,IFNAME,MAC" :
		"slirp,MAC,REDIRECTION/REDIRECTION");
	return at(&t, err);
}

/**
 * netparam_parse() - read what stands behind ethN=
 * @p:		filled in
 * @value:	the text; empty for no interface
 * @err:	what is wrong with it
 *
 * Return: 0 or -1.
 */
int netparam_parse(struct net_param *p, const char *value, struct err *err)
{
	struct text rest = { value, strlen(value) }, word;
	unsigned int place = 0;

	*p = (struct net_param) { .kind = NET_NONE };
	if (!*value)
		return 0;
	cut(&rest, ',', &word);
	if (is(&word, "tuntap"))
		p->kind = NET_TUNTAP;
	else if (is(&word, "slirp"))
		p->kind = NET_SLIRP;
	if (p->kind == NET_NONE) {
		err_set(err, "no such network: use tuntap or slirp");
		return at(&word, err);
	}
	while (cut(&rest, ',', &word)) {
		int ret = memchr(word.s, '=', word.len) ?
			  set_key(p, word, err) :
			  set_place(p, place++, word, err);

		if (ret)
			return -1;
	}
	return 0;
}

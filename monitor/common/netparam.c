// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of one network interface, from text:
 *
 *	tuntap[,IFNAME[,MAC]]
 *	slirp[,MAC[,REDIRECTION[/REDIRECTION]...]]
 *
 * and, anywhere behind the first word, mtu=BYTES and bridge=BR (tuntap), or
 * hostloopback and restrict (slirp). An empty word counts as not given. A redirection is
 * tcp|udp:[ADDRESS:]HOSTPORT:GUESTPORT[:COUNT]; ADDRESS is *, A.B.C.D or [IPv6].
 * The grammar is that of the first coLinux, with ADDRESS and the words that can be
 * anywhere added.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "netparam.h"
#include "number.h"

#define MULTICAST	0x01
#define LOCAL		0x02

/* FNV-1a with 64 bits: offset basis and prime as its authors define them. */
#define FNV_BASIS	0xcbf29ce484222325ULL
#define FNV_PRIME	0x100000001b3ULL

/*
 * Ethernet addresses.
 */

static int hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

/**
 * mac_parse() - parse a MAC address
 * @text:	six pairs of hexadecimal digits with colons between them
 * @len:	number of its characters
 * @mac:	filled in
 *
 * Return: 0, or -1 if no interface can have the address: malformed, multicast, or zero.
 */
int mac_parse(const char *text, size_t len, uint8_t mac[MAC_BYTES])
{
	static const uint8_t zero[MAC_BYTES];

	if (len != MAC_BYTES * 3 - 1)
		return -1;
	for (int i = 0; i < MAC_BYTES; i++) {
		int high = hex_digit(text[0]);
		int low = hex_digit(text[1]);

		if (high < 0 || low < 0)
			return -1;
		if (i < MAC_BYTES - 1 && text[2] != ':')
			return -1;
		mac[i] = high << 4 | low;
		text += 3;
	}
	if (mac[0] & MULTICAST || !memcmp(mac, zero, MAC_BYTES))
		return -1;
	return 0;
}

/**
 * mac_from_name() - make a MAC address that is the same at each start
 * @name:	name of the guest
 * @unit:	number of the interface
 * @mac:	filled in: locally administered, with 40 bits out of @name and
 *		@unit
 */
void mac_from_name(const char *name, unsigned int unit, uint8_t mac[MAC_BYTES])
{
	uint64_t hash = FNV_BASIS;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * FNV_PRIME;
	hash = (hash ^ unit) * FNV_PRIME;
	/* The low bits alone depend too little on the last bytes of the name. */
	hash ^= hash >> 40;

	mac[0] = LOCAL;
	for (int i = 1; i < MAC_BYTES; i++) {
		mac[i] = hash;
		hash >>= 8;
	}
}

/*
 * The words.
 */

/**
 * struct text - a part of the text
 * @s:		its first character; NULL if nothing is left
 * @len:	number of its characters
 */
struct text {
	const char *s;
	size_t len;
};

/* Cut the part before @sep off @rest; false if nothing was left. */
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

/* Put the text that the error is about in front of it. Return: -1. */
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
	const char *end = t->s;
	unsigned long value;

	if (number_parse(&end, max, &value) || end != t->s + t->len || value < min)
		return false;
	*n = value;
	return true;
}

/* A valid name of an interface: the kernel's rules, and no %. */
static int netparam_set_name(char *to, const struct text *t, struct err *err)
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

static bool read_address(int family, const struct text *t, void *addr)
{
	char copy[INET6_ADDRSTRLEN];

	if (t->len >= sizeof(copy))
		return false;
	memcpy(copy, t->s, t->len);
	copy[t->len] = '\0';
	return inet_pton(family, copy, addr) == 1;
}

static bool set_address(struct net_redir *r, const struct text *t)
{
	if (is(t, "*")) {
		r->addr.s_addr = htonl(INADDR_ANY);
		return true;
	}
	return read_address(AF_INET, t, &r->addr);
}

/* An IPv6 address: cut "[ADDRESS]:" off @t. */
static bool cut_address6(struct net_redir *r, struct text *t)
{
	struct text addr = { t->s + 1, t->len - 1 }, part;

	if (!cut(&addr, ']', &part) || !addr.len || *addr.s != ':')
		return false;
	r->ipv6 = true;
	*t = (struct text) { addr.s + 1, addr.len - 1 };
	return read_address(AF_INET6, &part, &r->addr6);
}

/* Cut the optional address off @t, then the part behind it, which goes to *@part. */
static int cut_address(struct net_redir *r, struct text *t, struct text *part)
{
	if (t->len && *t->s == '[')
		return cut_address6(r, t) && cut(t, ':', part) ? 0 : -1;
	if (!cut(t, ':', part))
		return -1;
	return set_address(r, part) && !cut(t, ':', part) ? -1 : 0;
}

static int parse_redir(struct net_redir *r, struct text t, unsigned int *count)
{
	unsigned int host, guest;
	struct text part;

	*r = (struct net_redir) { .addr.s_addr = htonl(INADDR_LOOPBACK) };
	*count = 1;
	if (!cut(&t, ':', &part) || set_protocol(r, &part) ||
	    cut_address(r, &t, &part))
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
		return err_set(err, "not a redirection: give one like tcp:2222:22, tcp:*:2222:22 or udp:[::1]:5353:53");
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
			return netparam_set_name(p->bridge, &value, err);
		return err_set(err, "bridge=: empty: name a bridge");
	}
	err_set(err, "no such setting: there is mtu=%s",
		p->kind == NET_TUNTAP ? ", and bridge=" :
					", hostloopback and restrict");
	return at(&t, err);
}

/* Words without a value. */
static bool set_flag(struct net_param *p, const struct text *t)
{
	if (p->kind != NET_SLIRP)
		return false;
	if (is(t, "hostloopback"))
		p->loopback = true;
	else if (is(t, "restrict"))
		p->restricted = true;
	else
		return false;
	return true;
}

/*
 * Files of the first coLinux have the name of a Windows adapter here, which no Linux
 * interface can have, and an address of the host.
 */
static bool skip_old(unsigned int place, const struct text *t)
{
	struct in_addr addr;

	if (place == 0 && (memchr(t->s, ' ', t->len) || t->len >= IFNAMSIZ)) {
		msg_warn("%.*s: an adapter of Windows: name a TAP, like tap0: ignored",
			 (int)t->len, t->s);
		return true;
	}
	if (place != 2 || !read_address(AF_INET, t, &addr))
		return false;
	msg_warn("%.*s: an address of the host: give it to the TAP with ip addr: ignored",
		 (int)t->len, t->s);
	return true;
}

static int set_place(struct net_param *p, unsigned int place, struct text t,
		     struct err *err)
{
	bool tap = p->kind == NET_TUNTAP;

	if (tap && skip_old(place, &t))
		return 0;
	if (place == 0 && tap)
		return netparam_set_name(p->ifname, &t, err);
	if (place == (tap ? 1 : 0))
		return set_mac(p, &t, err);
	if (place == 1)
		return set_redirs(p, t, err);
	err_set(err, "one too many: write %s", tap ? "tuntap,IFNAME,MAC" :
		"slirp,MAC,REDIRECTION/REDIRECTION");
	return at(&t, err);
}

/**
 * netparam_mac() - the MAC address of an interface
 * @p:		its parameters
 * @name:	name of the guest
 * @unit:	its number
 * @mac:	filled in: the address given, or one made from @name and @unit
 */
void netparam_mac(const struct net_param *p, const char *name,
		  unsigned int unit, uint8_t mac[MAC_BYTES])
{
	if (p->has_mac)
		memcpy(mac, p->mac, MAC_BYTES);
	else
		mac_from_name(name, unit, mac);
}

/* With restrict, libslirp drops all UDP of the guest, also answers. */
static int check_restricted(const struct net_param *p, struct err *err)
{
	if (!p->restricted)
		return 0;
	if (p->loopback)
		return err_set(err, "restrict and hostloopback: leave one of them out");
	for (unsigned int i = 0; i < p->nr_redirs; i++)
		if (p->redirs[i].udp)
			return err_set(err, "restrict: takes no answers by UDP: redirect TCP only, or leave it out");
	return 0;
}

static int netparam_parse_word(struct net_param *p, struct text word,
			       unsigned int *place, struct err *err)
{
	if (set_flag(p, &word))
		return 0;
	if (memchr(word.s, '=', word.len))
		return set_key(p, word, err);
	return set_place(p, (*place)++, word, err);
}

/**
 * netparam_parse() - parse the value of ethN=
 * @p:		filled in
 * @value:	the value; empty for no interface
 * @err:	the error in the value
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
	while (cut(&rest, ',', &word))
		if (netparam_parse_word(p, word, &place, err))
			return -1;
	return check_restricted(p, err);
}

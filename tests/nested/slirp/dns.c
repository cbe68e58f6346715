// SPDX-License-Identifier: GPL-2.0
/*
 * dns ADDRESS: a name server at port 53 of the loopback interface. It answers
 * every question for an IPv4 address with ADDRESS, and other questions with no
 * record.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HEADER		12
#define QTYPE_A		1
#define QCLASS_IN	1

/* A pointer to the question's name, type, class, TTL of 60 s, length 4. */
static const unsigned char record[] = {
	0xc0, HEADER, 0, QTYPE_A, 0, QCLASS_IN, 0, 0, 0, 60, 0, 4,
};

/*
 * Turn the question in @p into its answer.
 *
 * Return: the length of the answer, or 0 if the question is malformed.
 */
static size_t answer(unsigned char *p, size_t len, const struct in_addr *addr)
{
	size_t at = HEADER;

	while (at < len && p[at])
		at += p[at] + 1;
	if (at + 5 > len)
		return 0;
	p[2] |= 0x80;	/* an answer */
	p[3] = 0;
	memset(p + 6, 0, 6);
	if (p[at + 2] == QTYPE_A) {
		p[7] = 1;
		memcpy(p + at + 5, record, sizeof(record));
		memcpy(p + at + 5 + sizeof(record), addr, sizeof(*addr));
		return at + 5 + sizeof(record) + sizeof(*addr);
	}
	return at + 5;
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(53),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	}, from;
	unsigned char p[1024];
	struct in_addr addr;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc != 2 || !inet_aton(argv[1], &addr))
		return 2;
	if (bind(fd, (struct sockaddr *)&here, sizeof(here))) {
		perror("dns");
		return 1;
	}
	for (;;) {
		socklen_t size = sizeof(from);
		ssize_t n = recvfrom(fd, p, 512, 0, (struct sockaddr *)&from,
				     &size);

		if (n < 0)
			return 1;
		n = answer(p, n, &addr);
		if (n)
			sendto(fd, p, n, 0, (struct sockaddr *)&from, size);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * rr: requests and responses of one byte, over TCP or UDP.
 *
 *   rr				answer both, in the background, until killed
 *   rr tcp|udp ADDRESS SECONDS	send requests; prints transactions per second
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT	7007

static int check(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static int bound(int type)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
	};
	int fd = check(socket(AF_INET, type, 0), "socket");
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	check(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	return fd;
}

static void answer_stream(int fd)
{
	int on = 1;
	char byte;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (read(fd, &byte, 1) == 1)
		if (write(fd, &byte, 1) != 1)
			break;
	close(fd);
}

static void answer(void)
{
	int tcp = bound(SOCK_STREAM), udp = bound(SOCK_DGRAM);
	struct sockaddr_in from;
	socklen_t len;
	char byte;

	check(listen(tcp, 8), "listen");
	check(daemon(0, 0), "daemon");
	if (check(fork(), "fork") == 0)
		for (;;)
			answer_stream(check(accept(tcp, NULL, NULL), "accept"));
	for (;;) {
		len = sizeof(from);
		if (recvfrom(udp, &byte, 1, 0, (struct sockaddr *)&from, &len) == 1)
			sendto(udp, &byte, 1, 0, (struct sockaddr *)&from, len);
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void ask(int type, const char *address, double seconds)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
	};
	int fd = check(socket(AF_INET, type, 0), "socket");
	unsigned long count = 0;
	double start, end;
	char byte = 0;
	int on = 1;

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(1, "%s: no IPv4 address", address);
	if (type == SOCK_STREAM)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	check(connect(fd, (struct sockaddr *)&to, sizeof(to)), address);
	start = now();
	do {
		if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
			err(1, "%s: after %lu transactions", address, count);
		count++;
		end = now();
	} while (end - start < seconds);
	printf("%.0f\n", count / (end - start));
}

int main(int argc, char **argv)
{
	if (argc == 1)
		answer();
	if (argc != 4)
		errx(2, "usage: rr [tcp|udp ADDRESS SECONDS]");
	ask(strcmp(argv[1], "tcp") ? SOCK_DGRAM : SOCK_STREAM, argv[2], atof(argv[3]));
	return 0;
}

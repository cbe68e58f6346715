// SPDX-License-Identifier: GPL-2.0
/*
 * udpecho PORT: sends every datagram that comes to PORT back to where it came
 * from.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	static char buf[65536];

	if (argc != 2)
		return 2;
	addr.sin6_port = htons(atoi(argv[1]));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror("udpecho");
		return 1;
	}
	for (;;) {
		socklen_t size = sizeof(addr);
		ssize_t n = recvfrom(fd, buf, sizeof(buf), 0,
				     (struct sockaddr *)&addr, &size);

		if (n < 0)
			return 1;
		sendto(fd, buf, n, 0, (struct sockaddr *)&addr, size);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * flood ADDRESS NUMBER: open NUMBER TCP connections at once, each to another port
 * of ADDRESS, and keep them.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct rlimit limit;
	int nr;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		return 2;
	nr = atoi(argv[2]);
	limit.rlim_cur = limit.rlim_max = nr + 16;
	if (setrlimit(RLIMIT_NOFILE, &limit)) {
		perror("flood: setrlimit");
		return 1;
	}
	for (int i = 1; i <= nr; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		addr.sin_port = htons(i);
		if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK)) {
			perror("flood: socket");
			return 1;
		}
		/* EINPROGRESS is the expected result. */
		(void)!connect(fd, (struct sockaddr *)&addr, sizeof(addr));
	}
	puts("flood: asked for all");
	fflush(stdout);
	pause();
	return 0;
}

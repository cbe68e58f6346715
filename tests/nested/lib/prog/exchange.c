// SPDX-License-Identifier: GPL-2.0
/*
 * exchange ADDRESS PORT: one process sends the input over TCP, another one writes
 * the data received to the output. A program that does both in turn, such as
 * busybox's nc, waits for ever when all buffers on the way are full. Its peer then
 * must send before it can receive more.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int copy(int from, int to)
{
	static char buf[65536];
	ssize_t n, done, part;

	while ((n = read(from, buf, sizeof(buf))) > 0)
		for (done = 0; done < n; done += part) {
			part = write(to, buf + done, n - done);
			if (part <= 0)
				return 1;
		}
	return n < 0;
}

static int send_all(int fd)
{
	return copy(STDIN_FILENO, fd) || shutdown(fd, SHUT_WR);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int status, failed;
	pid_t sender;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		return 2;
	addr.sin_port = htons(atoi(argv[2]));
	if (connect(fd, (const struct sockaddr *)&addr, sizeof(addr))) {
		perror("exchange");
		return 1;
	}
	sender = fork();
	if (!sender)
		_exit(send_all(fd));
	failed = copy(fd, STDOUT_FILENO);
	waitpid(sender, &status, 0);
	return failed || status;
}

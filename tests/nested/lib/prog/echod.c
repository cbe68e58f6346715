// SPDX-License-Identifier: GPL-2.0
/*
 * echod PORT: echo all data that PORT receives, by UDP or TCP, from any number of
 * clients. Goes to the background when it can be reached.
 */
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static char buf[65536];

static int open_socket(int type, int port)
{
	const struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	int fd = socket(AF_INET6, type, 0);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
	    (type == SOCK_STREAM && listen(fd, 16))) {
		perror("echod");
		exit(1);
	}
	return fd;
}

static void echo_datagram(int fd)
{
	struct sockaddr_in6 from;
	socklen_t size = sizeof(from);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from,
			     &size);

	if (n >= 0)
		sendto(fd, buf, n, 0, (struct sockaddr *)&from, size);
}

static void echo_stream(int fd)
{
	ssize_t n, done, part;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (done = 0; done < n; done += part) {
			part = write(fd, buf + done, n - done);
			if (part <= 0)
				return;
		}
}

static void accept_stream(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0 && !fork()) {
		close(listener);
		echo_stream(fd);
		_exit(0);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct pollfd fds[2];

	if (argc != 2)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	fds[0] = (struct pollfd) { open_socket(SOCK_DGRAM, atoi(argv[1])),
				   POLLIN, 0 };
	fds[1] = (struct pollfd) { open_socket(SOCK_STREAM, atoi(argv[1])),
				   POLLIN, 0 };
	if (fork())
		return 0;
	while (poll(fds, 2, -1) >= 0) {
		if (fds[0].revents)
			echo_datagram(fds[0].fd);
		if (fds[1].revents)
			accept_stream(fds[1].fd);
	}
	return 1;
}

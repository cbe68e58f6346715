// SPDX-License-Identifier: GPL-2.0
/*
 * ask SOCKET REQUEST [FILE [WORD]...]: send a line to a control channel, with
 * FILE as an open file, and print the reply. The word "ro" opens FILE only for
 * reading, "direct" opens it with O_DIRECT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	fprintf(stderr, "ask: %s: %s\n", what, strerror(errno));
	return 1;
}

static int open_file(char **words)
{
	int flags = O_RDWR;

	for (char **word = words + 1; *word; word++) {
		if (!strcmp(*word, "ro"))
			flags = (flags & ~O_ACCMODE) | O_RDONLY;
		else if (!strcmp(*word, "direct"))
			flags |= O_DIRECT;
	}
	return open(words[0], flags);
}

static int send_line(int fd, char *line, int file)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} u = { .header = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov[] = {
		{ line, strlen(line) },
		{ "\n", 1 },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (file >= 0) {
		memcpy(CMSG_DATA(&u.header), &file, sizeof(file));
		msg.msg_control = &u;
		msg.msg_controllen = sizeof(u);
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, file = -1;
	FILE *answer;
	char line[65536];

	if (argc < 3 || strlen(argv[1]) >= sizeof(addr.sun_path))
		return 2;
	strcpy(addr.sun_path, argv[1]);
	if (argc > 3) {
		file = open_file(argv + 3);
		if (file < 0)
			return fail(argv[3]);
	}
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    send_line(fd, argv[2], file))
		return fail(argv[1]);
	answer = fdopen(fd, "r");
	if (!answer || !fgets(line, sizeof(line), answer)) {
		errno = ENOMSG;
		return fail(argv[2]);
	}
	fputs(line, stdout);
	return 0;
}

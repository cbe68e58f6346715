// SPDX-License-Identifier: GPL-2.0
/*
 * vmx-on COMMAND...: run COMMAND while a KVM virtual machine exists, which keeps
 * this CPU in VMX operation.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd, status;

	fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (argc < 2 || fd < 0 || ioctl(fd, KVM_CREATE_VM, 0) < 0) {
		perror("vmx-on: /dev/kvm");
		return 125;
	}
	if (!fork()) {
		execvp(argv[1], argv + 1);
		return 127;
	}
	wait(&status);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

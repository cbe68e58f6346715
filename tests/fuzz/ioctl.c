// SPDX-License-Identifier: GPL-2.0
/*
 * A hostile caller of /dev/colinux. Run it only in the nested host.
 *
 * Threads of several processes make all calls in random order with random arguments,
 * most of them nearly valid. Other threads close, duplicate and inherit the files
 * meanwhile. Some files are machines with a guest, the toy kernel in its own memory.
 * The memory of these guests is never changed, as a guest runs in ring 0.
 *
 * usage: ioctl KERNEL SECONDS [SEED]
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <colinux/guest.h>
#include <colinux/ioctl.h>

#define FILES		6
#define THREADS		3
#define PROCESSES	3
#define MEMORY		(8UL * CO_CHUNK_SIZE)

static int files[FILES];
static int events[FILES];
static char *memory;
static char image[256 * 1024];
static size_t image_size;
static time_t end;

/* Shared by all processes, without locks: the numbers may be slightly wrong. */
static struct {
	unsigned long made;
	unsigned long failed;
} *count;

/* xorshift64*: each thread has its own state, made from the seed. */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

/* A number likely to find errors: a small one, any one, or one at a limit. */
static uint64_t odd(uint64_t *state)
{
	static const uint64_t edges[] = {
		0, 1, 63, 64, 4095, 4096, CO_CHUNK_SIZE - 1, CO_CHUNK_SIZE,
		MEMORY, MEMORY - 1, CO_BOOT_MAP_MAX, 1ULL << 31, 1ULL << 32,
		1ULL << 40, ~0ULL, ~0ULL - 4095, 1ULL << 63,
	};
	uint64_t n = next(state);

	switch (n >> 62) {
	case 0:
		return n & 0xff;
	case 1:
		return n & 0xffffffff;
	default:
		return edges[n % (sizeof(edges) / sizeof(edges[0]))];
	}
}

static void set_mem(int fd, uint64_t *state)
{
	struct co_set_mem arg = {
		.user_addr = (uintptr_t)memory,
		.size = (1 + next(state) % 4) * CO_CHUNK_SIZE,
	};

	if (next(state) % 4 == 0)
		arg.user_addr = odd(state);
	if (next(state) % 4 == 0)
		arg.size = odd(state);
	ioctl(fd, CO_IOC_SET_MEM, &arg);
}

static void wire(int fd, uint64_t *state)
{
	struct co_kickfd kick = { .kick = odd(state) };
	struct co_irqfd irq = { .virq = odd(state) };
	uint64_t one = 1;

	kick.fd = events[next(state) % FILES];
	irq.fd = events[next(state) % FILES];
	if (next(state) % 4 == 0)
		kick.fd = irq.fd = (int)odd(state);
	if (next(state) % 2)
		ioctl(fd, CO_IOC_KICKFD, &kick);
	else
		ioctl(fd, CO_IOC_IRQFD, &irq);
	/* Another thread may have replaced the eventfd by another file. */
	if (write(events[next(state) % FILES], &one, sizeof(one)) < 0)
		return;
}

static void run(int fd, uint64_t *state)
{
	struct co_run arg = { .vcpu = next(state) % 4 ? 0 : odd(state) };

	ioctl(fd, CO_IOC_RUN, &arg);
}

static void any(int fd, uint64_t *state)
{
	uint64_t arg[32];
	unsigned int i, dir = next(state) % 4;

	for (i = 0; i < 32; i++)
		arg[i] = odd(state);
	ioctl(fd, _IOC(dir, CO_IOC_MAGIC, next(state) % 16,
		       next(state) % sizeof(arg)),
	      next(state) % 8 ? arg : (void *)(uintptr_t)odd(state));
}

/* Each ioctl, with the right size and a random argument. */
static void rubbish(int fd, uint64_t *state)
{
	static const unsigned long calls[] = {
		CO_IOC_INFO, CO_IOC_SET_MEM, CO_IOC_KERNEL, CO_IOC_VCPU,
		CO_IOC_KICKFD, CO_IOC_IRQFD, CO_IOC_RUN, CO_IOC_STATS,
	};
	uint64_t arg[64];
	unsigned int i;

	for (i = 0; i < 64; i++)
		arg[i] = next(state) % 2 ? 0 : odd(state);
	ioctl(fd, calls[next(state) % (sizeof(calls) / sizeof(calls[0]))], arg);
}

/* Return: aligned memory in huge pages, or NULL. */
static char *huge(size_t size)
{
	char *start = mmap(NULL, size + CO_CHUNK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	start += -(uintptr_t)start & (CO_CHUNK_SIZE - 1);
	madvise(start, size, MADV_HUGEPAGE);
	return start;
}

/*
 * Make a valid machine, and share it with the other threads before it runs. Its memory
 * stays mapped, as they may still run it.
 */
static void machine(uint64_t *state)
{
	const uint64_t boot_gpa = CO_CHUNK_SIZE, cmdline_gpa = boot_gpa + 4096;
	struct co_set_mem mem = { .size = 2 * CO_CHUNK_SIZE };
	struct co_kernel kernel = {
		.user_addr = (uintptr_t)image, .size = image_size,
	};
	struct co_vcpu vcpu = {
		.boot_gpa = boot_gpa, .tables_gpa = boot_gpa + 2 * 4096,
	};
	struct co_boot_info boot = {
		.magic = CO_BOOT_MAGIC, .abi = CO_GUEST_ABI,
		.size = sizeof(boot), .mem_size = mem.size,
		.cmdline_gpa = cmdline_gpa, .cmdline_size = sizeof("spin=20"),
	};
	char *own = huge(mem.size);
	int fd = open(CO_DEVICE_PATH, O_RDWR | O_CLOEXEC);
	unsigned int i = next(state) % FILES;

	if (!own || fd < 0)
		return;
	memset(own, 0, mem.size);
	memcpy(own + boot_gpa, &boot, sizeof(boot));
	strcpy(own + cmdline_gpa, "spin=20");
	mem.user_addr = (uintptr_t)own;
	if (ioctl(fd, CO_IOC_SET_MEM, &mem) ||
	    ioctl(fd, CO_IOC_KERNEL, &kernel) ||
	    ioctl(fd, CO_IOC_VCPU, &vcpu)) {
		count->failed++;
		close(fd);
		munmap(own, mem.size);
		return;
	}
	count->made++;
	close(files[i]);
	files[i] = fd;
	while (next(state) % 4)
		run(fd, state);
}

static void reopen(uint64_t *state)
{
	unsigned int i = next(state) % FILES;
	int old = files[i];

	switch (next(state) % 3) {
	case 0:
		files[i] = open(CO_DEVICE_PATH, O_RDWR | O_CLOEXEC);
		break;
	case 1:
		files[i] = dup(files[next(state) % FILES]);
		break;
	default:
		files[i] = -1;
	}
	close(old);
}

static void *caller(void *arg)
{
	uint64_t state = (uintptr_t)arg;

	while (time(NULL) < end) {
		int fd = files[next(&state) % FILES];

		switch (next(&state) % 32) {
		case 0:
			machine(&state);
			break;
		case 7:
		case 8:
			reopen(&state);
			break;
		case 1:
			set_mem(fd, &state);
			break;
		case 2:
		case 3:
			wire(fd, &state);
			break;
		case 4:
			run(fd, &state);
			break;
		case 5:
			any(fd, &state);
			break;
		default:
			rubbish(fd, &state);
		}
	}
	return NULL;
}

/* Run one process, with its own memory and files and one file of its parent. */
static void attack(uint64_t seed)
{
	pthread_t thread[THREADS];
	unsigned int i, started = 0;

	memory = huge(MEMORY);
	if (!memory)
		exit(1);
	for (i = 0; i < FILES; i++) {
		/* The first file is the parent's, of a machine in another address space. */
		if (i)
			files[i] = open(CO_DEVICE_PATH, O_RDWR | O_CLOEXEC);
		events[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	}
	for (i = 0; i < THREADS; i++)
		started += !pthread_create(&thread[started], NULL, caller,
					   (void *)(uintptr_t)(seed + i));
	while (started)
		pthread_join(thread[--started], NULL);
	exit(0);
}

/* Start a process; main() kills it at a random moment and starts another one. */
static pid_t start(uint64_t *state)
{
	uint64_t seed = next(state) | 1;
	pid_t pid = fork();

	if (!pid)
		attack(seed);
	return pid;
}

static int read_image(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, image, sizeof(image));

	if (got <= 0) {
		fprintf(stderr, "ioctl: %s: %s\n", path, strerror(errno));
		return -1;
	}
	close(fd);
	image_size = got;
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t state = 0x9e3779b97f4a7c15ULL;
	pid_t pid[PROCESSES];
	unsigned long killed = 0;
	unsigned int i;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: ioctl KERNEL SECONDS [SEED]\n");
		return 2;
	}
	if (argc == 4)
		state ^= strtoull(argv[3], NULL, 0);
	if (read_image(argv[1]))
		return 1;
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		return 1;
	end = time(NULL) + atoi(argv[2]);
	files[0] = open(CO_DEVICE_PATH, O_RDWR);
	if (files[0] < 0) {
		fprintf(stderr, "ioctl: " CO_DEVICE_PATH ": %s\n", strerror(errno));
		return 1;
	}

	for (i = 0; i < PROCESSES; i++)
		pid[i] = start(&state);
	while (time(NULL) < end) {
		usleep(next(&state) % 300000);
		i = next(&state) % PROCESSES;
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
		pid[i] = start(&state);
		killed++;
	}
	for (i = 0; i < PROCESSES; i++)
		waitpid(pid[i], NULL, 0);
	printf("fuzzed: %lu machines made, %lu refused, %lu processes killed\n",
	       count->made, count->failed, killed);
	return count->made ? 0 : 1;
}

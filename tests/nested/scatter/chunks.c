// SPDX-License-Identifier: GPL-2.0
/*
 * chunks PID: print where the 2 MiB chunks of the largest mapping of a process lie
 * in the machine's memory. The largest mapping of a monitor is its guest's memory.
 * The output is "N chunks, N above 4 GiB, N next to their predecessor".
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define CHUNK		(2UL << 20)
#define PFN_MASK	((1ULL << 55) - 1)
#define PRESENT		(1ULL << 63)

static int largest(const char *pid, unsigned long *start, unsigned long *end)
{
	char path[64], line[512];
	unsigned long from, to;
	FILE *f;

	*start = *end = 0;
	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	f = fopen(path, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx", &from, &to) == 2 &&
		    to - from > *end - *start) {
			*start = from;
			*end = to;
		}
	fclose(f);
	return *end ? 0 : -1;
}

int main(int argc, char **argv)
{
	unsigned long start, end, count = 0, high = 0, next = 0;
	uint64_t entry, last = 0;
	char path[64];
	int fd;

	if (argc != 2 || largest(argv[1], &start, &end))
		return 2;
	snprintf(path, sizeof(path), "/proc/%s/pagemap", argv[1]);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 2;
	start = (start + CHUNK - 1) & ~(CHUNK - 1);
	for (; start + CHUNK <= end; start += CHUNK) {
		if (pread(fd, &entry, 8, start / 4096 * 8) != 8)
			return 1;
		if (!(entry & PRESENT))
			continue;
		entry &= PFN_MASK;
		count++;
		high += entry >= 1UL << 20;
		next += entry == last + CHUNK / 4096;
		last = entry;
	}
	close(fd);
	printf("%lu chunks, %lu above 4 GiB, %lu next to their predecessor\n",
	       count, high, next);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * scatter MIB FREE: take MIB of memory in huge pages, give FREE MiB of it back
 * in random order, keep the rest until killed. The huge pages that others get
 * afterwards come from all over the machine, no two of them neighbours.
 * Prints "ready" when done.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB	(1UL << 20)
#define CHUNK	(2 * MIB)

static void shuffle(uint32_t *order, uint32_t count)
{
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t j = random() % (i + 1), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

int main(int argc, char **argv)
{
	unsigned long count, back;
	uint32_t *order;
	char *base;

	if (argc != 3)
		return 2;
	count = strtoul(argv[1], NULL, 10) * MIB / CHUNK;
	back = strtoul(argv[2], NULL, 10) * MIB / CHUNK;
	if (!count || back > count)
		return 2;
	order = calloc(count, sizeof(*order));
	base = mmap(NULL, (count + 1) * CHUNK, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!order || base == MAP_FAILED) {
		perror("scatter");
		return 1;
	}
	base = (char *)(((uintptr_t)base + CHUNK - 1) & ~(CHUNK - 1));
	madvise(base, count * CHUNK, MADV_HUGEPAGE);
	for (unsigned long i = 0; i < count; i++) {
		memset(base + i * CHUNK, 1, CHUNK);
		order[i] = i;
	}
	shuffle(order, count);
	for (unsigned long i = 0; i < back; i++)
		madvise(base + order[i] * CHUNK, CHUNK, MADV_DONTNEED);
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

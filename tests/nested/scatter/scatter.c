// SPDX-License-Identifier: GPL-2.0
/*
 * scatter MIB FREE: allocate MIB of memory in huge pages, free FREE MiB of it in
 * random order, and keep the rest until killed. Prints "ready" when done. The huge
 * pages that other processes get then come from all over the machine, and few adjoin
 * each other.
 *
 * The page allocator merges two free huge pages of the same 4 MiB block, and would
 * then hand them out one after the other. So a second page of a block is freed only
 * when one page of every block is free.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB	(1UL << 20)
#define CHUNK	(2 * MIB)
#define PFN_MASK	((1ULL << 55) - 1)
/* Machine addresses below 64 GiB; the nested host has far less. */
#define MAX_CHUNKS	(1UL << 15)

static void shuffle(uint32_t *order, uint32_t count)
{
	for (uint32_t i = count - 1; i > 0; i--) {
		uint32_t j = random() % (i + 1), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

/* Return: the number of the machine's chunk that is mapped at @p, or -1. */
static long machine_chunk(int pagemap, const char *p)
{
	uint64_t entry;

	if (pread(pagemap, &entry, 8, (uintptr_t)p / 4096 * 8) != 8)
		return -1;
	entry = (entry & PFN_MASK) / (CHUNK / 4096);
	return entry && entry < MAX_CHUNKS ? (long)entry : -1;
}

/*
 * Free up to @back of the @count chunks at @base, in @order. Without @merge, keep
 * chunks whose other half of the block is free already.
 *
 * Return: the number of chunks freed.
 */
static unsigned long give_back(char *base, uint32_t *order, unsigned long count,
			       unsigned long back, bool merge, int pagemap)
{
	static bool given[MAX_CHUNKS];
	unsigned long done = 0;

	for (unsigned long i = 0; i < count && done < back; i++) {
		char *p = base + order[i] * CHUNK;
		long chunk = machine_chunk(pagemap, p);

		/* A chunk that is not mapped was freed in an earlier round. */
		if (chunk < 0 || (given[chunk ^ 1] && !merge))
			continue;
		madvise(p, CHUNK, MADV_DONTNEED);
		given[chunk] = true;
		done++;
	}
	return done;
}

int main(int argc, char **argv)
{
	unsigned long count, back, done;
	uint32_t *order;
	int pagemap;
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
	pagemap = open("/proc/self/pagemap", O_RDONLY);
	if (!order || base == MAP_FAILED || pagemap < 0) {
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
	done = give_back(base, order, count, back, false, pagemap);
	done += give_back(base, order, count, back - done, true, pagemap);
	if (done != back) {
		fprintf(stderr, "scatter: %lu of %lu chunks given back\n",
			done, back);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * memtest MIB ROUNDS: fill MIB of memory with numbers that depend on the address
 * and the round, and read them back. A difference shows if two addresses lead to
 * the same memory, or if one leads to memory of another owner.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define MIB	(1UL << 20)
/* A 32-bit process cannot map all of its memory in one piece. */
#define PIECE	(16 * MIB)
#define PIECES_MAX	4096

static uint32_t number(uint32_t index, uint32_t round)
{
	uint32_t x = index * 2654435761U + round * 40503U;

	return x ^ x >> 15;
}

static void fill(uint32_t *piece, uint32_t first, uint32_t round)
{
	for (uint32_t i = 0; i < PIECE / 4; i++)
		piece[i] = number(first + i, round);
}

static int verify(const uint32_t *piece, uint32_t first, uint32_t round)
{
	for (uint32_t i = 0; i < PIECE / 4; i++) {
		if (piece[i] == number(first + i, round))
			continue;
		printf("memtest: round %u, %p: %08x, not %08x\n", round,
		       (const void *)(piece + i), piece[i],
		       number(first + i, round));
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static uint32_t *pieces[PIECES_MAX];
	unsigned long count, rounds;

	if (argc != 3)
		return 2;
	count = strtoul(argv[1], NULL, 10) * MIB / PIECE;
	rounds = strtoul(argv[2], NULL, 10);
	if (!count || count > PIECES_MAX)
		return 2;
	for (unsigned long i = 0; i < count; i++) {
		pieces[i] = mmap(NULL, PIECE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (pieces[i] == MAP_FAILED) {
			perror("memtest: mmap");
			return 2;
		}
	}
	for (unsigned long round = 0; round < rounds; round++) {
		for (unsigned long i = 0; i < count; i++)
			fill(pieces[i], i * (PIECE / 4), round);
		for (unsigned long i = 0; i < count; i++)
			if (verify(pieces[i], i * (PIECE / 4), round))
				return 1;
	}
	printf("memtest: %lu MiB, %lu rounds, no difference\n",
	       count * (PIECE / MIB), rounds);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin for QEMU's TCG that counts the instructions executed at each address, for
 * tests/bench/profile. It counts in the emulator: the machine behaves the same without
 * it, and under -icount takes the same time.
 *
 *   -plugin profile.so,ask=FIFO
 *
 * Each line written to FIFO names a file. The plugin writes all counts so far to it, as
 * lines "ADDRESS INSTRUCTIONS". A translation block counts at the address of its first
 * instruction; nearly all blocks end where functions do.
 *
 * Debian has no qemu-plugin.h. This file declares the part of the interface that it uses
 * (version 1, that of QEMU 7.2), as described in QEMU's docs/devel/tcg-plugins.
 */
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct qemu_plugin_tb;

#define QEMU_PLUGIN_INLINE_ADD_U64 0

void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
	void (*translated)(uint64_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block,
	int operation, void *counter, uint64_t amount);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);

int qemu_plugin_version = 1;

/* A power of two; a Debian host with a guest has some 300,000 blocks. */
#define COUNTERS (1u << 22)

struct counter {
	uint64_t address;	/* 0: free */
	uint64_t executed;
};

/* Global, as QEMU passes no private pointer to the callbacks. */
static struct counter *counters;

static struct counter *find_counter(uint64_t address)
{
	uint64_t hash = address * 0x9e3779b97f4a7c15 >> 32;
	unsigned int i;

	for (i = 0; i < COUNTERS; i++) {
		struct counter *c = &counters[(hash + i) % COUNTERS];

		if (!c->address)
			c->address = address;
		if (c->address == address)
			return c;
	}
	fprintf(stderr, "profile: more than %u blocks; enlarge COUNTERS\n", COUNTERS);
	exit(1);
}

static void translated(uint64_t id __attribute__((unused)),
		       struct qemu_plugin_tb *block)
{
	struct counter *c = find_counter(qemu_plugin_tb_vaddr(block) ?: 1);

	qemu_plugin_register_vcpu_tb_exec_inline(block, QEMU_PLUGIN_INLINE_ADD_U64,
						 &c->executed,
						 qemu_plugin_tb_n_insns(block));
}

/* Written under another name and renamed: a file with the right name is complete. */
static int write_counts(const char *name)
{
	char partial[PATH_MAX];
	unsigned int i;
	FILE *file;

	if (snprintf(partial, sizeof(partial), "%s.partial", name) >= PATH_MAX)
		return -1;
	file = fopen(partial, "w");
	if (!file)
		return -1;
	for (i = 0; i < COUNTERS; i++) {
		uint64_t n = __atomic_load_n(&counters[i].executed, __ATOMIC_RELAXED);

		if (n)
			fprintf(file, "%016" PRIx64 " %" PRIu64 "\n",
				counters[i].address, n);
	}
	if (fclose(file))
		return -1;
	return rename(partial, name);
}

static void *answer(void *ask)
{
	char name[PATH_MAX];

	while (fgets(name, sizeof(name), ask)) {
		name[strcspn(name, "\n")] = '\0';
		if (write_counts(name))
			perror(name);
	}
	return NULL;
}

int qemu_plugin_install(uint64_t id, const void *info __attribute__((unused)),
			int argc, char **argv)
{
	pthread_t thread;
	FILE *ask;

	if (argc != 1 || strncmp(argv[0], "ask=", 4)) {
		fprintf(stderr, "profile: wanted: ask=FIFO, and nothing else\n");
		return -1;
	}
	/* Open for reading and writing: no end of file between two writers. */
	ask = fopen(argv[0] + 4, "r+");
	if (!ask) {
		perror(argv[0] + 4);
		return -1;
	}
	counters = calloc(COUNTERS, sizeof(*counters));
	if (!counters || pthread_create(&thread, NULL, answer, ask)) {
		fprintf(stderr, "profile: no memory, or no thread\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}

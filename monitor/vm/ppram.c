// SPDX-License-Identifier: GPL-2.0
/*
 * PPRAM: gets the guest's memory from the host in chunks of 2 MiB.
 *
 * The module needs each chunk physically contiguous. Transparent huge pages are, while
 * the host has free blocks of 2 MiB. If it has none left, the host must compact its
 * memory: this is what the retries are for. Users who cannot rely on this reserve huge
 * pages at boot (--hugetlb). The module checks the result, and reports the first chunk
 * that is not contiguous.
 *
 * Children never inherit the mapping (MADV_DONTFORK): a fork would make the pages
 * copy-on-write. A write by the monitor would then get a new page, while the guest
 * keeps the old one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "cgroup.h"
#include "ppram.h"
#include "process/hold.h"

#define MIB		(1ULL << 20)

/* From Linux 6.1 on; missing in the headers of older C libraries. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif
#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB	(21 << 26)
#endif

/* Attempts for one chunk; after the first, the host compacts its memory. */
#define MAX_TRIES	4

#define THP_ENABLED	"/sys/kernel/mm/transparent_hugepage/enabled"
#define COMPACT_MEMORY	"/proc/sys/vm/compact_memory"

static int meminfo(const char *key, uint64_t *value)
{
	size_t len = strlen(key);
	char line[128];
	int ret = -1;
	FILE *f;

	f = fopen("/proc/meminfo", "re");
	if (!f)
		return -1;
	while (ret && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, len) || line[len] != ':')
			continue;
		*value = strtoull(line + len + 1, NULL, 10);
		ret = 0;
	}
	fclose(f);
	return ret;
}

/* Are transparent huge pages available? Return: 0, or -1 with the remedy in @err. */
static int check_thp(struct err *err)
{
	char line[128] = "";
	FILE *f;

	f = fopen(THP_ENABLED, "re");
	if (!f)
		return err_set(err, "this host's kernel has no transparent huge pages (PREEMPT_RT kernels have none): reserve memory with vm.nr_hugepages and use --hugetlb");
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	if (strstr(line, "[never]"))
		return err_set(err, "transparent huge pages are off: write madvise to " THP_ENABLED " or use --hugetlb");
	return 0;
}

/**
 * ppram_check_host() - has the host enough memory?
 * @size:	bytes wanted
 * @hugetlb:	true for pages from hugetlbfs
 * @err:	reason for the failure
 *
 * Finds only obvious causes early, for a clear message. The host may still run out of
 * memory later.
 *
 * Return: 0 or -1.
 */
int ppram_check_host(uint64_t size, bool hugetlb, struct err *err)
{
	unsigned long long mib = size / MIB;
	uint64_t have;

	if (hugetlb) {
		/* HugePages_Free counts pages of the default size; mmap() uses 2 MiB. */
		if (meminfo("Hugepagesize", &have) || have * 1024 != CO_CHUNK_SIZE ||
		    meminfo("HugePages_Free", &have))
			return 0;
		if (size / CO_CHUNK_SIZE > have)
			return err_set(err, "mem=%llu: needs %llu huge pages, %llu are free: raise vm.nr_hugepages or give less mem=",
				       mib,
				       (unsigned long long)(size / CO_CHUNK_SIZE),
				       (unsigned long long)have);
		return 0;
	}
	if (!meminfo("MemAvailable", &have) && size > have * 1024)
		return err_set(err, "mem=%llu: more than the %llu MiB the host has to spare: give less mem= or free memory",
			       mib, (unsigned long long)(have / 1024));
	if (check_thp(err))
		return -1;
	/* Not for hugetlbfs, whose pages are not charged to memory.max. */
	return cgroup_check(CGROUP_SELF, CGROUP_MOUNT, size, err);
}

static void *map_hugetlb(uint64_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB,
		    -1, 0);
}

/* Map one chunk more than @size, and unmap the unaligned ends. */
static void *map_aligned(uint64_t size)
{
	uint64_t all = size + CO_CHUNK_SIZE;
	uint64_t head;
	uint8_t *p;

	p = mmap(NULL, all, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return p;
	head = -(uintptr_t)p & (CO_CHUNK_SIZE - 1);
	if (head)
		munmap(p, head);
	munmap(p + head + size, all - head - size);
	return p + head;
}

/**
 * ppram_map() - map the guest's memory
 * @m:		filled in
 * @size:	bytes, a multiple of CO_CHUNK_SIZE
 * @hugetlb:	true for pages from hugetlbfs
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int ppram_map(struct ppram *m, uint64_t size, bool hugetlb, struct err *err)
{
	void *p = MAP_FAILED;

	if (size == (size_t)size && size + CO_CHUNK_SIZE > size)
		p = hugetlb ? map_hugetlb(size) : map_aligned(size);
	if (p == MAP_FAILED)
		return err_set(err, "mem=%llu: cannot map it: %s: %s",
			       (unsigned long long)(size / MIB),
			       strerror(errno),
			       hugetlb ? "raise vm.nr_hugepages or give less mem=" :
			       "give less mem= or free memory");
	*m = (struct ppram) { .base = p, .size = size, .hugetlb = hugetlb };
	if (madvise(p, size, MADV_DONTFORK) ||
	    madvise(p, size, MADV_DONTDUMP) ||
	    (!hugetlb && madvise(p, size, MADV_HUGEPAGE))) {
		err_set(err, "mem=%llu: madvise: %s: use --hugetlb",
			(unsigned long long)(size / MIB), strerror(errno));
		ppram_unmap(m);
		return -1;
	}
	return 0;
}

/**
 * ppram_unmap() - unmap the guest's memory
 * @m:		PPRAM, mapped or not
 */
void ppram_unmap(struct ppram *m)
{
	if (m->base)
		munmap(m->base, m->size);
	m->base = NULL;
	m->size = 0;
}

/*
 * Needs root; without it the retry has to do. The systemd unit keeps this file
 * writable.
 */
static void compact_host(void)
{
	int fd = open(COMPACT_MEMORY, O_WRONLY | O_CLOEXEC);

	if (fd < 0) {
		msg_info(COMPACT_MEMORY ": %s", strerror(errno));
		return;
	}
	if (write(fd, "1", 1) != 1)
		msg_info(COMPACT_MEMORY ": %s", strerror(errno));
	close(fd);
}

/*
 * Make a chunk a huge page. Return: false if it is not one. Kernels before 6.1 do not
 * have MADV_COLLAPSE (EINVAL): there, only the module can tell.
 */
static bool populate_chunk(uint8_t *chunk)
{
	*(volatile uint8_t *)chunk = 0;
	return !madvise(chunk, CO_CHUNK_SIZE, MADV_COLLAPSE) || errno == EINVAL;
}

static void retry_chunk(uint8_t *chunk, unsigned int try)
{
	if (try)
		compact_host();
	madvise(chunk, CO_CHUNK_SIZE, MADV_DONTNEED);
	populate_chunk(chunk);
}

/* Takes seconds, so it ends early if a signal to end is pending. */
static void populate(const struct ppram *m)
{
	for (uint64_t at = 0; at < m->size && !hold_pending();
	     at += CO_CHUNK_SIZE) {
		for (unsigned int try = 0; try < MAX_TRIES; try++) {
			if (populate_chunk(m->base + at))
				break;
			if (try)
				compact_host();
			madvise(m->base + at, CO_CHUNK_SIZE, MADV_DONTNEED);
		}
	}
}

static int register_error(const struct ppram *m, const struct vm *vm,
			  const struct co_set_mem *arg, int error,
			  struct err *err)
{
	unsigned long long mib = m->size / MIB;

	switch (error) {
	case -ENOBUFS:
		return err_set(err, "mem=%llu: no 2 MiB of contiguous memory for the part at %llu MiB: give less mem=, free memory, or reserve it with vm.nr_hugepages and --hugetlb",
			       mib, (unsigned long long)(arg->bad_chunk / MIB));
	case -ENOMEM:
		return err_set(err, "mem=%llu: the host cannot pin it: raise the limit of locked memory (ulimit -l), or give less mem=",
			       mib);
	case -ERANGE:
		return err_set(err, "mem=%llu: more than this host can map for a guest (at most %llu MiB): give less mem=",
			       mib, (unsigned long long)(vm->info.max_mem / MIB));
	default:
		return err_set(err, "mem=%llu: CO_IOC_SET_MEM: %s: see the kernel log",
			       mib, strerror(-error));
	}
}

/**
 * ppram_register() - fill the memory with huge pages and register it with the module
 * @m:		PPRAM, not touched yet
 * @vm:		the machine
 * @tables_size: filled in: bytes of the module's tables
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int ppram_register(const struct ppram *m, const struct vm *vm,
		   uint64_t *tables_size, struct err *err)
{
	uint64_t budget = MAX_TRIES * (m->size / CO_CHUNK_SIZE);
	uint64_t last = UINT64_MAX;
	unsigned int tries = 0;
	struct co_set_mem arg;
	int error;

	if (!m->hugetlb)
		populate(m);
	for (;;) {
		if (hold_check(err))
			return -1;
		arg = (struct co_set_mem) {
			.user_addr = (uintptr_t)m->base,
			.size = m->size,
		};
		error = vm_set_mem(vm, &arg);
		if (error != -ENOBUFS || m->hugetlb ||
		    arg.bad_chunk >= m->size)
			break;
		tries = arg.bad_chunk == last ? tries + 1 : 0;
		if (tries == MAX_TRIES || !budget--)
			break;
		last = arg.bad_chunk;
		msg_info("memory: the part at %llu MiB is not contiguous: trying again",
			 (unsigned long long)(last / MIB));
		retry_chunk(m->base + last / CO_CHUNK_SIZE * CO_CHUNK_SIZE,
			    tries);
	}
	if (error)
		return register_error(m, vm, &arg, error, err);
	*tables_size = arg.tables_size;
	return 0;
}

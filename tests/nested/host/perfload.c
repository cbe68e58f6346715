// SPDX-License-Identifier: GPL-2.0
/*
 * perfload SECONDS: sample all CPUs of the host with perf's CPU clock, 1,000 times
 * a second, with the kernel and its call chains. Fails if a CPU gave no sample.
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CPUS_MAX	16
#define PAGES		64

static struct perf_event_mmap_page *sample(int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.freq = 1, .sample_freq = 1000,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TID |
			       PERF_SAMPLE_CALLCHAIN,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);
	void *ring;

	if (fd < 0)
		return NULL;
	ring = mmap(NULL, (1 + PAGES) * 4096UL, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	return ring == MAP_FAILED ? NULL : ring;
}

int main(int argc, char **argv)
{
	struct perf_event_mmap_page *ring[CPUS_MAX];
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), i;
	uint64_t bytes[CPUS_MAX] = { 0 };
	int ticks = argc > 1 ? atoi(argv[1]) * 100 : 0;

	if (!ticks || cpus < 1 || cpus > CPUS_MAX)
		return 2;
	for (i = 0; i < cpus; i++) {
		ring[i] = sample(i);
		if (!ring[i]) {
			perror("perf_event_open");
			return 2;
		}
	}
	while (ticks--) {
		usleep(10000);
		for (i = 0; i < cpus; i++) {
			uint64_t head = __atomic_load_n(&ring[i]->data_head,
							__ATOMIC_ACQUIRE);

			bytes[i] += head - ring[i]->data_tail;
			__atomic_store_n(&ring[i]->data_tail, head,
					 __ATOMIC_RELEASE);
		}
	}
	for (i = 0; i < cpus; i++) {
		printf("CPU %ld: %llu bytes of samples\n", i,
		       (unsigned long long)bytes[i]);
		if (!bytes[i])
			return 1;
	}
	return 0;
}

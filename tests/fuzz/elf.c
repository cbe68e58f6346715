// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the ELF loader. An input is a kernel file.
 *
 * The segments of an accepted kernel must lie in the file and within the bounds found.
 * layout.c must find room for the rest above it, or report an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/file.h"
#include "vm/kernel.h"
#include "vm/layout.h"

#define MEM		(64UL << 20)

#define fuzz_assert(cond)	do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_segments(const struct kernel *k, size_t size)
{
	fuzz_assert(k->nr_segs && k->nr_segs <= KERNEL_MAX_SEGS);
	for (unsigned int i = 0; i < k->nr_segs; i++) {
		const struct kernel_seg *seg = &k->segs[i];

		fuzz_assert(seg->filesz <= size &&
			    seg->offset <= size - seg->filesz);
		fuzz_assert(seg->filesz <= seg->memsz);
		fuzz_assert(seg->gpa >= k->start && seg->gpa <= k->end &&
			    seg->memsz <= k->end - seg->gpa);
		for (unsigned int j = 0; j < i; j++) {
			const struct kernel_seg *other = &k->segs[j];

			fuzz_assert(seg->gpa >= other->gpa + other->memsz ||
				    other->gpa >= seg->gpa + seg->memsz);
		}
	}
}

static void check_layout(const struct kernel *k)
{
	struct layout l = {
		.mem_size = MEM,
		.kernel_end = k->end,
		.cmdline_size = 100,
		.tables_size = 8192,
		.initrd_size = 12345,
	};
	struct err err;

	if (layout_make(&l, &err))
		return;
	fuzz_assert(l.area_gpa >= k->end && l.area_gpa + l.area_size <= MEM);
	fuzz_assert(l.initrd_gpa >= l.area_gpa + l.area_size &&
		    l.initrd_gpa + l.initrd_size <= l.end && l.end <= MEM);
}

/* Read the input like the monitor: from a file, once. */
static void *slurp(const uint8_t *data, size_t size, size_t *got)
{
	int fd = memfd_create("kernel", 0);
	struct err err;
	char path[64];
	void *file;

	fuzz_assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = file_slurp(path, KERNEL_FILE_MAX, got, &err);
	fuzz_assert(file && *got == size && !memcmp(file, data, size));
	close(fd);
	return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kernel kernel;
	struct err err;
	size_t got;

	free(slurp(data, size, &got));
	/* libFuzzer's copy ends with the file: the sanitizer finds accesses beyond it. */
	if (kernel_parse(&kernel, data, size, &err)) {
		fuzz_assert(err.text[0]);
		return 0;
	}
	check_segments(&kernel, size);
	check_layout(&kernel);
	return 0;
}

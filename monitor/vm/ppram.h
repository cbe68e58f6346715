/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PPRAM: the guest's memory as the monitor maps it.
 */
#ifndef MONITOR_PPRAM_H
#define MONITOR_PPRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/msg.h"
#include "vm.h"

/**
 * struct ppram - the guest's memory
 * @base:	its address in the monitor, NULL if it is not mapped
 * @size:	its bytes
 * @hugetlb:	true if its pages come from hugetlbfs
 */
struct ppram {
	uint8_t *base;
	uint64_t size;
	bool hugetlb;
};

int ppram_check_host(uint64_t size, bool hugetlb, struct err *err);
int ppram_map(struct ppram *m, uint64_t size, bool hugetlb, struct err *err);
int ppram_register(const struct ppram *m, const struct vm *vm,
		   uint64_t *tables_size, struct err *err);
void ppram_unmap(struct ppram *m);

/**
 * ppram_at() - find a range of guest memory in the monitor
 * @m:		PPRAM
 * @gpa:	address of the range; any value
 * @len:	its bytes; any value
 *
 * Return: its address in the monitor, NULL if it is not completely inside PPRAM.
 */
static inline void *ppram_at(const struct ppram *m, uint64_t gpa, uint64_t len)
{
	if (gpa > m->size || len > m->size - gpa)
		return NULL;
	return m->base + gpa;
}

#endif /* MONITOR_PPRAM_H */

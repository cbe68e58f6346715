/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes of disks, as users write and read them.
 */
#ifndef TOOLS_SIZE_H
#define TOOLS_SIZE_H

#include <stddef.h>
#include <stdint.h>

int size_parse(const char *text, int64_t *bytes);
const char *size_format(int64_t bytes, char *buf, size_t size);

#endif /* TOOLS_SIZE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of what colinux-image create gets.
 */
#ifndef IMAGE_CREATE_H
#define IMAGE_CREATE_H

#include <stdbool.h>

#include "work.h"

bool create_are_packages(const char *text);
bool create_is_key(const char *line);
int create_keys(char *text, const char *path, struct text *keys, struct err *err);

#endif /* IMAGE_CREATE_H */

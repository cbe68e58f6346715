/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parsing of decimal numbers.
 */
#ifndef MONITOR_NUMBER_H
#define MONITOR_NUMBER_H

int number_parse(const char **text, unsigned long max, unsigned long *n);
int number_whole(const char *text, unsigned int max, unsigned int *n);

#endif /* MONITOR_NUMBER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The note in an image: the architecture of its programs.
 */
#ifndef MONITOR_IMAGENOTE_H
#define MONITOR_IMAGENOTE_H

int imagenote_write(int fd, unsigned int arch);
unsigned int imagenote_read(int fd);
unsigned int imagenote_of(const char *path);

#endif /* MONITOR_IMAGENOTE_H */

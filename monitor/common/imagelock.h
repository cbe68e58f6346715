/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locks of disk images: one writer, or any number of readers.
 */
#ifndef MONITOR_IMAGELOCK_H
#define MONITOR_IMAGELOCK_H

int imagelock_writer(int fd);
int imagelock_reader(int fd);

#endif /* MONITOR_IMAGELOCK_H */

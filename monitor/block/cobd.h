/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cobd: the guest's disks, one device for each.
 */
#ifndef MONITOR_COBD_H
#define MONITOR_COBD_H

#include "aio.h"
#include "device/device.h"
#include "image.h"

/* Requests of one disk in flight at most; the others wait in the ring. */
#define COBD_INFLIGHT	128

struct device *cobd_make(unsigned int unit, struct aio *aio, struct err *err);
int cobd_open(struct device *dev, const char *path, unsigned int how,
	      struct err *err);
int cobd_take(struct device *dev, const char *path, int fd,
	      unsigned int how, struct err *err);
int cobd_overlay(struct device *dev, const char *path, struct err *err);
void cobd_let_go(struct device *dev);
const struct image *cobd_image(struct device *dev);
int cobd_resize(struct device *dev, uint64_t bytes, struct err *err);
void cobd_remove(struct device *dev);

#endif /* MONITOR_COBD_H */

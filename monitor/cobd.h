/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cobd: the guest's disks.
 */
#ifndef MONITOR_COBD_H
#define MONITOR_COBD_H

#include "aio.h"
#include "device.h"

/* Requests of one disk that are under way at once; the others wait in the ring. */
#define COBD_INFLIGHT	128

struct device *cobd_open(unsigned int unit, const char *path, bool ro,
			 bool share, struct aio *aio, struct err *err);
uint64_t cobd_bytes(struct device *dev);

#endif /* MONITOR_COBD_H */

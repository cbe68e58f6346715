/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cocon: the guest's console.
 */
#ifndef MONITOR_COCON_H
#define MONITOR_COCON_H

#include "device.h"
#include "params.h"
#include "tty.h"

struct device *cocon_open(const struct params *params, struct loop *loop,
			  void (*key)(void *arg, enum tty_key key), void *arg,
			  struct err *err);
int cocon_start(struct device *dev, struct err *err);
void cocon_window(struct device *dev);

#endif /* MONITOR_COCON_H */

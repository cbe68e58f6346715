/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cocon: the guest's console device.
 */
#ifndef MONITOR_COCON_H
#define MONITOR_COCON_H

#include "common/params.h"
#include "console.h"
#include "device/device.h"
#include "tty.h"

struct device *cocon_open(const struct params *params, struct loop *loop,
			  void (*key)(void *arg, char key), void *arg,
			  struct err *err);
int cocon_start(struct device *dev, struct err *err);
void cocon_window(struct device *dev);
void cocon_resize(struct device *dev, unsigned int cols, unsigned int rows);
void cocon_size(struct device *dev, unsigned int *cols, unsigned int *rows);
struct console *cocon_console(struct device *dev);
bool cocon_opened(struct device *dev);

#endif /* MONITOR_COCON_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * conet: the guest's network interfaces.
 */
#ifndef MONITOR_CONET_H
#define MONITOR_CONET_H

#include "common/params.h"
#include "conet_back.h"
#include "device/device.h"

int conet_check(const struct params *params, unsigned int unit,
		struct loop *loop, struct err *err);
struct device *conet_open(const struct params *params, unsigned int unit,
			  struct loop *loop, struct err *err);
struct device *conet_make(struct conet_back *back,
			  const uint8_t mac[MAC_BYTES], struct loop *loop);

bool conet_link(struct device *dev);
const char *conet_host(struct device *dev);
void conet_plug(struct device *dev, bool in);

#endif /* MONITOR_CONET_H */

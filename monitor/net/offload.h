/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The offload header of a frame: converts between the fields of the guest's queue
 * entries and the struct virtio_net_hdr of a TAP.
 */
#ifndef MONITOR_OFFLOAD_H
#define MONITOR_OFFLOAD_H

#include <linux/virtio_net.h>
#include <stdint.h>

#include <colinux/ring.h>

int offload_from_guest(struct virtio_net_hdr *hdr, const struct co_sub *sub,
		       uint32_t features, uint32_t len);
void offload_to_guest(struct co_comp *comp, const struct virtio_net_hdr *hdr);

#endif /* MONITOR_OFFLOAD_H */

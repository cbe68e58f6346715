// SPDX-License-Identifier: GPL-2.0
/*
 * The offload header of a frame. See offload.h, and <colinux/dev.h> for its
 * form in the queue.
 *
 * The guest's header is checked against the features it was offered and against the
 * length of the frame. So each offset that the host's kernel gets is inside the frame.
 * The data of the frame is not checked: the guest could still change it.
 */
#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdbool.h>

#include <colinux/dev.h>

#include "offload.h"

#define TCP_HEADER	20
#define TCP_CSUM	16	/* offset of the checksum in it */
#define CSUM_BYTES	2

/**
 * struct offload - the header in this machine's byte order
 * @flags:	VIRTIO_NET_HDR_F_*
 * @type:	VIRTIO_NET_HDR_GSO_*
 * @hdr_len:	bytes of all headers
 * @gso_size:	bytes of a segment's data
 * @csum_start:	offset in the frame at which the checksum begins
 * @csum_offset: offset from there at which the checksum is stored
 */
struct offload {
	unsigned int flags;
	unsigned int type;
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
};

static bool csum_ok(const struct offload *o, uint32_t features, uint32_t len)
{
	return features & CO_NET_F_CSUM && o->csum_start >= ETH_HLEN &&
	       (uint32_t)o->csum_start + o->csum_offset + CSUM_BYTES <= len;
}

static bool gso_ok(const struct offload *o, uint32_t features, uint32_t len)
{
	uint32_t wanted;

	switch (o->type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		wanted = CO_NET_F_TSO4;
		break;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		wanted = CO_NET_F_TSO6;
		break;
	default:
		return false;
	}
	/* hdr_len is only a hint: a value that is too small costs time. */
	return features & wanted && o->gso_size &&
	       o->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	       o->csum_offset == TCP_CSUM &&
	       (uint32_t)o->csum_start + TCP_HEADER <= len && o->hdr_len <= len;
}

static bool offload_ok(const struct offload *o, uint32_t features, uint32_t len)
{
	if (o->flags & ~VIRTIO_NET_HDR_F_NEEDS_CSUM)
		return false;
	if (o->flags && !csum_ok(o, features, len))
		return false;
	return o->type == VIRTIO_NET_HDR_GSO_NONE || gso_ok(o, features, len);
}

/**
 * offload_from_guest() - convert the header of a frame that the guest sends
 * @hdr:	filled in; fields without a meaning are 0
 * @sub:	a copy of the frame's first entry
 * @features:	CO_NET_F_* that the guest was offered
 * @len:	bytes of the frame
 *
 * Return: 0, or -EINVAL if the header does not fit the frame or the features.
 */
int offload_from_guest(struct virtio_net_hdr *hdr, const struct co_sub *sub,
		       uint32_t features, uint32_t len)
{
	const struct offload o = {
		.flags = sub->opflags,
		.type = sub->op,
		.hdr_len = sub->arg,
		.gso_size = sub->arg >> 16,
		.csum_start = sub->arg >> 32,
		.csum_offset = sub->arg >> 48,
	};

	if (sub->arg2 != len || !offload_ok(&o, features, len))
		return -EINVAL;

	*hdr = (struct virtio_net_hdr) { .flags = o.flags, .gso_type = o.type };
	if (o.flags) {
		hdr->csum_start = htole16(o.csum_start);
		hdr->csum_offset = htole16(o.csum_offset);
	}
	if (o.type != VIRTIO_NET_HDR_GSO_NONE) {
		hdr->hdr_len = htole16(o.hdr_len);
		hdr->gso_size = htole16(o.gso_size);
	}
	return 0;
}

/**
 * offload_to_guest() - convert the header of a frame for the guest
 * @comp:	its first entry; the header's fields are filled in
 * @hdr:	the header
 */
void offload_to_guest(struct co_comp *comp, const struct virtio_net_hdr *hdr)
{
	comp->op = hdr->gso_type;
	comp->opflags = hdr->flags;
	comp->arg = le16toh(hdr->hdr_len) |
		    (uint64_t)le16toh(hdr->gso_size) << 16 |
		    (uint64_t)le16toh(hdr->csum_start) << 32 |
		    (uint64_t)le16toh(hdr->csum_offset) << 48;
}

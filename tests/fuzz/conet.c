// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the monitor's end of conet. The guest is that of guest.h; the input
 * decides what the backend sends and receives.
 */
#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>

#include "guest.h"
#include "net/conet.h"

#define FRAME_MAX	65600

/**
 * struct world - the backend
 * @back:	conet's view of it
 * @hdr:	offload header of the next frame for the guest
 * @len:	length of this frame with its header; 0 if there is none
 * @busy:	true while the backend takes no frames
 * @freed:	true once the device has gone
 */
struct world {
	struct conet_back back;
	struct virtio_net_hdr hdr;
	size_t len;
	bool busy;
	bool freed;
};

static struct world world;
static volatile uint8_t sink;

/* A header for the host's kernel: every offset must be inside the frame. */
static void check_header(const struct virtio_net_hdr *hdr, size_t len)
{
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)
		fuzz_assert((size_t)le16toh(hdr->csum_start) +
			    le16toh(hdr->csum_offset) + 2 <= len);
	if (hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		fuzz_assert(hdr->gso_size && le16toh(hdr->hdr_len) <= len);
}

static int world_send(struct conet_back *back __attribute__((unused)),
		      const struct iovec *iov, unsigned int nr, size_t len)
{
	size_t sum = 0;

	if (world.busy)
		return -EAGAIN;
	check_header(iov[0].iov_base, len);
	for (unsigned int i = 1; i < nr; i++) {
		const uint8_t *p = iov[i].iov_base;

		sum += iov[i].iov_len;
		for (size_t at = 0; at < iov[i].iov_len; at += 64)
			sink += p[at];
		if (iov[i].iov_len)
			sink += p[iov[i].iov_len - 1];
	}
	fuzz_assert(sum == len && len >= ETH_HLEN);
	return 0;
}

static ssize_t world_recv(struct conet_back *back __attribute__((unused)),
			  const struct iovec *iov, unsigned int nr)
{
	size_t left = world.len, part;

	if (!left)
		return -EAGAIN;
	fuzz_assert(iov[0].iov_len == sizeof(world.hdr));
	memcpy(iov[0].iov_base, &world.hdr, sizeof(world.hdr));
	left -= left < sizeof(world.hdr) ? left : sizeof(world.hdr);
	for (unsigned int i = 1; i < nr && left; i++) {
		part = left < iov[i].iov_len ? left : iov[i].iov_len;
		memset(iov[i].iov_base, 0x55, part);
		left -= part;
	}
	/* conet must offer room for the longest frame. */
	fuzz_assert(!left);
	part = world.len;
	world.len = 0;
	return part;
}

static void world_free(struct conet_back *back __attribute__((unused)))
{
	fuzz_assert(!world.freed);
	world.freed = true;
}

static const struct conet_back_ops world_ops = {
	.send = world_send,
	.recv = world_recv,
	.free = world_free,
};

static void frame_comes(struct fuzz_guest *g)
{
	world.hdr.flags = fuzz_number(g, 1);
	world.hdr.gso_type = fuzz_number(g, 1);
	world.hdr.gso_size = fuzz_number(g, 2);
	world.len = 1 + fuzz_number(g, 2) % FRAME_MAX;
	world.back.ready(&world.back);
}

static void something_happens(struct fuzz_guest *g)
{
	if (world.freed)
		return;
	switch (fuzz_number(g, 1) % 4) {
	case 0:
		world.busy = !world.busy;
		world.back.ready(&world.back);
		break;
	case 1:
		world.back.link = !world.back.link;
		world.back.changed(&world.back);
		break;
	default:
		frame_comes(g);
	}
	fuzz_run(g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t mac[MAC_BYTES] = { 2, 0, 0, 0, 0, 1 };
	struct fuzz_guest g;

	world = (struct world) {
		.back = {
			.ops = &world_ops,
			.features = CO_NET_F_CSUM | CO_NET_F_TSO4,
			.mtu = 1500,
			.link = true,
		},
	};
	fuzz_init(&g, data, size);
	g.world = something_happens;
	fuzz_attach(&g, conet_make(&world.back, mac, &g.loop));
	fuzz_play(&g);
	world.busy = false;
	g.dev->ops->drained(g.dev);
	g.dev->ops->free(g.dev);
	fuzz_assert(world.freed);
	loop_free(&g.loop);
	return 0;
}

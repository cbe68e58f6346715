// SPDX-License-Identifier: GPL-2.0
/*
 * conet: network interfaces, eth0 and following, as a NAPI driver.
 *
 * The way of a frame out: conet_start_xmit() puts the gpas of its pages on the TX
 * queue. conet_poll() frees the skb after the monitor has sent the frame.
 *
 * The way of a frame in: the RX queue is full of empty pages. The monitor fills as
 * many as the frame needs. conet_poll() copies a small frame, and attaches the
 * pages of a larger one to an skb. A page leaves the queue only if another takes
 * its place. So a lack of memory costs frames, never buffers, and the queue never
 * has to be restarted.
 *
 * While NAPI polls, the event indices are not updated, so neither queue
 * interrupts. The offload header is virtio's. So the kernel's helpers for virtio
 * write the header of TX frames, and check that of RX frames.
 */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/if_vlan.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/virtio_net.h>
#include "bus.h"
#include "ring.h"

#define CONET_COPY	256	/* most bytes of a frame that is copied */
#define CONET_TX_SEGS	(MAX_SKB_FRAGS + 1)
#define CONET_MTU_MAX	9000

static_assert(CONET_TX_SEGS <= CO_NET_SEGS_MAX);

/**
 * struct conet_stats - counters for ethtool
 * @polls:	number of polls by NAPI
 * @tx_kicks:	number of kicks of the TX queue
 * @tx_stops:	number of times that the TX queue became full
 * @rx_kicks:	number of kicks of the RX queue
 * @rx_no_page:	number of RX buffers dropped because there was no free page
 * @rx_copied:	number of RX frames copied
 */
struct conet_stats {
	unsigned long polls;
	unsigned long tx_kicks;
	unsigned long tx_stops;
	unsigned long rx_kicks;
	unsigned long rx_no_page;
	unsigned long rx_copied;
};

/**
 * struct conet_frame - a frame that is being received
 * @open:	true after the first buffer of the frame, until the last
 * @bad:	true if the frame will be dropped
 * @skb:	the part received so far; NULL if it could not be allocated
 * @first:	first completion of the frame, with the offload header
 */
struct conet_frame {
	bool open;
	bool bad;
	struct sk_buff *skb;
	struct co_comp first;
};

/**
 * struct conet - an interface
 * @cdev:	device
 * @netdev:	network device
 * @napi:	NAPI context, for both queues
 * @tx:		queue of frames to send; the TX lock protects the submitting
 *		side, NAPI alone uses the completing side
 * @tx_skbs:	frame of each request id
 * @tx_sent:	number of frames submitted; request ids are used in turn
 * @tx_done:	number of frames completed
 * @rx:		queue of buffers for received frames; used by NAPI alone
 * @rx_pages:	buffer of each request id
 * @frame:	frame that is being received
 * @stats:	counters for ethtool
 */
struct conet {
	struct co_device *cdev;
	struct net_device *netdev;
	struct napi_struct napi;

	struct co_ring tx;
	struct sk_buff **tx_skbs;
	u32 tx_sent;
	u32 tx_done;

	struct co_ring rx;
	struct page **rx_pages;
	struct conet_frame frame;

	struct conet_stats stats;
};

static void conet_kick(struct co_ring *ring, unsigned long *count)
{
	if (!co_ring_wants_kick(ring))
		return;

	(*count)++;
	co_ring_kick(ring);
}

/* Transmit */

static u32 conet_tx_id(const struct conet *net)
{
	return net->tx_sent & (net->tx.size - 1);
}

/* Is there room for a frame with the most segments? */
static bool conet_tx_room(struct conet *net)
{
	return !co_ring_busy(&net->tx, conet_tx_id(net)) &&
	       co_ring_space(&net->tx) >= CONET_TX_SEGS;
}

/* Fills in the offload header, in the first entry of a frame. */
static int conet_tx_header(const struct sk_buff *skb, struct co_sub *sub)
{
	struct virtio_net_hdr hdr;
	int err;

	err = virtio_net_hdr_from_skb(skb, &hdr, true, false, 0);
	if (err)
		return err;

	sub->op = hdr.gso_type;
	sub->opflags = hdr.flags;
	sub->arg = __virtio16_to_cpu(true, hdr.hdr_len) |
		   (u64)__virtio16_to_cpu(true, hdr.gso_size) << 16 |
		   (u64)__virtio16_to_cpu(true, hdr.csum_start) << 32 |
		   (u64)__virtio16_to_cpu(true, hdr.csum_offset) << 48;
	sub->arg2 = skb->len;
	return 0;
}

static void conet_tx_add(struct conet *net, struct sk_buff *skb,
			 struct co_sub *sub)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	const skb_frag_t *frag;
	u32 i;

	net->tx_skbs[sub->id] = skb;
	WRITE_ONCE(net->tx_sent, net->tx_sent + 1);

	sub->addr = virt_to_phys(skb->data);
	sub->len = skb_headlen(skb);
	for (i = 0; i < info->nr_frags; i++) {
		sub->flags = CO_SUB_MORE;
		co_ring_add(&net->tx, sub);

		frag = &info->frags[i];
		sub->addr = page_to_phys(skb_frag_page(frag)) +
			    skb_frag_off(frag);
		sub->len = skb_frag_size(frag);
	}
	sub->flags = 0;
	co_ring_add(&net->tx, sub);
	co_ring_publish(&net->tx);
}

static netdev_tx_t conet_start_xmit(struct sk_buff *skb,
				    struct net_device *netdev)
{
	struct netdev_queue *queue = netdev_get_tx_queue(netdev, 0);
	struct conet *net = netdev_priv(netdev);
	struct co_sub sub = { .id = conet_tx_id(net) };
	bool kick = !netdev_xmit_more();

	if (unlikely(!conet_tx_room(net))) {
		netif_tx_stop_queue(queue);
		return NETDEV_TX_BUSY;
	}

	if (unlikely(conet_tx_header(skb, &sub))) {
		netdev->stats.tx_dropped++;
		dev_kfree_skb_any(skb);
	} else {
		skb_tx_timestamp(skb);
		kick = __netdev_tx_sent_queue(queue, skb->len, !kick);
		conet_tx_add(net, skb, &sub);
	}

	if (!conet_tx_room(net)) {
		net->stats.tx_stops++;
		netif_tx_stop_queue(queue);
		kick = true;
	}
	if (kick)
		conet_kick(&net->tx, &net->stats.tx_kicks);
	return NETDEV_TX_OK;
}

static void conet_tx_answer(struct conet *net, const struct co_comp *comp,
			    int budget)
{
	struct sk_buff *skb = net->tx_skbs[comp->id];

	if (comp->status)
		net->netdev->stats.tx_errors++;
	else
		dev_sw_netstats_tx_add(net->netdev, 1, skb->len);
	napi_consume_skb(skb, budget);
}

static void conet_tx_reap(struct conet *net, int budget)
{
	struct netdev_queue *queue = netdev_get_tx_queue(net->netdev, 0);
	unsigned int frames = 0, bytes = 0;
	struct co_comp comp;

	while (co_ring_get(&net->tx, &comp)) {
		frames++;
		bytes += net->tx_skbs[comp.id]->len;
		conet_tx_answer(net, &comp, budget);
	}
	if (!frames)
		return;

	net->tx_done += frames;
	netdev_tx_completed_queue(queue, frames, bytes);

	/* conet_start_xmit() also checks and stops the queue under this lock. */
	__netif_tx_lock(queue, smp_processor_id());
	if (netif_tx_queue_stopped(queue) && conet_tx_room(net))
		netif_tx_wake_queue(queue);
	__netif_tx_unlock(queue);
}

/*
 * It is not urgent to free sent frames. So ask for an interrupt only when three
 * quarters of the frames in flight are complete.
 */
static bool conet_tx_rearm(struct conet *net)
{
	u32 inflight = READ_ONCE(net->tx_sent) - net->tx_done;

	return co_ring_rearm(&net->tx, inflight * 3 / 4);
}

/* Receive */

static void conet_rx_post(struct conet *net, u32 id)
{
	struct co_sub sub = {
		.addr = page_to_phys(net->rx_pages[id]),
		.len = PAGE_SIZE,
		.id = id,
		.flags = CO_SUB_WRITE,
	};

	if (!co_ring_space(&net->rx))
		return;

	co_ring_add(&net->rx, &sub);
	co_ring_publish(&net->rx);
}

static void conet_frame_begin(struct conet *net, const struct co_comp *comp)
{
	struct conet_frame *frame = &net->frame;

	frame->open = true;
	frame->first = *comp;
	frame->skb = napi_alloc_skb(&net->napi, CONET_COPY);
	frame->bad = !frame->skb;
}

/* Attaches @bytes of a buffer's page to the frame; the buffer gets a new page. */
static bool conet_frame_attach(struct conet *net, u32 id, u32 offset, u32 bytes)
{
	struct sk_buff *skb = net->frame.skb;
	struct page *page;

	if (skb_shinfo(skb)->nr_frags == MAX_SKB_FRAGS)
		return false;

	page = dev_alloc_page();
	if (!page) {
		net->stats.rx_no_page++;
		return false;
	}
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, net->rx_pages[id],
			offset, bytes, PAGE_SIZE);
	net->rx_pages[id] = page;
	return true;
}

/*
 * Copies a small frame, but only the Ethernet header of a larger one: the network
 * stack pulls further headers itself, and GRO can merge data that is in pages.
 */
static bool conet_frame_add(struct conet *net, const struct co_comp *comp)
{
	struct sk_buff *skb = net->frame.skb;
	u32 copy = 0;

	if (!skb->len) {
		copy = min_t(u32, comp->len, ETH_HLEN);
		if (comp->len <= CONET_COPY && !(comp->flags & CO_COMP_MORE))
			copy = comp->len;
		skb_put_data(skb, page_address(net->rx_pages[comp->id]), copy);
	}
	if (copy == comp->len) {
		net->stats.rx_copied++;
		return true;
	}
	return conet_frame_attach(net, comp->id, copy, comp->len - copy);
}

static bool conet_offload_agreed(const struct conet *net,
				 const struct virtio_net_hdr *hdr)
{
	u32 features = net->cdev->config.features;

	if ((hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) &&
	    !(features & CO_NET_F_GUEST_CSUM))
		return false;

	switch (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_NONE:
		return true;
	case VIRTIO_NET_HDR_GSO_TCPV4:
		return features & CO_NET_F_GUEST_TSO4;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		return features & CO_NET_F_GUEST_TSO6;
	default:
		return false;
	}
}

static bool conet_frame_offload(struct conet *net)
{
	const struct co_comp *comp = &net->frame.first;
	struct sk_buff *skb = net->frame.skb;
	struct virtio_net_hdr hdr = {
		.flags = comp->opflags,
		.gso_type = comp->op,
		.hdr_len = __cpu_to_virtio16(true, comp->arg),
		.gso_size = __cpu_to_virtio16(true, comp->arg >> 16),
		.csum_start = __cpu_to_virtio16(true, comp->arg >> 32),
		.csum_offset = __cpu_to_virtio16(true, comp->arg >> 48),
	};

	if (comp->op > U8_MAX || comp->opflags > U8_MAX ||
	    !conet_offload_agreed(net, &hdr))
		return false;

	if (hdr.flags & VIRTIO_NET_HDR_F_DATA_VALID)
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	return !virtio_net_hdr_to_skb(skb, &hdr, true);
}

static bool conet_frame_good(struct conet *net)
{
	struct conet_frame *frame = &net->frame;

	return !frame->bad && frame->skb->len == frame->first.arg2 &&
	       pskb_may_pull(frame->skb, ETH_HLEN) && conet_frame_offload(net);
}

static void conet_frame_end(struct conet *net)
{
	struct sk_buff *skb = net->frame.skb;

	net->frame.open = false;
	if (unlikely(!conet_frame_good(net))) {
		net->netdev->stats.rx_errors++;
		dev_kfree_skb(skb);
		return;
	}

	dev_sw_netstats_rx_add(net->netdev, skb->len);
	skb->protocol = eth_type_trans(skb, net->netdev);
	napi_gro_receive(&net->napi, skb);
}

static void conet_rx_answer(struct conet *net, const struct co_comp *comp)
{
	struct conet_frame *frame = &net->frame;

	if (unlikely(comp->len > PAGE_SIZE)) {
		co_ring_break(&net->rx, "overran a buffer", comp->len);
		return;
	}

	if (!frame->open)
		conet_frame_begin(net, comp);
	if (comp->status || (!frame->bad && !conet_frame_add(net, comp)))
		frame->bad = true;

	conet_rx_post(net, comp->id);
	if (!(comp->flags & CO_COMP_MORE))
		conet_frame_end(net);
}

/* The budget counts buffers, not frames: a monitor may never end a frame. */
static int conet_rx_reap(struct conet *net, int budget)
{
	struct co_comp comp;
	int work = 0;

	while (work < budget && co_ring_get(&net->rx, &comp)) {
		conet_rx_answer(net, &comp);
		work++;
	}
	if (work)
		conet_kick(&net->rx, &net->stats.rx_kicks);
	return work;
}

/* Drops the frames that came while the interface was down. */
static void conet_rx_flush(struct conet *net)
{
	struct co_comp comp;

	while (co_ring_get(&net->rx, &comp))
		conet_rx_post(net, comp.id);
	conet_kick(&net->rx, &net->stats.rx_kicks);

	if (net->frame.open)
		dev_kfree_skb(net->frame.skb);
	net->frame.open = false;
}

/* Both */

static bool conet_rearm(struct conet *net)
{
	bool tx = conet_tx_rearm(net);
	bool rx = co_ring_rearm(&net->rx, 0);

	return tx && rx;
}

static int conet_poll(struct napi_struct *napi, int budget)
{
	struct conet *net = container_of(napi, struct conet, napi);
	int work;

	net->stats.polls++;
	conet_tx_reap(net, budget);
	work = conet_rx_reap(net, budget);

	if (work < budget && napi_complete_done(napi, work) &&
	    !conet_rearm(net))
		napi_schedule(napi);
	return work;
}

static irqreturn_t conet_interrupt(int irq, void *data)
{
	struct conet *net = data;

	napi_schedule(&net->napi);
	return IRQ_HANDLED;
}

static int conet_open(struct net_device *netdev)
{
	struct conet *net = netdev_priv(netdev);

	conet_rx_flush(net);
	napi_enable(&net->napi);
	netif_start_queue(netdev);

	/* Only conet_poll() asks for interrupts, so let it run once. */
	local_bh_disable();
	napi_schedule(&net->napi);
	local_bh_enable();
	return 0;
}

static int conet_stop(struct net_device *netdev)
{
	struct conet *net = netdev_priv(netdev);

	netif_tx_disable(netdev);
	napi_disable(&net->napi);
	return 0;
}

static const struct net_device_ops conet_ops = {
	.ndo_open		= conet_open,
	.ndo_stop		= conet_stop,
	.ndo_start_xmit		= conet_start_xmit,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_get_stats64	= dev_get_tstats64,
};

static const struct conet_counter {
	char name[ETH_GSTRING_LEN];
	size_t offset;
} conet_counters[] = {
	{ "polls",	offsetof(struct conet_stats, polls) },
	{ "tx_kicks",	offsetof(struct conet_stats, tx_kicks) },
	{ "tx_stops",	offsetof(struct conet_stats, tx_stops) },
	{ "rx_kicks",	offsetof(struct conet_stats, rx_kicks) },
	{ "rx_no_page",	offsetof(struct conet_stats, rx_no_page) },
	{ "rx_copied",	offsetof(struct conet_stats, rx_copied) },
};

static void conet_get_drvinfo(struct net_device *netdev,
			      struct ethtool_drvinfo *info)
{
	struct conet *net = netdev_priv(netdev);

	strscpy(info->driver, "conet", sizeof(info->driver));
	strscpy(info->bus_info, dev_name(&net->cdev->dev),
		sizeof(info->bus_info));
}

static int conet_get_sset_count(struct net_device *netdev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(conet_counters) : -EOPNOTSUPP;
}

static void conet_get_strings(struct net_device *netdev, u32 set, u8 *data)
{
	u32 i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < ARRAY_SIZE(conet_counters); i++)
		ethtool_sprintf(&data, "%s", conet_counters[i].name);
}

static void conet_get_stats(struct net_device *netdev,
			    struct ethtool_stats *stats, u64 *data)
{
	struct conet *net = netdev_priv(netdev);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(conet_counters); i++)
		data[i] = *(unsigned long *)((void *)&net->stats +
					     conet_counters[i].offset);
}

static const struct ethtool_ops conet_ethtool_ops = {
	.get_drvinfo		= conet_get_drvinfo,
	.get_link		= ethtool_op_get_link,
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_sset_count		= conet_get_sset_count,
	.get_strings		= conet_get_strings,
	.get_ethtool_stats	= conet_get_stats,
};

static void conet_set_features(struct net_device *netdev, u32 features)
{
	netdev->hw_features = 0;
	if (features & CO_NET_F_CSUM)
		netdev->hw_features |= NETIF_F_HW_CSUM | NETIF_F_SG;
	if (features & CO_NET_F_TSO4)
		netdev->hw_features |= NETIF_F_TSO;
	if (features & CO_NET_F_TSO6)
		netdev->hw_features |= NETIF_F_TSO6;

	netdev->features = netdev->hw_features | NETIF_F_HIGHDMA |
			   NETIF_F_GSO_ROBUST;
	if (features & CO_NET_F_GUEST_CSUM)
		netdev->features |= NETIF_F_RXCSUM;
	netdev->vlan_features = netdev->features;
}

static bool conet_config_valid(const struct co_dev *config)
{
	const struct co_dev_conet *cn = &config->conet;

	return is_valid_ether_addr(cn->mac) && cn->mtu >= ETH_MIN_MTU &&
	       cn->mtu <= CONET_MTU_MAX &&
	       config->queue_size[CO_CONET_TX] >= CONET_TX_SEGS;
}

static void conet_set_netdev(struct conet *net)
{
	const struct co_dev *config = &net->cdev->config;
	struct net_device *netdev = net->netdev;

	SET_NETDEV_DEV(netdev, &net->cdev->dev);
	snprintf(netdev->name, sizeof(netdev->name), "eth%u", config->unit);
	netdev->netdev_ops = &conet_ops;
	netdev->ethtool_ops = &conet_ethtool_ops;
	netdev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	netdev->mtu = config->conet.mtu;
	netdev->max_mtu = config->conet.mtu;
	eth_hw_addr_set(netdev, config->conet.mac);
	conet_set_features(netdev, config->features);
}

/* A monitor that violated the protocol may still write to pages that it has. */
static bool conet_rx_lost(struct conet *net, u32 id)
{
	return co_ring_broken(&net->rx) && co_ring_busy(&net->rx, id);
}

static void conet_free_rx(struct conet *net)
{
	u32 id;

	if (net->frame.open)
		dev_kfree_skb(net->frame.skb);
	for (id = 0; id < net->rx.size && net->rx_pages[id]; id++)
		if (!conet_rx_lost(net, id))
			__free_page(net->rx_pages[id]);
	kfree(net->rx_pages);
	co_ring_exit(&net->rx);
}

static int conet_alloc_rx(struct conet *net)
{
	u32 id;
	int err;

	err = co_ring_init(&net->rx, &net->cdev->config, CO_CONET_RX,
			   net->cdev);
	if (err)
		return err;

	net->rx_pages = kcalloc(net->rx.size, sizeof(*net->rx_pages),
				GFP_KERNEL);
	if (!net->rx_pages)
		goto err_ring;

	for (id = 0; id < net->rx.size; id++) {
		net->rx_pages[id] = alloc_page(GFP_KERNEL);
		if (!net->rx_pages[id])
			goto err_rx;
	}
	return 0;

err_rx:
	conet_free_rx(net);
	return -ENOMEM;
err_ring:
	co_ring_exit(&net->rx);
	return -ENOMEM;
}

static int conet_alloc_tx(struct conet *net)
{
	int err;

	err = co_ring_init(&net->tx, &net->cdev->config, CO_CONET_TX,
			   net->cdev);
	if (err)
		return err;

	net->tx_skbs = kcalloc(net->tx.size, sizeof(*net->tx_skbs), GFP_KERNEL);
	if (net->tx_skbs)
		return 0;

	co_ring_exit(&net->tx);
	return -ENOMEM;
}

static void conet_free_tx(struct conet *net)
{
	u32 id;

	for (id = 0; id < net->tx.size; id++)
		if (co_ring_busy(&net->tx, id))
			dev_kfree_skb(net->tx_skbs[id]);
	kfree(net->tx_skbs);
	co_ring_exit(&net->tx);
}

/* Makes an interface, but does not add it to the system. */
static struct conet *conet_new(struct co_device *cdev)
{
	struct net_device *netdev;
	struct conet *net;
	int err;

	netdev = alloc_etherdev(sizeof(*net));
	if (!netdev)
		return ERR_PTR(-ENOMEM);

	net = netdev_priv(netdev);
	net->cdev = cdev;
	net->netdev = netdev;
	conet_set_netdev(net);
	netif_napi_add(netdev, &net->napi, conet_poll);

	err = -ENOMEM;
	netdev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!netdev->tstats)
		goto err_netdev;

	err = conet_alloc_tx(net);
	if (err)
		goto err_stats;

	err = conet_alloc_rx(net);
	if (err)
		goto err_tx;
	return net;

err_tx:
	conet_free_tx(net);
err_stats:
	free_percpu(netdev->tstats);
err_netdev:
	free_netdev(netdev);
	return ERR_PTR(err);
}

static void conet_free(struct conet *net)
{
	conet_free_rx(net);
	conet_free_tx(net);
	free_percpu(net->netdev->tstats);
	free_netdev(net->netdev);
}

static void conet_set_carrier(struct conet *net)
{
	if (net->cdev->config.conet.status & CO_NET_LINK_UP)
		netif_carrier_on(net->netdev);
	else
		netif_carrier_off(net->netdev);
}

/*
 * Buffers that the monitor has cannot be freed. So post them when nothing can fail
 * any more, but before the interface can be opened.
 */
static int conet_register(struct conet *net)
{
	u32 id;
	int err;

	rtnl_lock();
	netif_carrier_off(net->netdev);
	err = register_netdevice(net->netdev);
	if (err)
		goto out;

	for (id = 0; id < net->rx.size; id++)
		conet_rx_post(net, id);
	conet_kick(&net->rx, &net->stats.rx_kicks);
out:
	rtnl_unlock();
	return err;
}

static int conet_probe(struct co_device *cdev)
{
	struct conet *net;
	int err;

	if (!conet_config_valid(&cdev->config)) {
		dev_err(&cdev->dev, "address %pM, MTU %u, TX queue of %u: not usable\n",
			cdev->config.conet.mac, cdev->config.conet.mtu,
			cdev->config.queue_size[CO_CONET_TX]);
		return -EINVAL;
	}

	net = conet_new(cdev);
	if (IS_ERR(net))
		return PTR_ERR(net);

	err = request_irq(cdev->irq, conet_interrupt, IRQF_SHARED,
			  dev_name(&cdev->dev), net);
	if (err)
		goto err_free;

	err = conet_register(net);
	if (err)
		goto err_irq;

	dev_set_drvdata(&cdev->dev, net);
	conet_set_carrier(net);
	return 0;

err_irq:
	free_irq(cdev->irq, net);
err_free:
	conet_free(net);
	return err;
}

static void conet_remove(struct co_device *cdev)
{
	struct conet *net = dev_get_drvdata(&cdev->dev);

	free_irq(cdev->irq, net);
	unregister_netdev(net->netdev);
	conet_free(net);
}

static void conet_config_changed(struct co_device *cdev)
{
	conet_set_carrier(dev_get_drvdata(&cdev->dev));
}

static struct co_driver conet_driver = {
	.driver.name	= "conet",
	.type		= CO_DEV_CONET,
	.probe		= conet_probe,
	.remove		= conet_remove,
	.config_changed	= conet_config_changed,
};

static int __init conet_init(void)
{
	return co_driver_register(&conet_driver);
}
device_initcall(conet_init);

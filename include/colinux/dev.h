/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The three devices: cobd (disk), conet (network), cocon (console).
 *
 * The device table is an array of struct co_dev in guest memory, laid out by the
 * monitor; co_boot_info.dev_gpa points to it. A slot of type CO_DEV_NONE is empty.
 * The monitor may fill it later: it writes the slot, type last, and raises the
 * slot's virtual interrupt. In the same way it changes the members that are marked
 * "may change" below. It increments @generation before and after a change, so
 * @generation is odd while the monitor writes. The queues of all slots, empty ones
 * included, are laid out before the guest starts.
 *
 * The guest writes @generation to @seen when it has acted upon a change. Until then
 * the driver of a removed device may use its queues. So the monitor puts no other
 * device into the slot before that.
 *
 * Each queue is a ring of <colinux/ring.h>. The numbers of its kick and interrupt
 * are in the slot. A kind may have no queue: its configuration is then all that the
 * guest gets, and @queue_gpa and @queue_size are 0.
 *
 * A new kind takes the next CO_DEV_*, and has its CO_MAX_* in the sum CO_MAX_DEVS.
 * Like any other change of this interface it raises CO_GUEST_ABI: docs/abi.md and
 * docs/new-device.md.
 */
#ifndef COLINUX_DEV_H
#define COLINUX_DEV_H

#include <linux/types.h>

#define CO_DEV_NONE		0
#define CO_DEV_COBD		1
#define CO_DEV_CONET		2
#define CO_DEV_COCON		3

/* Largest number of units of each kind, and of slots of the table. */
#define CO_MAX_COBD		16
#define CO_MAX_CONET		8
#define CO_MAX_COCON		1
#define CO_MAX_DEVS		(CO_MAX_COBD + CO_MAX_CONET + CO_MAX_COCON)

/* Queues by device. */
#define CO_COBD_QUEUE		0
#define CO_CONET_RX		0
#define CO_CONET_TX		1
#define CO_COCON_RX		0	/* input: host -> guest */
#define CO_COCON_TX		1	/* output: guest -> host */
#define CO_DEV_QUEUES		2

/*
 * cobd. One request is one operation: co_sub.op is the operation, co_sub.arg the
 * first sector (512 bytes each), co_sub.arg2 the sector count of a discard or
 * write-zeroes. Segments of a read have CO_SUB_WRITE. Lengths of segments are
 * multiples of 512.
 */
#define CO_BD_READ		0
#define CO_BD_WRITE		1
#define CO_BD_FLUSH		2	/* no data */
#define CO_BD_DISCARD		3	/* no data */
#define CO_BD_WRITE_ZEROES	4	/* no data */
#define CO_BD_GET_ID		5	/* one segment, CO_SUB_WRITE, <= 64 bytes */

/* cobd co_sub.opflags */
#define CO_BD_FUA		0x0001	/* write: on stable storage at completion */
#define CO_BD_NOUNMAP		0x0002	/* write-zeroes: keep the blocks allocated */

#define CO_SECTOR_SIZE		512
#define CO_BD_SEGS_MAX		64	/* most segments of one request */

/* co_dev.features of cobd */
#define CO_BD_F_RO		0x0001	/* read-only */
#define CO_BD_F_FLUSH		0x0002	/* has a volatile cache: FLUSH and FUA work */
#define CO_BD_F_DISCARD		0x0004	/* DISCARD and WRITE_ZEROES work */
#define CO_BD_F_ONE_CPU		0x0008	/* a kick takes the CPU from the guest */

/*
 * conet. TX: a request is one frame, its segments in order. RX: the guest submits
 * empty buffers of one segment each (CO_SUB_WRITE). The monitor completes one or
 * more of them per frame, with CO_COMP_MORE on all but the last. The members op,
 * opflags, arg and arg2 of the first co_sub or co_comp are the offload header. They
 * mean the same as the fields of virtio 1.2, 5.1.6:
 *
 *   op       gso_type           opflags  flags
 *   arg      hdr_len | gso_size << 16 | csum_start << 32 | csum_offset << 48
 *   arg2     bytes of the whole frame
 */
#define CO_NET_F_CSUM		0x0001	/* TX checksum offload */
#define CO_NET_F_TSO4		0x0002	/* TX segmentation offload, TCP over IPv4 */
#define CO_NET_F_TSO6		0x0004	/* the same over IPv6 */
#define CO_NET_F_GUEST_CSUM	0x0008	/* RX frames may lack a checksum */
#define CO_NET_F_GUEST_TSO4	0x0010	/* RX frames may exceed the MTU: TCP over IPv4 */
#define CO_NET_F_GUEST_TSO6	0x0020	/* the same over IPv6 */
#define CO_NET_SEGS_MAX		32	/* most segments of one TX frame */
#define CO_NET_LINK_UP		0x0001	/* co_dev_conet.status */

/**
 * struct co_dev_cobd - configuration of a disk
 * @sectors:	size in sectors of 512 bytes; may change
 * @block_size:	logical block size, 512 or 4096
 * @phys_size:	physical block size
 * @io_opt:	best request size in bytes, 0 if unknown
 * @segs_max:	most segments per request, <= CO_BD_SEGS_MAX
 */
struct co_dev_cobd {
	__u64 sectors;
	__u32 block_size;
	__u32 phys_size;
	__u32 io_opt;
	__u32 segs_max;
};

/**
 * struct co_dev_conet - configuration of a network interface
 * @mac:	MAC address
 * @mtu:	largest payload of a frame, 68 to 9000
 * @status:	CO_NET_LINK_*; may change
 */
struct co_dev_conet {
	__u8 mac[6];
	__u16 mtu;
	__u32 status;
};

/**
 * struct co_dev_cocon - configuration of the console
 * @cols:	width of the window, 0 if unknown; may change
 * @rows:	height of the window, 0 if unknown; may change
 */
struct co_dev_cocon {
	__u16 cols;
	__u16 rows;
};

/**
 * struct co_dev - a slot of the device table
 * @type:	CO_DEV_*; may change
 * @unit:	number among devices of this type: 2 for cobd2
 * @virq:	virtual interrupt of all queues and of configuration changes
 * @kick:	kick number of queue 0; queue 1 has the next number
 * @features:	CO_BD_F_* or CO_NET_F_*
 * @generation:	number of changes, odd during a change; see above
 * @queue_gpa:	gpa of each queue, 64-byte aligned; 0 if there is none
 * @queue_size:	number of entries of each queue
 * @cobd:	configuration, if @type is CO_DEV_COBD
 * @conet:	configuration, if @type is CO_DEV_CONET
 * @cocon:	configuration, if @type is CO_DEV_COCON
 * @pad:	space for larger configurations
 * @seen:	last @generation that the guest has acted upon (guest)
 * @reserved:	0
 */
struct co_dev {
	__u32 type;
	__u32 unit;
	__u32 virq;
	__u32 kick;
	__u32 features;
	__u32 generation;
	__u64 queue_gpa[CO_DEV_QUEUES];
	__u32 queue_size[CO_DEV_QUEUES];
	union {
		struct co_dev_cobd cobd;
		struct co_dev_conet conet;
		struct co_dev_cocon cocon;
		__u8 pad[72];
	};
	__u32 seen;
	__u32 reserved;
};

_Static_assert(sizeof(struct co_dev_cobd) == 24, "cobd config layout");
_Static_assert(sizeof(struct co_dev_conet) == 12, "conet config layout");
_Static_assert(sizeof(struct co_dev_cocon) == 4, "cocon config layout");
_Static_assert(sizeof(struct co_dev) == 128, "device slot layout");

#endif /* COLINUX_DEV_H */

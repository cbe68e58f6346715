// SPDX-License-Identifier: GPL-2.0
/*
 * cobd: disks, /dev/cobd0 and following, as a blk-mq driver.
 *
 * The way of a request: cobd_queue_rq() puts it on the ring, cobd_commit_rqs()
 * kicks the monitor. cobd_interrupt() takes completions from the ring, and
 * cobd_complete_rq() ends the request. docs/disk.md draws the whole way, with the
 * host's part.
 *
 * There is one queue. The tag of a request is its id on the ring. The segments of
 * a request are the gpas of its pages, which highmem pages have as well. So no
 * page is mapped or copied, and nothing is allocated.
 *
 * Requests do not time out: a stopped monitor will continue, and if it dies the
 * guest ends. If the monitor removes a disk or breaks the protocol of its ring, all
 * requests of the disk fail, and the disk is removed.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>
#include "bus.h"
#include "ring.h"

#define COBD_MINORS	16	/* minors per disk; further ones are dynamic */
#define COBD_DEPTH	256	/* most requests in flight */
#define COBD_ID_SIZE	64	/* bytes of the result of CO_BD_GET_ID */
#define COBD_BATCH	32	/* most entries that a delayed kick waits for */
#define COBD_PAYS	4	/* requests of a batch that was worth the delay */
#define COBD_EAGER	64	/* kicks without delay after a smaller batch */

/**
 * struct cobd - a disk
 * @disk:	block device
 * @tags:	tags of the requests
 * @lock:	protects the submitting side of @ring, @held, @first and @eager;
 *		the completing side is used by the interrupt alone
 * @ring:	queue
 * @one_cpu:	true if kicks may be delayed
 * @held:	number of requests since a kick was delayed, 0 if none was
 * @first:	index of the first entry of these requests
 * @eager:	number of kicks to make at once before one is delayed again
 */
struct cobd {
	struct gendisk *disk;
	struct blk_mq_tag_set tags;
	spinlock_t lock;	/* submitting side of @ring, and delayed kicks */
	struct co_ring ring;
	bool one_cpu;
	u32 held;
	u32 first;
	u32 eager;
};

/**
 * struct cobd_cmd - the driver's data of a request
 * @status:	status of the completed request
 */
struct cobd_cmd {
	blk_status_t status;
};

static int cobd_major;

/* Fills in an entry, except its data. Returns false for an unknown operation. */
static bool cobd_describe(struct request *rq, struct co_sub *sub)
{
	*sub = (struct co_sub) {
		.id = rq->tag,
		.arg = blk_rq_pos(rq),
	};

	switch (req_op(rq)) {
	case REQ_OP_READ:
		sub->op = CO_BD_READ;
		sub->flags = CO_SUB_WRITE;
		return true;
	case REQ_OP_WRITE:
		sub->op = CO_BD_WRITE;
		if (rq->cmd_flags & REQ_FUA)
			sub->opflags = CO_BD_FUA;
		return true;
	case REQ_OP_FLUSH:
		sub->op = CO_BD_FLUSH;
		sub->arg = 0;
		return true;
	case REQ_OP_DISCARD:
		sub->op = CO_BD_DISCARD;
		sub->arg2 = blk_rq_sectors(rq);
		return true;
	case REQ_OP_WRITE_ZEROES:
		sub->op = CO_BD_WRITE_ZEROES;
		sub->arg2 = blk_rq_sectors(rq);
		if (rq->cmd_flags & REQ_NOUNMAP)
			sub->opflags = CO_BD_NOUNMAP;
		return true;
	case REQ_OP_DRV_IN:
		sub->op = CO_BD_GET_ID;
		sub->flags = CO_SUB_WRITE;
		sub->arg = 0;
		return true;
	default:
		return false;
	}
}

/* A flush has no bio, a discard one without pages. */
static bool cobd_has_data(struct request *rq)
{
	return rq->bio && bio_has_data(rq->bio);
}

/*
 * Adds the entries of a request with data. The block layer counts segments by the
 * limits of cobd_set_limits(), so there are at most as many entries as segments.
 */
static void cobd_add_data(struct co_ring *ring, struct request *rq,
			  struct co_sub *sub)
{
	u32 left = blk_rq_bytes(rq);
	struct req_iterator iter;
	struct bio_vec bv;
	u32 done;

	rq_for_each_bvec(bv, rq, iter) {
		for (done = 0; done < bv.bv_len; done += sub->len) {
			sub->addr = page_to_phys(bv.bv_page) + bv.bv_offset +
				    done;
			sub->len = min_t(u32, bv.bv_len - done, CO_SEG_MAX);
			left -= sub->len;
			sub->flags &= ~CO_SUB_MORE;
			if (left)
				sub->flags |= CO_SUB_MORE;
			co_ring_add(ring, sub);
		}
	}
}

static void cobd_add(struct co_ring *ring, struct request *rq,
		     struct co_sub *sub)
{
	if (cobd_has_data(rq))
		cobd_add_data(ring, rq, sub);
	else
		co_ring_add(ring, sub);
	co_ring_publish(ring);
}

/*
 * May this kick be delayed? Not if the last delay has collected few requests: then
 * a process seems to wait for each request before it makes the next. The guest
 * would go idle each time, which takes longer than a kick at once.
 */
static bool cobd_may_delay(struct cobd *cobd)
{
	if (!cobd->one_cpu)
		return false;

	if (cobd->eager) {
		cobd->eager--;
		return false;
	}
	if (cobd->held && cobd->held < COBD_PAYS) {
		cobd->held = 0;
		cobd->eager = COBD_EAGER;
		return false;
	}
	return true;
}

static void cobd_commit_rqs(struct blk_mq_hw_ctx *hctx)
{
	struct cobd *cobd = hctx->queue->queuedata;
	enum { NONE, NOW, LATER, END_DELAY } kick = NONE;
	u32 first;

	spin_lock(&cobd->lock);
	first = cobd->ring.told;
	if (co_ring_wants_kick(&cobd->ring)) {
		kick = cobd_may_delay(cobd) ? LATER : NOW;
		if (kick == LATER) {
			cobd->first = first;
			cobd->held = 1;
		}
	} else if (cobd->held) {
		cobd->held++;
	}
	if (cobd->held && cobd->ring.prod - cobd->first >= COBD_BATCH)
		kick = kick == LATER ? NOW : END_DELAY;
	spin_unlock(&cobd->lock);

	if (kick == NOW)
		co_ring_kick(&cobd->ring);
	else if (kick == LATER)
		co_ring_kick_later(&cobd->ring);
	else if (kick == END_DELAY)
		co_ring_kick_delayed(&cobd->ring);
}

/* Puts a request on the ring. If the ring is full, a completion makes room. */
static blk_status_t cobd_submit(struct cobd *cobd, struct request *rq,
				struct co_sub *sub)
{
	struct co_ring *ring = &cobd->ring;
	blk_status_t status = BLK_STS_OK;

	spin_lock(&cobd->lock);
	if (co_ring_space(ring) < max_t(u32, blk_rq_nr_phys_segments(rq), 1)) {
		status = co_ring_broken(ring) ? BLK_STS_IOERR :
						BLK_STS_DEV_RESOURCE;
	} else {
		blk_mq_start_request(rq);
		cobd_add(ring, rq, sub);
	}
	spin_unlock(&cobd->lock);
	return status;
}

static blk_status_t cobd_queue_rq(struct blk_mq_hw_ctx *hctx,
				  const struct blk_mq_queue_data *bd)
{
	struct co_sub sub;
	blk_status_t status;

	if (WARN_ON_ONCE(!cobd_describe(bd->rq, &sub)))
		return BLK_STS_NOTSUPP;

	status = cobd_submit(hctx->queue->queuedata, bd->rq, &sub);
	if (bd->last && !status)
		cobd_commit_rqs(hctx);
	return status;
}

static void cobd_complete_rq(struct request *rq)
{
	struct cobd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	blk_mq_end_request(rq, cmd->status);
}

static enum blk_eh_timer_return cobd_timeout(struct request *rq)
{
	return BLK_EH_RESET_TIMER;
}

static const struct blk_mq_ops cobd_mq_ops = {
	.queue_rq	= cobd_queue_rq,
	.commit_rqs	= cobd_commit_rqs,
	.complete	= cobd_complete_rq,
	.timeout	= cobd_timeout,
};

/* A read without an error must have filled all pages. */
static blk_status_t cobd_status(struct request *rq, const struct co_comp *comp)
{
	if (comp->status)
		return errno_to_blk_status(comp->status);
	if (req_op(rq) == REQ_OP_READ && comp->len != blk_rq_bytes(rq))
		return BLK_STS_IOERR;
	return BLK_STS_OK;
}

/*
 * Completes each request by itself, not in a batch. If cobd_queue_rq() returned
 * BLK_STS_DEV_RESOURCE, only the end of a single request runs the queue again.
 */
static void cobd_answer(struct cobd *cobd, const struct co_comp *comp)
{
	struct request *rq = blk_mq_tag_to_rq(cobd->tags.tags[0], comp->id);
	struct cobd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	cmd->status = cobd_status(rq, comp);
	blk_mq_complete_request(rq);
}

static void cobd_reap(struct cobd *cobd)
{
	struct co_comp comp;

	do {
		while (co_ring_get(&cobd->ring, &comp))
			cobd_answer(cobd, &comp);
	} while (!co_ring_rearm(&cobd->ring, 0));
}

static irqreturn_t cobd_interrupt(int irq, void *data)
{
	cobd_reap(data);
	return IRQ_HANDLED;
}

static bool cobd_cancel(struct request *rq, void *unused)
{
	struct cobd_cmd *cmd = blk_mq_rq_to_pdu(rq);

	if (blk_mq_request_completed(rq))
		return true;

	cmd->status = BLK_STS_IOERR;
	blk_mq_complete_request(rq);
	return true;
}

/* The monitor completes nothing any more: fail all requests, also future ones. */
static void cobd_shut(struct cobd *cobd)
{
	blk_mark_disk_dead(cobd->disk);

	blk_mq_quiesce_queue(cobd->disk->queue);
	co_ring_stop(&cobd->ring);
	blk_mq_tagset_busy_iter(&cobd->tags, cobd_cancel, NULL);
	blk_mq_tagset_wait_completed_request(&cobd->tags);
	blk_mq_unquiesce_queue(cobd->disk->queue);
}

static int cobd_get_id(struct gendisk *disk, char *id)
{
	struct request *rq;
	int err;

	rq = blk_mq_alloc_request(disk->queue, REQ_OP_DRV_IN, 0);
	if (IS_ERR(rq))
		return PTR_ERR(rq);

	err = blk_rq_map_kern(disk->queue, rq, id, COBD_ID_SIZE, GFP_KERNEL);
	if (!err)
		err = blk_status_to_errno(blk_execute_rq(rq, false));
	blk_mq_free_request(rq);
	return err;
}

static ssize_t serial_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	char id[COBD_ID_SIZE + 1] = "";
	int err = cobd_get_id(dev_to_disk(dev), id);

	return err ?: sysfs_emit(buf, "%s\n", id);
}
static DEVICE_ATTR_RO(serial);

static struct attribute *cobd_attrs[] = {
	&dev_attr_serial.attr,
	NULL
};
ATTRIBUTE_GROUPS(cobd);

static void cobd_free_disk(struct gendisk *disk)
{
	kfree(disk->private_data);
}

static const struct block_device_operations cobd_fops = {
	.owner		= THIS_MODULE,
	.free_disk	= cobd_free_disk,
};

static bool cobd_config_valid(const struct co_dev *config)
{
	const struct co_dev_cobd *bd = &config->cobd;

	return (bd->block_size == 512 || bd->block_size == 4096) &&
	       bd->segs_max && bd->segs_max <= CO_BD_SEGS_MAX &&
	       bd->segs_max <= config->queue_size[CO_COBD_QUEUE];
}

/* Size in sectors, rounded down to whole blocks. */
static sector_t cobd_sectors(const struct co_dev_cobd *bd)
{
	return round_down(bd->sectors, (u64)bd->block_size >> SECTOR_SHIFT);
}

static void cobd_set_limits(struct request_queue *q,
			    const struct co_dev_cobd *bd, u32 features)
{
	bool cache = features & CO_BD_F_FLUSH;

	blk_queue_logical_block_size(q, bd->block_size);
	if (is_power_of_2(bd->phys_size) && bd->phys_size > bd->block_size)
		blk_queue_physical_block_size(q, bd->phys_size);
	if (bd->io_opt)
		blk_queue_io_opt(q, bd->io_opt);

	blk_queue_max_segments(q, bd->segs_max);
	blk_queue_max_segment_size(q, CO_SEG_MAX);
	blk_queue_max_hw_sectors(q, bd->segs_max * (CO_SEG_MAX >> SECTOR_SHIFT));
	blk_queue_dma_alignment(q, CO_SECTOR_SIZE - 1);

	blk_queue_flag_set(QUEUE_FLAG_NONROT, q);
	blk_queue_write_cache(q, cache, cache);
	if (features & CO_BD_F_DISCARD) {
		q->limits.discard_granularity = queue_physical_block_size(q);
		blk_queue_max_discard_sectors(q, UINT_MAX >> SECTOR_SHIFT);
		blk_queue_max_write_zeroes_sectors(q, UINT_MAX >> SECTOR_SHIFT);
	}
}

static int cobd_alloc_tags(struct cobd *cobd)
{
	cobd->tags.ops = &cobd_mq_ops;
	cobd->tags.nr_hw_queues = 1;
	cobd->tags.queue_depth = min_t(u32, cobd->ring.size, COBD_DEPTH);
	cobd->tags.numa_node = NUMA_NO_NODE;
	cobd->tags.cmd_size = sizeof(struct cobd_cmd);
	cobd->tags.flags = BLK_MQ_F_SHOULD_MERGE | BLK_MQ_F_NO_SCHED_BY_DEFAULT;
	return blk_mq_alloc_tag_set(&cobd->tags);
}

static int cobd_alloc_disk(struct cobd *cobd, const struct co_dev *config)
{
	struct gendisk *disk;

	disk = blk_mq_alloc_disk(&cobd->tags, cobd);
	if (IS_ERR(disk))
		return PTR_ERR(disk);

	snprintf(disk->disk_name, sizeof(disk->disk_name), "cobd%u",
		 config->unit);
	disk->major = cobd_major;
	disk->first_minor = config->unit * COBD_MINORS;
	disk->minors = COBD_MINORS;
	disk->fops = &cobd_fops;

	cobd->one_cpu = config->features & CO_BD_F_ONE_CPU;
	cobd_set_limits(disk->queue, &config->cobd, config->features);
	set_disk_ro(disk, config->features & CO_BD_F_RO);
	set_capacity(disk, cobd_sectors(&config->cobd));
	cobd->disk = disk;
	return 0;
}

/* Makes a disk, but does not add it to the system. */
static struct cobd *cobd_new(struct co_device *cdev)
{
	struct cobd *cobd;
	int err;

	cobd = kzalloc(sizeof(*cobd), GFP_KERNEL);
	if (!cobd)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&cobd->lock);

	err = co_ring_init(&cobd->ring, &cdev->config, CO_COBD_QUEUE, cdev);
	if (err)
		goto err_free;

	err = cobd_alloc_tags(cobd);
	if (err)
		goto err_ring;

	err = cobd_alloc_disk(cobd, &cdev->config);
	if (err)
		goto err_tags;
	cobd->disk->private_data = cobd;
	return cobd;

err_tags:
	blk_mq_free_tag_set(&cobd->tags);
err_ring:
	co_ring_exit(&cobd->ring);
err_free:
	kfree(cobd);
	return ERR_PTR(err);
}

/* Frees a disk that was not added to the system. */
static void cobd_free(struct cobd *cobd)
{
	put_disk(cobd->disk);
	blk_mq_free_tag_set(&cobd->tags);
	co_ring_exit(&cobd->ring);
	kfree(cobd);
}

static int cobd_probe(struct co_device *cdev)
{
	struct cobd *cobd;
	int err;

	if (!cobd_config_valid(&cdev->config)) {
		dev_err(&cdev->dev, "block size %u, %u segments: not usable\n",
			cdev->config.cobd.block_size,
			cdev->config.cobd.segs_max);
		return -EINVAL;
	}

	cobd = cobd_new(cdev);
	if (IS_ERR(cobd))
		return PTR_ERR(cobd);

	err = request_irq(cdev->irq, cobd_interrupt, IRQF_SHARED,
			  dev_name(&cdev->dev), cobd);
	if (err)
		goto err_free;

	err = device_add_disk(&cdev->dev, cobd->disk, cobd_groups);
	if (err)
		goto err_irq;

	dev_set_drvdata(&cdev->dev, cobd);
	dev_info(&cdev->dev, "%llu sectors%s\n", get_capacity(cobd->disk),
		 get_disk_ro(cobd->disk) ? ", read-only" : "");
	return 0;

err_irq:
	free_irq(cdev->irq, cobd);
err_free:
	cobd_free(cobd);
	return err;
}

static void cobd_remove(struct co_device *cdev)
{
	struct cobd *cobd = dev_get_drvdata(&cdev->dev);

	free_irq(cdev->irq, cobd);
	cobd_reap(cobd);
	cobd_shut(cobd);
	del_gendisk(cobd->disk);
	blk_mq_free_tag_set(&cobd->tags);
	co_ring_exit(&cobd->ring);
	put_disk(cobd->disk);	/* the last reference frees @cobd */
}

static void cobd_config_changed(struct co_device *cdev)
{
	struct cobd *cobd = dev_get_drvdata(&cdev->dev);

	set_capacity_and_notify(cobd->disk, cobd_sectors(&cdev->config.cobd));
}

static struct co_driver cobd_driver = {
	.driver.name	= "cobd",
	.type		= CO_DEV_COBD,
	.probe		= cobd_probe,
	.remove		= cobd_remove,
	.config_changed	= cobd_config_changed,
};

static int __init cobd_init(void)
{
	int err;

	cobd_major = register_blkdev(0, "cobd");
	if (cobd_major < 0)
		return cobd_major;

	err = co_driver_register(&cobd_driver);
	if (err)
		unregister_blkdev(cobd_major, "cobd");
	return err;
}
device_initcall(cobd_init);

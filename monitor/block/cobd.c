// SPDX-License-Identifier: GPL-2.0
/*
 * cobd: a disk. The host's kernel reads and writes the guest's memory directly, without
 * a copy in the monitor. docs/disk.md describes the disk, and draws the ways before and
 * after this one; tools/build/way checks this drawing.
 *
 * "-" marks a call by the function above, "~" a call through a pointer, as a callback or
 * for an event. At the left edge the event loop continues (device/loop.h). All of it runs
 * in the I/O thread.
 *
 * The way of a write to a disk:
 *
 *	~ device_kick()              device/device.c     the guest has kicked
 *	~ cobd_serve()               block/cobd.c        at the end of the batch of events
 *	  |- queue_pop()             device/queue.c      takes the request
 *	  |- cobd_begin()            block/cobd.c        chooses by the operation
 *	  |  `- cobd_transfer()      block/cobd.c        checks it, finds its memory
 *	  |~ uring_submit()          block/aio_uring.c   the kernel reads the guest's pages
 *	  |  `~ cobd_done()          block/cobd.c        the write has ended or failed
 *	  |     `- cobd_answer()     block/cobd.c        counts it
 *	  |        `- queue_push()   device/queue.c      puts the completion in the ring
 *	  `- device_notify()         device/device.c     interrupts the guest
 *
 * Requests that the page cache serves are complete when uring_submit() returns. For the
 * others the event loop calls uring_submit() again, and cobd_answer() queues
 * cobd_serve() for the end of that batch.
 *
 * There are two kinds of bad requests. A request that breaks the format (a segment
 * outside the guest's memory) violates the protocol and ends the disk. A request in
 * the right format that cannot be carried out (a sector behind the end) is answered
 * with an error, as by any disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cobd.h"
#include "cow.h"

#define ID_SIZE		64

/* Requests taken from the ring before other devices get their turn. */
#define BUDGET		128

/* Retries of a request that ends with EAGAIN or EINTR. */
#define MAX_RETRIES	16

/**
 * struct cobd_req - a request in flight
 * @aio:	the host's operation for it
 * @cobd:	its disk
 * @next:	next free request
 * @id:		the guest's name for it
 * @op:		CO_BD_*
 * @sector:	first sector
 * @total:	bytes of its data
 * @done:	bytes transferred so far
 * @retries:	number of retries so far
 * @taken:	time at which it was taken from the ring, in ns
 * @nr_iov:	entries of @iov
 * @iov:	its segments, in the monitor's address space
 * @fua:	true for a write to an overlay that is flushed before its completion
 * @sync:	wait for the flush of an overlay
 */
struct cobd_req {
	struct aio_req aio;
	struct cobd *cobd;
	struct cobd_req *next;
	uint16_t id;
	uint16_t op;
	uint64_t sector;
	uint64_t total;
	uint64_t done;
	unsigned int retries;
	uint64_t taken;
	unsigned int nr_iov;
	struct iovec iov[CO_BD_SEGS_MAX];
	bool fua;
	struct cow_sync sync;
};

/**
 * struct cobd_stats - counters of a disk, from 0 for each image
 * @reads:	successful reads
 * @read_bytes:	their bytes
 * @writes:	successful writes
 * @write_bytes: their bytes
 * @flushes:	successful flushes
 * @discards:	successful discards and zeroes
 * @errors:	failed requests, without those that ended with EOPNOTSUPP
 * @wait_ns:	sum of the times between taking and answering a request
 */
struct cobd_stats {
	uint64_t reads;
	uint64_t read_bytes;
	uint64_t writes;
	uint64_t write_bytes;
	uint64_t flushes;
	uint64_t discards;
	uint64_t errors;
	uint64_t wait_ns;
};

/**
 * struct cobd - a disk
 * @dev:	the device
 * @image:	its image
 * @aio:	the I/O engine
 * @free:	list of the unused requests
 * @inflight:	number of used requests
 * @one_cpu:	true if the guest and the monitor run on the same CPU
 * @serving:	true inside cobd_serve()
 * @leaving:	true once it is to be removed: nothing more is taken from the queue
 * @stats:	counters
 * @now:	time of the last cobd_count_time(), in ns
 * @answered:	requests answered since then
 * @taken:	sum of @taken of those requests
 * @reports:	limit of messages about errors, so that a full file system does
 *		not fill the log as well
 * @unreported:	errors since the last message
 * @parts:	with an overlay: CO_BD_SEGS_MAX segments for each of @reqs. They hold
 *		the part of a request that is inside one file
 * @reqs:	all requests
 */
struct cobd {
	struct device dev;
	struct image image;
	struct aio *aio;
	struct cobd_req *free;
	unsigned int inflight;
	bool one_cpu;
	bool serving;
	bool leaving;
	struct cobd_stats stats;
	uint64_t now;
	unsigned int answered;
	uint64_t taken;
	struct msg_limit reports;
	unsigned int unreported;
	struct iovec *parts;
	struct cobd_req reqs[COBD_INFLIGHT];
};

static struct cobd *to_cobd(struct device *dev)
{
	return container_of(dev, struct cobd, dev);
}

static struct queue *cobd_queue(struct cobd *cobd)
{
	return &cobd->dev.queues[CO_COBD_QUEUE].queue;
}

/*
 * The end of a request.
 */

static void cobd_report(struct cobd *cobd, const struct cobd_req *req, int error)
{
	static const char * const ops[] = {
		[CO_BD_READ] = "read",
		[CO_BD_WRITE] = "write",
		[CO_BD_FLUSH] = "flush",
		[CO_BD_DISCARD] = "discard",
		[CO_BD_WRITE_ZEROES] = "zeroes",
	};

	char more[48] = "";

	if (!msg_may(&cobd->reports)) {
		cobd->unreported++;
		return;
	}
	if (cobd->unreported)
		snprintf(more, sizeof(more), "; %u errors before it",
			 cobd->unreported);
	cobd->unreported = 0;
	msg_warn("cobd%u: %s: %s at sector %llu: %s: the guest is told%s",
		 cobd->dev.unit, cobd->image.path, ops[req->op],
		 (unsigned long long)req->sector, strerror(error), more);
}

static void cobd_count(struct cobd_stats *stats, const struct cobd_req *req,
		       int status)
{
	/* An operation that the disk does not offer is not an I/O error. */
	if (status) {
		stats->errors += status != -EOPNOTSUPP;
		return;
	}
	switch (req->op) {
	case CO_BD_READ:
		stats->reads++;
		stats->read_bytes += req->total;
		break;
	case CO_BD_WRITE:
		stats->writes++;
		stats->write_bytes += req->total;
		break;
	case CO_BD_FLUSH:
		stats->flushes++;
		break;
	case CO_BD_DISCARD:
	case CO_BD_WRITE_ZEROES:
		stats->discards++;
		break;
	}
}

/*
 * The clock is read once before requests are taken and once after some were
 * answered, not for each request. Requests taken in one turn begin together. Requests
 * answered in one turn end together, when the guest is notified.
 */
static void cobd_count_time(struct cobd *cobd)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	cobd->now = now.tv_sec * 1000000000ULL + now.tv_nsec;
	cobd->stats.wait_ns += cobd->answered * cobd->now - cobd->taken;
	cobd->answered = 0;
	cobd->taken = 0;
}

static void put_req(struct cobd *cobd, struct cobd_req *req)
{
	req->next = cobd->free;
	cobd->free = req;
	cobd->inflight--;
}

static void cobd_answer(struct cobd *cobd, struct cobd_req *req, int status,
			uint32_t len)
{
	const struct co_comp comp = {
		.id = req->id,
		.status = status,
		.len = len,
	};

	cobd_count(&cobd->stats, req, status);
	cobd->answered++;
	cobd->taken += req->taken;
	queue_push(cobd_queue(cobd), &comp);
	put_req(cobd, req);
	if (!cobd->serving)
		device_later(&cobd->dev);
}

/*
 * The middle: the I/O engine works on a request.
 */

/* Set the request's segments to the next @bytes behind req->done. */
static void cobd_limit(struct cobd_req *req, uint64_t bytes)
{
	const struct cobd *cobd = req->cobd;
	struct iovec *part = cobd->parts + (req - cobd->reqs) * CO_BD_SEGS_MAX;
	const struct iovec *iov = req->iov;
	uint64_t skip = req->done;

	req->aio.iov = part;
	req->aio.nr_iov = 0;
	for (; skip >= iov->iov_len; iov++)
		skip -= iov->iov_len;
	for (; bytes; iov++, part++, skip = 0) {
		size_t len = iov->iov_len - skip;

		if (len > bytes)
			len = bytes;
		*part = (struct iovec) { (uint8_t *)iov->iov_base + skip, len };
		req->aio.nr_iov++;
		bytes -= len;
	}
}

/*
 * With an overlay: find the next part that is inside one file, the overlay or the
 * image. A write goes to the overlay as a whole.
 */
static void cobd_place(struct cobd_req *req)
{
	const struct image *img = &req->cobd->image;
	uint64_t sector = req->sector + req->done / CO_SECTOR_SIZE;
	uint64_t within = req->done % CO_SECTOR_SIZE;
	uint64_t left = req->total - req->done, run;
	bool here = true;

	if (req->op == CO_BD_READ) {
		here = cow_run(img->cow, sector,
			       (within + left) / CO_SECTOR_SIZE, &run);
		left = run * CO_SECTOR_SIZE - within;
	}
	req->aio.fd = here ? cow_fd(img->cow) : img->fd;
	req->aio.offset = (here ? cow_offset(img->cow, sector) :
				  sector * CO_SECTOR_SIZE) + within;
	cobd_limit(req, left);
}

/* Remove from the segments the @bytes that have been transferred. */
static void cobd_advance(struct cobd_req *req, uint64_t bytes)
{
	struct aio_req *aio = &req->aio;
	struct iovec *iov = req->iov + (req->nr_iov - aio->nr_iov);

	req->done += bytes;
	/* With an overlay, cobd_place() makes the segments. */
	if (req->cobd->image.cow)
		return;
	aio->offset += bytes;
	while (bytes && bytes >= iov->iov_len) {
		bytes -= iov->iov_len;
		iov++;
		aio->nr_iov--;
	}
	iov->iov_base = (uint8_t *)iov->iov_base + bytes;
	iov->iov_len -= bytes;
	aio->iov = iov;
}

/* Start the remainder of a request, after another @bytes were transferred. */
static void cobd_again(struct cobd_req *req, uint64_t bytes)
{
	if (bytes)
		cobd_advance(req, bytes);
	if (req->cobd->image.cow && req->total)
		cobd_place(req);
	aio_start(req->cobd->aio, &req->aio);
}

/* Sectors that are now written as a whole belong to the overlay. */
static void overlay_written(struct cobd_req *req, uint64_t bytes)
{
	uint64_t first = req->done / CO_SECTOR_SIZE;
	uint64_t end = (req->done + bytes) / CO_SECTOR_SIZE;

	if (req->op == CO_BD_WRITE)
		cow_written(req->cobd->image.cow, req->sector + first,
			    end - first);
}

static void cobd_synced(struct cow_sync *sync, int res)
{
	struct cobd_req *req = container_of(sync, struct cobd_req, sync);

	if (res < 0)
		cobd_report(req->cobd, req, -res);
	cobd_answer(req->cobd, req, res, 0);
}

static void sync_overlay(struct cobd_req *req)
{
	req->sync.done = cobd_synced;
	cow_sync(req->cobd->image.cow, req->cobd->aio, &req->sync);
}

static void cobd_done(struct aio_req *aio, int res)
{
	struct cobd_req *req = container_of(aio, struct cobd_req, aio);
	struct cobd *cobd = req->cobd;

	if (cobd->image.cow && res > 0)
		overlay_written(req, res);
	if ((res == -EINTR || res == -EAGAIN) && req->retries++ < MAX_RETRIES) {
		cobd_again(req, 0);
		return;
	}
	if (res > 0 && (uint64_t)res < req->total - req->done) {
		cobd_again(req, res);
		return;
	}
	/* End of file before the end of the data: the image was truncated. */
	if (!res && req->total)
		res = -EIO;
	if (res < 0 && res != -EOPNOTSUPP)
		cobd_report(cobd, req, -res);
	if (res >= 0 && req->fua) {
		sync_overlay(req);
		return;
	}
	cobd_answer(cobd, req, res < 0 ? res : 0,
		    res >= 0 && req->op == CO_BD_READ ? req->total : 0);
}

/*
 * The beginning: decode a request. Each of these functions returns a negative errno
 * as the request's status, or one of:
 */
enum {
	BEGIN_START,	/* start its @aio */
	BEGIN_ANSWER,	/* answer it now */
	BEGIN_WAIT,	/* it is started already, and is answered at its end */
	BEGIN_BROKEN,	/* drop it: it has broken the queue */
};

static bool in_image(const struct cobd *cobd, uint64_t sector, uint64_t count)
{
	return sector <= cobd->image.sectors &&
	       count <= cobd->image.sectors - sector;
}

/* Return: BEGIN_START, a negative status, or BEGIN_BROKEN. */
static int map_segments(struct cobd *cobd, struct cobd_req *req,
			const struct co_sub *segs, int n)
{
	/* The data of a read goes to the guest's memory. */
	bool to_guest = segs[0].op == CO_BD_READ;

	req->nr_iov = n;
	for (int i = 0; i < n; i++) {
		void *p = queue_data(cobd_queue(cobd), &segs[i]);

		if (!p)
			return BEGIN_BROKEN;
		if (!segs[i].len || segs[i].len % CO_SECTOR_SIZE ||
		    !!(segs[i].flags & CO_SUB_WRITE) != to_guest)
			return -EINVAL;
		req->iov[i] = (struct iovec) { p, segs[i].len };
		req->total += segs[i].len;
	}
	return BEGIN_START;
}

static int cobd_transfer(struct cobd *cobd, struct cobd_req *req,
			 const struct co_sub *segs, int n)
{
	int ret = map_segments(cobd, req, segs, n);

	if (ret != BEGIN_START)
		return ret;
	if (!in_image(cobd, req->sector, req->total / CO_SECTOR_SIZE))
		return -EIO;
	if (req->op == CO_BD_WRITE && cobd->image.ro)
		return -EROFS;
	req->aio.op = req->op == CO_BD_READ ? AIO_READ : AIO_WRITE;
	req->aio.iov = req->iov;
	req->aio.nr_iov = req->nr_iov;
	req->aio.offset = req->sector * CO_SECTOR_SIZE;
	req->aio.dsync = segs[0].opflags & CO_BD_FUA;
	if (cobd->image.cow) {
		req->fua = req->aio.dsync && req->op == CO_BD_WRITE &&
			   cow_keeps(cobd->image.cow);
		req->aio.dsync = false;
		cobd_place(req);
	}
	return BEGIN_START;
}

static int cobd_flush(struct cobd *cobd, struct cobd_req *req)
{
	if (cobd->image.ro)
		return BEGIN_ANSWER;
	if (cobd->image.cow) {
		if (!cow_keeps(cobd->image.cow))
			return BEGIN_ANSWER;
		sync_overlay(req);
		return BEGIN_WAIT;
	}
	req->aio.op = AIO_FLUSH;
	return BEGIN_START;
}

/*
 * Punching a hole works for files and for block devices. For a block device the host
 * turns it into a discard that reads back as zeroes. So discards are safe to offer
 * even on devices that do not promise zeroes after a discard.
 */
static int cobd_deallocate(struct cobd *cobd, struct cobd_req *req,
			   const struct co_sub *seg)
{
	bool keep = seg->op == CO_BD_WRITE_ZEROES &&
		    seg->opflags & CO_BD_NOUNMAP;

	if (!in_image(cobd, req->sector, seg->arg2))
		return -EIO;
	if (cobd->image.ro)
		return -EROFS;
	if (!cobd->image.discard)
		return -EOPNOTSUPP;
	if (!seg->arg2)
		return BEGIN_ANSWER;
	req->aio.op = AIO_ALLOCATE;
	req->aio.mode = FALLOC_FL_KEEP_SIZE |
			(keep ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE);
	req->aio.offset = req->sector * CO_SECTOR_SIZE;
	req->aio.len = (uint64_t)seg->arg2 * CO_SECTOR_SIZE;
	return BEGIN_START;
}

static int cobd_get_id(struct cobd *cobd, struct cobd_req *req,
		       const struct co_sub *seg)
{
	const char *name = strrchr(cobd->image.path, '/');
	char id[ID_SIZE] = "";
	void *p;

	p = queue_data(cobd_queue(cobd), seg);
	if (!p)
		return BEGIN_BROKEN;
	if (!(seg->flags & CO_SUB_WRITE) || seg->len > sizeof(id))
		return -EINVAL;
	snprintf(id, sizeof(id), "%s", name ? name + 1 : cobd->image.path);
	memcpy(p, id, seg->len);
	req->total = seg->len;
	return BEGIN_ANSWER;
}

static struct cobd_req *get_req(struct cobd *cobd, const struct co_sub *first)
{
	struct cobd_req *req = cobd->free;

	cobd->free = req->next;
	cobd->inflight++;
	req->id = first->id;
	req->op = first->op;
	req->sector = first->arg;
	req->total = 0;
	req->done = 0;
	req->retries = 0;
	req->fua = false;
	req->taken = cobd->now;
	req->aio = (struct aio_req) {
		.fd = cobd->image.fd,
		.done = cobd_done,
	};
	return req;
}

/* The request has not been done, so it is not counted. */
static void cobd_drop(struct cobd *cobd, struct cobd_req *req)
{
	const struct co_comp comp = { .id = req->id };

	/* Only ends the request: no completion goes into a broken queue. */
	queue_push(cobd_queue(cobd), &comp);
	put_req(cobd, req);
}

/*
 * A request that needs no I/O is answered at once and gives its struct cobd_req
 * back. The other requests are queued for the engine; cobd_serve() submits them.
 */
static void cobd_begin(struct cobd *cobd, const struct co_sub *segs, int n)
{
	struct cobd_req *req = get_req(cobd, &segs[0]);
	int ret;

	switch (req->op) {
	case CO_BD_READ:
	case CO_BD_WRITE:
		ret = cobd_transfer(cobd, req, segs, n);
		break;
	case CO_BD_FLUSH:
		ret = cobd_flush(cobd, req);
		break;
	case CO_BD_DISCARD:
	case CO_BD_WRITE_ZEROES:
		ret = cobd_deallocate(cobd, req, &segs[0]);
		break;
	case CO_BD_GET_ID:
		ret = cobd_get_id(cobd, req, &segs[0]);
		break;
	default:
		ret = -EOPNOTSUPP;
	}
	if (ret < 0)
		cobd_answer(cobd, req, ret, 0);
	else if (ret == BEGIN_ANSWER)
		cobd_answer(cobd, req, 0, req->total);
	else if (ret == BEGIN_START)
		aio_list_add(&cobd->aio->queued, &req->aio);
	else if (ret == BEGIN_BROKEN)
		cobd_drop(cobd, req);
}

/*
 * A disk that was removed on request closes its image, so that others can use it. A
 * disk that ended by a protocol violation keeps it.
 */
static void cobd_end(struct cobd *cobd)
{
	device_remove(&cobd->dev);
	if (cobd->leaving)
		image_close(&cobd->image);
}

static bool cobd_can_take(const struct cobd *cobd)
{
	return cobd->free && !cobd->leaving;
}

/*
 * Take requests, start them, and notify the guest of those that were answered in
 * this turn or since the last one.
 */
static void cobd_serve(struct loop_task *task)
{
	struct cobd *cobd = container_of(task, struct cobd, dev.task);
	struct queue *q = cobd_queue(cobd);
	struct co_sub segs[CO_BD_SEGS_MAX];
	bool idle = false;

	cobd->serving = true;
	cobd_count_time(cobd);
	for (int i = 0; i < BUDGET && cobd_can_take(cobd) && !idle; i++) {
		int n = queue_pop(q, segs, CO_BD_SEGS_MAX);

		if (n > 0)
			cobd_begin(cobd, segs, n);
		else
			idle = n < 0 || queue_arm(q);
	}
	if (cobd->aio->queued.first)
		cobd->aio->engine->submit(cobd->aio);
	if (cobd->answered)
		cobd_count_time(cobd);
	device_notify(&cobd->dev);
	cobd->serving = false;

	if (!idle && cobd_can_take(cobd))
		device_later(&cobd->dev);
	/* While requests are in flight, the host uses the guest's memory. */
	if ((cobd->leaving || device_broken(&cobd->dev)) && !cobd->inflight)
		cobd_end(cobd);
}

/*
 * The device.
 */

static void cobd_config(struct device *dev, struct co_dev *slot)
{
	const struct cobd *cobd = to_cobd(dev);
	const struct image *img = &cobd->image;

	slot->features = (img->ro ? CO_BD_F_RO : CO_BD_F_FLUSH) |
			 (img->discard ? CO_BD_F_DISCARD : 0) |
			 (cobd->one_cpu ? CO_BD_F_ONE_CPU : 0);
	slot->cobd = (struct co_dev_cobd) {
		.sectors = img->sectors,
		.block_size = img->block_size,
		.phys_size = img->phys_size,
		.io_opt = img->io_opt,
		.segs_max = CO_BD_SEGS_MAX,
	};
}

static bool cobd_drained(struct device *dev)
{
	return !to_cobd(dev)->inflight;
}

static void cobd_counters(const struct device *dev, counter_fn each, void *arg)
{
	const struct cobd *cobd = container_of(dev, struct cobd, dev);
	const struct cobd_stats *stats = &cobd->stats;

	if (!cobd->image.path)
		return;
	each(arg, "reads", stats->reads);
	each(arg, "read_bytes", stats->read_bytes);
	each(arg, "writes", stats->writes);
	each(arg, "write_bytes", stats->write_bytes);
	each(arg, "flushes", stats->flushes);
	each(arg, "discards", stats->discards);
	each(arg, "errors", stats->errors);
	each(arg, "wait_ns", stats->wait_ns);
}

static void cobd_free(struct device *dev)
{
	struct cobd *cobd = to_cobd(dev);

	device_detach(dev);
	image_close(&cobd->image);
	free(cobd->parts);
	free(cobd);
}

static const struct device_ops cobd_ops = {
	.type = CO_DEV_COBD,
	.name = "cobd",
	.config = cobd_config,
	.serve = cobd_serve,
	.drained = cobd_drained,
	.counters = cobd_counters,
	.free = cobd_free,
};

/**
 * cobd_image() - a disk's image
 * @dev:	the device
 *
 * Return: the image; its path is NULL if the disk has none.
 */
const struct image *cobd_image(struct device *dev)
{
	return &to_cobd(dev)->image;
}

/**
 * cobd_resize() - change a disk's size, and report it to the guest
 * @dev:	the device
 * @bytes:	the new size, 0 for the size that its image has now
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cobd_resize(struct device *dev, uint64_t bytes, struct err *err)
{
	if (image_resize(&to_cobd(dev)->image, bytes, err))
		return -1;
	device_update(dev);
	return 0;
}

/**
 * cobd_remove() - take a disk away from its guest
 * @dev:	the device
 *
 * Requests in flight are completed first. Requests still in the ring are not taken.
 */
void cobd_remove(struct device *dev)
{
	struct cobd *cobd = to_cobd(dev);

	cobd->leaving = true;
	device_later(dev);
}

/* Read once, at the start: a wrong answer costs the guest time, nothing else. */
static bool has_one_cpu(void)
{
	cpu_set_t cpus;

	return !sched_getaffinity(0, sizeof(cpus), &cpus) &&
	       CPU_COUNT(&cpus) == 1;
}

/**
 * cobd_make() - make a disk without an image
 * @unit:	its number
 * @aio:	the I/O engine; must be freed before the device is
 * @err:	reason for the failure
 *
 * Return: the device or NULL.
 */
struct device *cobd_make(unsigned int unit, struct aio *aio, struct err *err)
{
	struct cobd *cobd = calloc(1, sizeof(*cobd));

	if (!cobd) {
		err_set(err, "cobd%u: out of memory", unit);
		return NULL;
	}
	device_init(&cobd->dev, &cobd_ops, unit);
	cobd->image.fd = -1;
	cobd->aio = aio;
	cobd->one_cpu = has_one_cpu();
	return &cobd->dev;
}

/*
 * Called once there is an image: a disk without one does not touch the pages of
 * @reqs, so they take no memory.
 */
static void fill_free(struct cobd *cobd)
{
	cobd->free = NULL;
	for (int i = COBD_INFLIGHT - 1; i >= 0; i--) {
		cobd->reqs[i].cobd = cobd;
		cobd->reqs[i].next = cobd->free;
		cobd->free = &cobd->reqs[i];
	}
	cobd->leaving = false;
	cobd->stats = (struct cobd_stats) { .reads = 0 };
	cobd->answered = 0;
	cobd->taken = 0;
	cobd->reports = (struct msg_limit) { .at = 0 };
	cobd->unreported = 0;
}

/* The end of cobd_open() and cobd_take(). */
static int cobd_has_image(struct cobd *cobd, bool failed, struct err *err)
{
	if (failed) {
		err_prefix(err, "cobd%u: ", cobd->dev.unit);
		return -1;
	}
	fill_free(cobd);
	return 0;
}

/**
 * cobd_open() - give a disk its image
 * @dev:	the device, not in its slot
 * @path:	the image
 * @how:	IMAGE_*
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cobd_open(struct device *dev, const char *path, unsigned int how,
	      struct err *err)
{
	struct cobd *cobd = to_cobd(dev);

	image_close(&cobd->image);
	return cobd_has_image(cobd, image_open(&cobd->image, path, how, err), err);
}

/**
 * cobd_take() - give a disk an image that another process has opened
 * @dev:	the device, not in its slot
 * @path:	the image's name, for messages
 * @fd:		its descriptor; the device owns it from now on, on errors too
 * @how:	IMAGE_RO, IMAGE_RAW
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cobd_take(struct device *dev, const char *path, int fd,
	      unsigned int how, struct err *err)
{
	struct cobd *cobd = to_cobd(dev);

	image_close(&cobd->image);
	return cobd_has_image(cobd, image_take(&cobd->image, path, fd, how, err), err);
}

/**
 * cobd_overlay() - direct a disk's writes to an overlay
 * @dev:	the device, not in its slot, with a read-only image
 * @path:	the overlay's file, NULL for a temporary overlay
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cobd_overlay(struct device *dev, const char *path, struct err *err)
{
	struct cobd *cobd = to_cobd(dev);

	cobd->parts = calloc(COBD_INFLIGHT, CO_BD_SEGS_MAX * sizeof(*cobd->parts));
	if (!cobd->parts)
		return err_set(err, "cobd%u: out of memory", dev->unit);
	if (!image_overlay(&cobd->image, path, err))
		return 0;
	err_prefix(err, "cobd%u: ", dev->unit);
	return -1;
}

/**
 * cobd_let_go() - close a disk's image
 * @dev:	the device, not in its slot
 */
void cobd_let_go(struct device *dev)
{
	image_close(&to_cobd(dev)->image);
}

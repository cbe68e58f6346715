// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the monitor's end of cobd. The guest is that of guest.h; the input
 * decides when the engine performs a request, and whether completely.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "block/cobd.h"
#include "guest.h"

#define IMAGE_BYTES	(64 * 1024)

/**
 * struct world - the engine
 * @aio:	cobd's view of it
 * @started:	requests that cobd has submitted
 */
struct world {
	struct aio aio;
	struct aio_list started;
};

static struct world world;
static volatile uint8_t sink;

static void world_submit(struct aio *aio)
{
	struct aio_req *req;

	while ((req = aio_list_take(&aio->queued)))
		aio_list_add(&world.started, req);
}

static void world_free(struct aio *aio)
{
	loop_cancel(aio->loop, &aio->submit);
}

static const struct aio_engine world_engine = {
	.name = "fuzz",
	.submit = world_submit,
	.free = world_free,
};

static void touch(const struct aio_req *req, const struct iovec *iov,
		  size_t bytes)
{
	uint8_t *p = iov->iov_base;

	if (req->op == AIO_READ)
		memset(p, 0xaa, bytes);
	else
		for (size_t i = 0; i < bytes; i += 64)
			sink += p[i];
	sink += p[bytes - 1];
}

/* Move at most @max bytes. Return: the number of bytes moved. */
static size_t transfer(const struct aio_req *req, size_t max)
{
	size_t done = 0;

	for (unsigned int i = 0; i < req->nr_iov && done < max; i++) {
		size_t part = req->iov[i].iov_len;

		if (part > max - done)
			part = max - done;
		if (part)
			touch(req, &req->iov[i], part);
		done += part;
	}
	/* No request reaches past the end of the image. */
	fuzz_assert(req->offset + done <= IMAGE_BYTES);
	return done;
}

static void complete(struct fuzz_guest *g, struct aio_req *req)
{
	static const int errors[] = { EIO, EAGAIN, EINTR, ENOSPC };
	bool moves = req->op == AIO_READ || req->op == AIO_WRITE;
	size_t max = SIZE_MAX;

	switch (fuzz_number(g, 1) % 4) {
	case 0:
		req->done(req, -errors[fuzz_number(g, 1) % 4]);
		return;
	case 1:
		max = fuzz_number(g, 2);
		break;
	}
	req->done(req, moves ? transfer(req, max) : 0);
}

static void something_happens(struct fuzz_guest *g)
{
	struct aio_req *req = aio_list_take(&world.started);

	if (req)
		complete(g, req);
	fuzz_run(g);
}

/* Complete all requests that were started: a device must not go before that. */
static void finish(void)
{
	struct aio_req *req;

	while ((req = aio_list_take(&world.started)))
		req->done(req, -EIO);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[32];
	struct fuzz_guest g;
	struct device *disk;
	struct err err;
	int fd;

	fd = memfd_create("image", MFD_CLOEXEC);
	fuzz_assert(fd >= 0 && !ftruncate(fd, IMAGE_BYTES));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fuzz_init(&g, data, size);
	g.world = something_happens;
	aio_init(&world.aio, &world_engine, &g.loop);
	aio_list_init(&world.started);
	disk = cobd_make(0, &world.aio, &err);
	fuzz_assert(disk &&
		    !cobd_open(disk, path,
			       fuzz_number(&g, 1) & 1 ? IMAGE_RO : 0, &err));
	fuzz_attach(&g, disk);
	fuzz_play(&g);
	while (!g.dev->ops->drained(g.dev)) {
		finish();
		fuzz_run(&g);
	}
	aio_free(&world.aio);
	g.dev->ops->free(g.dev);
	loop_free(&g.loop);
	close(fd);
	return 0;
}

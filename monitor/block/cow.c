// SPDX-License-Identifier: GPL-2.0
/*
 * Overlays, between image.c and aio.c: the sectors that a guest has written to a disk
 * whose image stays unchanged.
 *
 * An overlay is a sparse file: a header, a map with a bit for each sector of the
 * disk, and the sectors themselves, each at its own offset. A sector whose bit is
 * clear is read from the image. As each sector has a bit, even a small write copies
 * nothing from the image. The map takes 2.5 MiB for 10 GiB.
 *
 * After a power failure a sector must have its old or its new data. So its bit is
 * written to the map only when its data is on the disk: at a flush, after a first
 * fdatasync() and before a second one. Writes since the last flush may be lost, as
 * with any disk.
 *
 * Numbers in the file are little-endian: the host is x86-64.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/dev.h>

#include "common/file.h"
#include "cow.h"

#define MAP_PAGE	4096
#define PAGE_SECTORS	(MAP_PAGE * 8ULL)	/* with bits in one page */
#define DATA_ALIGN	(1ULL << 20)
#define VERSION		1

/* 64 TiB, for which the map takes 16 GiB. */
#define SECTORS_MAX	(1ULL << 37)

static const char magic[16] = "coLinux overlay";

/**
 * struct cow_header - the first bytes of an overlay
 * @magic:	"coLinux overlay"
 * @version:	1
 * @reserved:	0
 * @sectors:	size of the disk, in sectors of 512 bytes
 * @mtime_ns:	time of the image's last modification when the overlay was made
 */
struct cow_header {
	char magic[16];
	uint32_t version;
	uint32_t reserved;
	uint64_t sectors;
	uint64_t mtime_ns;
};

/**
 * struct cow - an overlay
 * @fd:		its file
 * @keep:	true if it has a name and outlives the guest
 * @sectors:	size of the disk in sectors
 * @pages:	number of pages of the map
 * @map:	a bit for each sector
 * @dirty:	a byte for each page of @map, true if it has bits that the file does
 *		not have
 * @aio:	the I/O engine for a flush
 * @req:	its request
 * @saved:	copies of the dirty pages from the beginning of the flush
 * @page:	numbers of those pages
 * @nr_saved:	number of entries in @saved and @page
 * @at:		index of the page that is being written
 * @iov:	buffer of that page
 * @now:	waits for this flush
 * @later:	waits for the next flush
 */
struct cow {
	int fd;
	bool keep;
	uint64_t sectors;
	uint64_t pages;
	uint8_t *map;
	uint8_t *dirty;
	struct aio *aio;
	struct aio_req req;
	uint8_t *saved;
	uint64_t *page;
	size_t nr_saved;
	size_t at;
	struct iovec iov;
	struct cow_sync *now;
	struct cow_sync *later;
};

static uint64_t data_start(const struct cow *cow)
{
	uint64_t end = MAP_PAGE + cow->pages * MAP_PAGE;

	return (end + DATA_ALIGN - 1) & ~(DATA_ALIGN - 1);
}

static off_t page_offset(uint64_t page)
{
	return MAP_PAGE + page * MAP_PAGE;
}

/*
 * Opening.
 */

static struct cow *cow_make(const struct cow_base *base, struct err *err)
{
	struct cow *cow;

	if (base->sectors > SECTORS_MAX) {
		err_set(err, "%s: larger than 64 TiB: no overlay can be made for it",
			base->path);
		return NULL;
	}
	cow = calloc(1, sizeof(*cow));
	if (!cow)
		goto no_memory;
	cow->fd = -1;
	cow->sectors = base->sectors;
	cow->pages = (base->sectors + PAGE_SECTORS - 1) / PAGE_SECTORS;
	cow->map = calloc(cow->pages, MAP_PAGE);
	cow->dirty = calloc(cow->pages, 1);
	if (cow->map && cow->dirty)
		return cow;
	cow_close(cow);
no_memory:
	err_set(err, "%s: out of memory", base->path);
	return NULL;
}

static int cow_lock(int fd)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &fl);
}

static int write_header(struct cow *cow, const char *path,
			const struct cow_base *base, struct err *err)
{
	struct cow_header header = {
		.version = VERSION,
		.sectors = base->sectors,
		.mtime_ns = base->mtime_ns,
	};

	memcpy(header.magic, magic, sizeof(magic));
	if (ftruncate(cow->fd, (off_t)cow_offset(cow, cow->sectors)) ||
	    pwrite(cow->fd, &header, sizeof(header), 0) != sizeof(header) ||
	    fdatasync(cow->fd))
		return err_set(err, "%s: cannot be written: %s", path,
			       strerror(errno));
	return 0;
}

static int cow_check_header(const struct cow_header *header, const char *path,
			    const struct cow_base *base, struct err *err)
{
	if (memcmp(header->magic, magic, sizeof(magic)))
		return err_set(err, "%s: not an overlay: name another file, or remove this one",
			       path);
	if (header->version != VERSION)
		return err_set(err, "%s: an overlay of version %u: this program knows version %d",
			       path, header->version, VERSION);
	if (header->sectors != base->sectors)
		return err_set(err, "%s: an overlay of an image of %llu bytes, and %s has %llu: name the image it was made for",
			       path,
			       (unsigned long long)header->sectors * CO_SECTOR_SIZE,
			       base->path,
			       (unsigned long long)base->sectors * CO_SECTOR_SIZE);
	if (header->mtime_ns != base->mtime_ns)
		msg_warn("%s: %s has been written to since this overlay was made: what the guest sees may be a mixture",
			 path, base->path);
	return 0;
}

static int read_all(int fd, uint8_t *to, uint64_t bytes, off_t offset)
{
	while (bytes) {
		ssize_t n = pread(fd, to, bytes > DATA_ALIGN ? DATA_ALIGN : bytes,
				  offset);

		if (n <= 0) {
			if (!n)
				errno = ENODATA;
			return -1;
		}
		to += n;
		bytes -= n;
		offset += n;
	}
	return 0;
}

static int read_error(const char *path, struct err *err)
{
	return err_set(err, "%s: cannot be read: %s", path,
		       errno == ENODATA ? "cut short" : strerror(errno));
}

static int read_header(int fd, const char *path, const struct cow_base *base,
		       struct err *err)
{
	struct cow_header header;

	if (read_all(fd, (uint8_t *)&header, sizeof(header), 0))
		return read_error(path, err);
	return cow_check_header(&header, path, base, err);
}

static int read_map(struct cow *cow, const char *path,
		    const struct cow_base *base, struct err *err)
{
	if (read_header(cow->fd, path, base, err))
		return -1;
	if (read_all(cow->fd, cow->map, cow->pages * MAP_PAGE, MAP_PAGE))
		return read_error(path, err);
	return 0;
}

/* Return: the descriptor, with @st filled in, or -1. */
static int cow_open_file(const char *path, int how, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | how, 0600);

	if (fd < 0 || fstat(fd, st))
		err_set(err, "%s: %s%s", path, strerror(errno),
			file_hint(path, errno));
	else if (!S_ISREG(st->st_mode))
		err_set(err, "%s: not a regular file: name one for the overlay",
			path);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * cow_open() - open or make an overlay
 * @path:	its file
 * @base:	the image under it
 * @err:	reason for the failure
 *
 * An empty file becomes a new overlay.
 *
 * Return: the overlay or NULL.
 */
struct cow *cow_open(const char *path, const struct cow_base *base,
		     struct err *err)
{
	struct cow *cow = cow_make(base, err);
	struct stat st;

	if (!cow)
		return NULL;
	cow->keep = true;
	cow->fd = cow_open_file(path, O_CREAT, &st, err);
	if (cow->fd < 0)
		goto out_close;
	if (cow_lock(cow->fd)) {
		err_set(err, "%s: in use by another guest: stop that one, or name another overlay",
			path);
		goto out_close;
	}
	if (st.st_size ? read_map(cow, path, base, err) :
			 write_header(cow, path, base, err))
		goto out_close;
	return cow;

out_close:
	cow_close(cow);
	return NULL;
}

/**
 * cow_check() - check whether cow_open() could succeed
 * @path:	its file
 * @base:	the image under it
 * @err:	reason for the failure
 *
 * Makes and locks nothing. Does not notice that another guest uses the overlay.
 *
 * Return: 0 or -1.
 */
int cow_check(const char *path, const struct cow_base *base, struct err *err)
{
	struct stat st;
	int fd, ret;

	/* cow_open() would make it. */
	if (access(path, F_OK))
		return file_check_write(path) ?
		       err_set(err, "%s: %s%s", path, strerror(errno),
			       file_hint(path, errno)) : 0;
	fd = cow_open_file(path, 0, &st, err);
	if (fd < 0)
		return -1;
	ret = st.st_size ? read_header(fd, path, base, err) : 0;
	close(fd);
	return ret;
}

/**
 * cow_temporary() - make an overlay that is removed with its last descriptor
 * @base:	the image under it
 * @err:	reason for the failure
 *
 * The file has no name. It lies in $TMPDIR, or in /var/tmp.
 *
 * Return: the overlay or NULL.
 */
struct cow *cow_temporary(const struct cow_base *base, struct err *err)
{
	struct cow *cow = cow_make(base, err);
	const char *dir = getenv("TMPDIR");

	if (!cow)
		return NULL;
	if (!dir || !*dir)
		dir = "/var/tmp";
	cow->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (cow->fd >= 0)
		return cow;
	err_set(err, "%s: no file for what the guest writes: %s: set TMPDIR",
		dir, strerror(errno));
	cow_close(cow);
	return NULL;
}

/*
 * Sectors.
 */

/**
 * cow_fd() - the overlay's file
 * @cow:	the overlay
 */
int cow_fd(const struct cow *cow)
{
	return cow->fd;
}

/**
 * cow_keeps() - does an overlay outlive the guest, so that it has to be flushed?
 * @cow:	the overlay
 */
bool cow_keeps(const struct cow *cow)
{
	return cow->keep;
}

/**
 * cow_offset() - offset of a sector in the overlay's file
 * @cow:	the overlay
 * @sector:	number of the sector on the disk
 *
 * Return: the offset in bytes.
 */
uint64_t cow_offset(const struct cow *cow, uint64_t sector)
{
	return data_start(cow) + sector * CO_SECTOR_SIZE;
}

static bool is_here(const struct cow *cow, uint64_t sector)
{
	return cow->map[sector / 8] & (1 << sector % 8);
}

/**
 * cow_run() - find the file that has the next sectors
 * @cow:	the overlay
 * @sector:	first sector, on the disk
 * @count:	number of sectors, at least 1, all on the disk
 * @run:	filled in: number of sectors, from the first, that lie in one file
 *
 * Return: true if that file is the overlay, false if it is the image.
 */
bool cow_run(const struct cow *cow, uint64_t sector, uint64_t count,
	     uint64_t *run)
{
	bool here = is_here(cow, sector);
	uint8_t same = here ? 0xff : 0;
	uint64_t n = 1;

	while (n < count) {
		uint64_t at = sector + n;

		if (at % 8 == 0 && count - n >= 8 && cow->map[at / 8] == same)
			n += 8;
		else if (is_here(cow, at) == here)
			n++;
		else
			break;
	}
	*run = n;
	return here;
}

/**
 * cow_written() - mark sectors as written to the overlay
 * @cow:	the overlay
 * @sector:	first sector, on the disk
 * @count:	number of sectors
 */
void cow_written(struct cow *cow, uint64_t sector, uint64_t count)
{
	for (; count; sector++, count--) {
		if (is_here(cow, sector))
			continue;
		cow->map[sector / 8] |= 1 << sector % 8;
		cow->dirty[sector / PAGE_SECTORS] = true;
	}
}

/*
 * Flushes, one at a time. The first one has taken the dirty bits: a second one beside
 * it would find none, and could end before they are on the disk.
 */

static void next_flush(struct cow *cow);

/* End with the saved pages. Unless @written, they are dirty again. */
static void drop_saved(struct cow *cow, bool written)
{
	for (size_t i = 0; i < cow->nr_saved && !written; i++)
		cow->dirty[cow->page[i]] = true;
	free(cow->saved);
	free(cow->page);
	cow->saved = NULL;
	cow->page = NULL;
	cow->nr_saved = 0;
}

static void end_flush(struct cow *cow, int res)
{
	struct cow_sync *sync = cow->now;

	drop_saved(cow, !res);
	cow->now = NULL;
	/* A callback may ask for another flush at once. */
	while (sync) {
		struct cow_sync *next = sync->next;

		sync->done(sync, res);
		sync = next;
	}
	if (!cow->now && cow->later)
		next_flush(cow);
}

static void on_second(struct aio_req *req, int res)
{
	end_flush(container_of(req, struct cow, req), res);
}

static void write_page(struct cow *cow);

static void on_page(struct aio_req *req, int res)
{
	struct cow *cow = container_of(req, struct cow, req);

	if (res != MAP_PAGE) {
		end_flush(cow, res < 0 ? res : -EIO);
		return;
	}
	if (++cow->at < cow->nr_saved) {
		write_page(cow);
		return;
	}
	cow->req = (struct aio_req) {
		.op = AIO_FLUSH, .fd = cow->fd, .done = on_second,
	};
	aio_start(cow->aio, &cow->req);
}

static void write_page(struct cow *cow)
{
	cow->iov = (struct iovec) { cow->saved + cow->at * MAP_PAGE, MAP_PAGE };
	cow->req = (struct aio_req) {
		.op = AIO_WRITE, .fd = cow->fd, .iov = &cow->iov, .nr_iov = 1,
		.offset = page_offset(cow->page[cow->at]), .done = on_page,
	};
	aio_start(cow->aio, &cow->req);
}

static void on_first(struct aio_req *req, int res)
{
	struct cow *cow = container_of(req, struct cow, req);

	if (res < 0 || !cow->nr_saved)
		end_flush(cow, res);
	else
		write_page(cow);
}

/* Copy the dirty pages of the map. Return: 0 or -1. */
static int save_dirty(struct cow *cow)
{
	size_t n = 0;

	for (uint64_t i = 0; i < cow->pages; i++)
		n += cow->dirty[i];
	if (!n)
		return 0;
	cow->saved = malloc(n * MAP_PAGE);
	cow->page = calloc(n, sizeof(*cow->page));
	if (!cow->saved || !cow->page)
		return -1;
	for (uint64_t i = 0; i < cow->pages; i++) {
		if (!cow->dirty[i])
			continue;
		memcpy(cow->saved + cow->nr_saved * MAP_PAGE,
		       cow->map + i * MAP_PAGE, MAP_PAGE);
		cow->page[cow->nr_saved++] = i;
		cow->dirty[i] = false;
	}
	return 0;
}

static void next_flush(struct cow *cow)
{
	cow->now = cow->later;
	cow->later = NULL;
	cow->at = 0;
	if (save_dirty(cow)) {
		end_flush(cow, -ENOMEM);
		return;
	}
	cow->req = (struct aio_req) {
		.op = AIO_FLUSH, .fd = cow->fd, .done = on_first,
	};
	aio_start(cow->aio, &cow->req);
}

/**
 * cow_sync() - flush an overlay
 * @cow:	the overlay; cow_keeps() is true for it
 * @aio:	the I/O engine
 * @sync:	the wait, with @done filled in
 */
void cow_sync(struct cow *cow, struct aio *aio, struct cow_sync *sync)
{
	cow->aio = aio;
	sync->next = cow->later;
	cow->later = sync;
	if (!cow->now)
		next_flush(cow);
}

/* The last flush. A flush in flight ended with the engine, without its callbacks. */
static void flush_now(struct cow *cow)
{
	drop_saved(cow, false);
	if (save_dirty(cow) || !cow->nr_saved)
		return;
	if (fdatasync(cow->fd))
		goto failed;
	for (size_t i = 0; i < cow->nr_saved; i++) {
		const struct iovec iov = { cow->saved + i * MAP_PAGE, MAP_PAGE };

		if (pwritev(cow->fd, &iov, 1, page_offset(cow->page[i])) !=
		    MAP_PAGE)
			goto failed;
	}
	if (!fdatasync(cow->fd))
		return;
failed:
	msg_warn("an overlay's map cannot be written: %s: what the guest wrote since its last flush is lost",
		 strerror(errno));
}

/**
 * cow_close() - close an overlay
 * @cow:	the overlay, with no request in flight; may be NULL
 */
void cow_close(struct cow *cow)
{
	if (!cow)
		return;
	if (cow->keep && cow->fd >= 0 && cow->map && cow->dirty)
		flush_now(cow);
	if (cow->fd >= 0)
		close(cow->fd);
	free(cow->saved);
	free(cow->page);
	free(cow->map);
	free(cow->dirty);
	free(cow);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * colinux-image import: makes an image of the root file system of another machine.
 *
 * The way of an import: import_file() finds out what SOURCE is. A compressed disk is
 * unpacked, an image of an emulator converted, to the file "disk" in the temporary
 * directory. The root partition of the disk is copied to the file "image" there; a
 * directory or a tar becomes a new file system in it. mend() adapts it to a guest. Then
 * it gets a note of its architecture, and its name.
 *
 * A raw disk is recognized by a file system or a partition table at its beginning.
 * Nothing else decides this: the guest of a raw disk could have written the header of
 * another format to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <colinux/guest.h>

#include "common/imagekind.h"
#include "common/imagenote.h"
#include "image.h"
#include "jail.h"
#include "progress.h"

#define MIB		(1L << 20)

/* Bytes of a compressed disk from which it is recognized; a disk may be this large. */
#define BEGIN_BYTES	(2 * MIB)
#define BEGIN_SIZE	(1LL << 40)

/**
 * struct import - an import
 * @source:	path of what is imported
 * @out:	path of the new image
 * @format:	format of @source, or NULL
 * @partition:	number of the partition with the root, or NULL
 * @size:	size of the new file system, 0 for the default
 * @size_text:	text of @size
 * @arch:	CO_ARCH_* of the programs, 0 if there are none
 * @work:	the temporary directory
 * @input:	file that a program of the step reads
 * @until:	bytes of @input, or of the directory
 * @output:	path of the file that the step writes
 */
struct import {
	const char *source;
	const char *out;
	const char *format;
	const char *partition;
	int64_t size;
	const char *size_text;
	unsigned int arch;
	struct work work;
	int input;
	int64_t until;
	char output[PATH_MAX];
};

/*
 * Reasons of failures, and the progress.
 */

static bool import_why(void *data, const char *log, struct err *err)
{
	const struct import *im = data;

	if (step_no_room(&im->work, log, err))
		return true;
	if (!strstr(log, "Could not allocate") && !strstr(log, "Illegal inode number"))
		return false;
	if (im->size)
		err_set(err, "--size %s: too small for the content", im->size_text);
	else
		err_set(err, "%s: too small for the content", im->source);
	return true;
}

static int unpack_failed(const struct import *im, const char *packer, struct err *err)
{
	return err_set(err, "%s: cut off or broken: %s cannot unpack it, or not into the size of the file system of %s",
		       im->source, packer, im->work.beside);
}

static bool unpack_why(void *data, const char *log, struct err *err)
{
	const struct import *im = data;
	const char *packer = packer_of(im->source);

	if (import_why(data, log, err))
		return true;
	if (packer)
		unpack_failed(im, packer, err);
	return packer;
}

/* The program shares the descriptor's position with us. */
static int percent_read(void *data)
{
	const struct import *im = data;
	off_t at = lseek(im->input, 0, SEEK_CUR);

	return im->until > 0 && at > 0 ? (int)(at * 100 / im->until) : 0;
}

static int percent_written(void *data)
{
	const struct import *im = data;
	struct stat st;

	if (im->until <= 0 || stat(im->output, &st))
		return 0;
	return (int)(st.st_blocks * 512 * 100 / im->until);
}

/*
 * A directory, a tar.
 */

/* What du counts in the directory. */
static int count_with_du(const char *dir, const char *option, int64_t *n, struct err *err)
{
	struct text text = { .max = 4096 };
	struct run r;
	int ret;

	run_begin(&r);
	r.text = &text;
	words_add(&r.stages[0], "du", "-s", option, "--", dir, NULL);
	ret = run(&r, err);
	*n = strtoll(text_of(&text), NULL, 10);
	if (!ret && *n <= 0)
		ret = err_set(err, "%s: cannot read it", dir);
	run_end(&r);
	text_free(&text);
	return ret;
}

/*
 * The default size is the files, half of that again, and 64 MiB. mke2fs's default number
 * of inodes stays free, even with many small files.
 */
static int pack_directory(struct import *im, const char *dir, struct err *err)
{
	int64_t files, bytes;
	struct run r;
	int ret, fd;

	if (count_with_du(dir, "--block-size=1", &im->until, err) ||
	    count_with_du(dir, "--inodes", &files, err))
		return -1;
	bytes = im->size ? im->size :
		(im->until + files * 256) * 3 / 2 + 64 * MIB;
	work_path(&im->work, "image", im->output);
	fd = work_file(im->output, bytes, err);
	if (fd < 0)
		return -1;
	close(fd);
	run_begin(&r);
	r.what = "file system";
	r.percent = percent_written;
	r.data = im;
	words_add(&r.stages[0], "mke2fs", "-q", "-F", "-t", "ext4", "-m", "1", "-E",
		  "lazy_itable_init=1,nodiscard", "-N", NULL);
	words_format(&r.stages[0], "%" PRId64, bytes / 16384 + files);
	words_add(&r.stages[0], "-d", dir, im->output, NULL);
	ret = step_run(&r, import_why, im, err);
	run_end(&r);
	return ret;
}

/* Prepares a step whose first program reads the source, unpacked. */
static int begin_unpack(struct import *im, struct run *r, struct text *what,
			struct err *err)
{
	struct stat st;
	int i;

	run_begin(r);
	i = packer_words(r, &im->work, im->source, err);
	if (i < 0)
		return -1;
	im->input = r->in;
	im->until = fstat(r->in, &st) ? 0 : st.st_size;
	r->what = text_of(what);
	r->percent = percent_read;
	r->data = im;
	return i;
}

static void end_unpack(struct run *r)
{
	if (r->in >= 0)
		close(r->in);
	run_end(r);
}

static int unpack_tar(struct import *im, const char *dir, struct err *err)
{
	struct text what = { .max = PATH_MAX + 32 };
	struct run r;
	int ret = -1, i;

	text_format(&what, "unpacking %s", im->source);
	i = begin_unpack(im, &r, &what, err);
	if (i < 0)
		goto out;
	/* A file that is not compressed cannot grow. */
	if (i) {
		words_add(&r.stages[i], "head", "-c", NULL);
		words_format(&r.stages[i++], "%llu",
			     (unsigned long long)work_room(&im->work) + 1);
	}
	words_add(&r.stages[i], "tar", "--numeric-owner", "--same-permissions",
		  "--same-owner", "--xattrs", "--xattrs-include=*", "-C", dir, "-xf", "-",
		  NULL);
	ret = step_run(&r, unpack_why, im, err);

out:
	end_unpack(&r);
	text_free(&what);
	return ret;
}

static int import_tar(struct import *im, struct err *err)
{
	char dir[PATH_MAX], etc[PATH_MAX], bin[PATH_MAX];

	if (geteuid())
		return err_set(err, "import: a tar's owners can only be kept as root, or under fakeroot");
	if (root_check_tar(&im->work, im->source, &im->arch, err))
		return -1;
	if (mkdir(work_path(&im->work, "root", dir), 0755))
		return err_set(err, "%s: %s", dir, strerror(errno));
	if (unpack_tar(im, dir, err))
		return -1;
	if (access(work_path(&im->work, "root/etc", etc), F_OK) &&
	    access(work_path(&im->work, "root/bin", bin), F_OK))
		return err_set(err, "%s: no root file system: neither /etc nor /bin in it",
			       im->source);
	return root_check_directory(dir, im->source, &im->arch, err) ||
	       pack_directory(im, dir, err) ? -1 : 0;
}

/*
 * Disks.
 */

/* Runs a step whose output becomes a sparse file. */
static int run_sparse(struct import *im, struct run *r, const char *name,
		      struct err *err)
{
	char path[PATH_MAX];
	int ret;

	r->sparse = work_file(work_path(&im->work, name, path), 0, err);
	if (r->sparse < 0)
		return -1;
	r->limit = work_room(&im->work);
	ret = step_run(r, unpack_why, im, err);
	if (ret && r->failed && !stop_asked()) {
		if (r->failed == EFBIG)
			err_set(err, "%s: larger than the file system of %s when unpacked: unpack it on a larger one",
				im->source, im->work.beside);
		else
			step_no_room(&im->work, strerror(r->failed), err);
	}
	if (!ret && ftruncate(r->sparse, (off_t)r->bytes))
		ret = err_set(err, "%s: %s", path, strerror(errno));
	close(r->sparse);
	return ret;
}

static int unpack_disk(struct import *im, const char *name, struct err *err)
{
	struct text what = { .max = PATH_MAX + 32 };
	struct run r;
	int ret = -1;

	text_format(&what, "unpacking %s", im->source);
	if (begin_unpack(im, &r, &what, err) >= 0)
		ret = run_sparse(im, &r, name, err);
	end_unpack(&r);
	text_free(&what);
	return ret;
}

/* Copies a range to a sparse file. */
static int copy_range(struct import *im, const char *from, const struct range *range,
		      const char *name, struct err *err)
{
	static char buf[MIB];
	struct text what = { .max = PATH_MAX + 32 };
	char path[PATH_MAX];
	uint64_t done = 0;
	int in = -1, out, ret = -1;

	text_format(&what, "copying %s", im->source);
	say_note("%s ...", text_of(&what));
	out = work_file(work_path(&im->work, name, path), (off_t)range->length, err);
	if (out < 0)
		goto out;
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0) {
		err_set(err, "%s: %s", im->source, strerror(errno));
		goto out;
	}
	while (done < range->length) {
		uint64_t left = range->length - done;
		ssize_t n = pread(in, buf, left < sizeof(buf) ? left : sizeof(buf),
				  (off_t)(range->start + done));

		if (stop_check(err))
			goto out;
		if (n < 0) {
			err_set(err, "%s: %s", im->source, strerror(errno));
			goto out;
		}
		if (!n)
			break;
		if (run_write_sparse(out, buf, n, done)) {
			if (!step_no_room(&im->work, strerror(errno), err))
				err_set(err, "%s: %s", path, strerror(errno));
			goto out;
		}
		done += n;
		progress_show(text_of(&what), (int)(done * 100 / range->length));
	}
	ret = 0;

out:
	progress_end();
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	text_free(&what);
	return ret;
}

/* Does the file start with a file system or a partition table? */
static int is_disk(struct import *im, const char *probed, bool *is, struct err *err)
{
	struct text type = { .max = 0 }, table = { .max = 0 };
	int ret = jail_look(&im->work, probed, "TYPE", 0, &type, err) ||
		  jail_look(&im->work, probed, "PTTYPE", 0, &table, err) ? -1 : 0;

	*is = type.len || table.len;
	text_free(&type);
	text_free(&table);
	return ret;
}

/* The file cannot be imported. */
static int refuse_file(const struct import *im, const char *path, struct err *err)
{
	const struct imagekind *kind;
	char head[IMAGEKIND_BYTES] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof(head));

	if (fd >= 0)
		close(fd);
	kind = imagekind_find(head, n > 0 ? n : 0);
	if (n >= 4 && !memcmp(head, "PK\3\4", 4))
		return err_set(err, "%s: a zip: unpack it, and import the disk in it",
			       im->source);
	if (kind && kind->format && !im->format)
		return err_set(err, "%s: neither a directory, a tar, a file system nor a disk with partitions: if it is a %s image, use --format %s",
			       im->source, kind->format, kind->format);
	return err_set(err, "%s: neither a directory, a tar, a file system nor a disk with partitions",
		       im->source);
}

/* Copies the root file system of the disk to the new image. */
static int import_raw(struct import *im, const char *disk, struct err *err)
{
	struct text type = { .max = 0 }, table = { .max = 0 };
	struct range range = { .start = 0 };
	char probed[PATH_MAX];
	int64_t size = own_size(disk, err);
	int ret = -1;

	if (size < 0 || jail_probe(&im->work, disk, probed, err) ||
	    jail_look(&im->work, probed, "TYPE", 0, &type, err) ||
	    jail_look(&im->work, probed, "PTTYPE", 0, &table, err))
		goto out;
	range.length = size;
	if (type.len)
		ret = partition_taken(text_of(&type), im->source, err);
	else if (table.len)
		ret = partition_root(&im->work, probed, im->source, im->partition,
				     &range, err);
	else
		ret = refuse_file(im, disk, err);
	if (!ret)
		ret = root_check_ext(&im->work, probed, range.start, im->source,
				     &im->arch, err);
	if (!ret)
		ret = copy_range(im, disk, &range, "image", err);

out:
	text_free(&type);
	text_free(&table);
	return ret;
}

/*
 * Images of emulators.
 */

static int names_others(const struct import *im, const char *what, struct err *err)
{
	return err_set(err, "%s: names %s, which are not read: convert it to a single file with qemu-img where it was made",
		       im->source, what);
}

/* What qemu-img says is printed without its beginning, which names our files. */
static bool convert_why(void *data, const char *log, struct err *err)
{
	static const char open[] = "Could not open '";
	const struct import *im = data;
	const char *found = strstr(log, open), *line = log, *s;
	struct text why = { .max = 256 };

	if (import_why(data, log, err))
		return true;
	if (found && strstr(found + 1, open)) {
		names_others(im, "other files (extents or data files)", err);
		return true;
	}
	for (s = log; (s = strstr(s, "': ")); line = s)
		s += 3;
	text_add(&why, line, strcspn(line, "\n"));
	text_printable(&why);
	err_set(err, "%s: cannot read it as %s: %s", im->source, im->format,
		text_of(&why));
	text_free(&why);
	return true;
}

/* The copy is not changed by another process between the check and the conversion. */
static int copy_source(struct import *im, const char *path, struct err *err)
{
	struct range range = { .start = 0 };
	int64_t size;

	if (!access(path, F_OK))
		return 0;
	if (packer_of(im->source))
		return unpack_disk(im, "source", err);
	size = own_size(im->source, err);
	if (size < 0)
		return -1;
	range.length = size;
	return copy_range(im, im->source, &range, "source", err);
}

static int qemu_img(struct import *im, struct run *r, const char *source,
		    struct err *err)
{
	run_begin(r);
	r->data = im;
	return jail_words(&r->stages[0], &im->work, source, im->output, "qemu-img", err);
}

static int check_references(const struct import *im, const char *json, struct err *err)
{
	struct json_object *info = json_tokener_parse(json), *found, *data;
	int ret = 0;

	if (!info)
		return err_set(err, "%s: cannot read it as %s", im->source, im->format);
	if (json_object_object_get_ex(info, "backing-filename", &found))
		ret = names_others(im, "a backing file", err);
	else if (json_object_object_get_ex(info, "format-specific", &found) &&
		 json_object_object_get_ex(found, "data", &data) &&
		 json_object_object_get_ex(data, "data-file", &found))
		ret = names_others(im, "an external data file", err);
	json_object_put(info);
	return ret;
}

static int check_image(struct import *im, const char *source, struct err *err)
{
	struct text json = { .max = MIB }, log = { .max = MIB };
	struct run r;
	int ret = qemu_img(im, &r, source, err);

	r.text = &json;
	r.error = run_log();
	if (ret)
		goto out;
	words_add(&r.stages[0], "info", "--output=json", "--image-opts", NULL);
	words_format(&r.stages[0], "driver=%s,file.driver=file,file.filename=/source",
		     im->format);
	ret = run(&r, err);
	if (!ret && run_status(&r)) {
		/* A program that is none of QEMU's may write its reason to stdout. */
		text_add(&log, text_of(&json), json.len);
		run_read_log(r.error, &log);
		convert_why(im, text_of(&log), err);
		ret = -1;
	}
	if (!ret)
		ret = check_references(im, text_of(&json), err);

out:
	close(r.error);
	run_end(&r);
	text_free(&json);
	text_free(&log);
	return ret;
}

static int convert_disk(struct import *im, struct err *err)
{
	struct text what = { .max = PATH_MAX + 64 };
	char source[PATH_MAX];
	struct stat st;
	struct run r;
	int ret, fd;

	work_path(&im->work, "source", source);
	if (run_need("qemu-img", "qemu-utils", err) || copy_source(im, source, err))
		return -1;
	work_path(&im->work, "disk", im->output);
	fd = work_file(im->output, 0, err);
	if (fd < 0)
		return -1;
	close(fd);
	if (check_image(im, source, err))
		return -1;
	/* An estimate: most formats do not compress. */
	im->until = stat(source, &st) ? 0 : st.st_blocks * 512;
	text_format(&what, "converting %s from %s", im->source, im->format);
	ret = qemu_img(im, &r, source, err);
	r.what = text_of(&what);
	r.percent = percent_written;
	words_add(&r.stages[0], "convert", "-O", "raw", "--image-opts", NULL);
	words_format(&r.stages[0], "driver=%s,file.driver=file,file.filename=/source",
		     im->format);
	words_add(&r.stages[0], "/target", NULL);
	if (!ret)
		ret = step_run(&r, convert_why, im, err);
	run_end(&r);
	text_free(&what);
	unlink(source);
	return ret;
}

/* The format of an OVA's disk is known: the guest of the disk cannot write the OVA. */
static int take_disk(struct import *im, struct err *err)
{
	struct text disk = { .max = PATH_MAX }, what = { .max = 2L * PATH_MAX };
	struct run r;
	int ret = -1, i;

	if (archive_disk(&im->work, im->source, &disk, err))
		goto out;
	text_format(&what, "taking %s out of %s", text_of(&disk), im->source);
	i = begin_unpack(im, &r, &what, err);
	if (i >= 0 && !jail_words(&r.stages[i], &im->work, NULL, NULL, "tar", err)) {
		words_add(&r.stages[i], "--no-wildcards", "-xOf", "-", "--",
			  text_of(&disk), NULL);
		ret = run_sparse(im, &r, "source", err);
	}
	end_unpack(&r);
	im->format = "vmdk";

out:
	text_free(&disk);
	text_free(&what);
	return ret;
}

/* A disk, a file system or an image of one; packed if it is compressed. */
static int import_disk(struct import *im, bool packed, struct err *err)
{
	char disk[PATH_MAX];

	if (own_share(im->source, err))
		return -1;
	if (im->format && strcmp(im->format, "raw")) {
		if (convert_disk(im, err))
			return -1;
	} else if (!packed) {
		return import_raw(im, im->source, err);
	} else if (unpack_disk(im, "disk", err)) {
		return -1;
	}
	if (import_raw(im, work_path(&im->work, "disk", disk), err))
		return -1;
	unlink(disk);
	return 0;
}

/* Unpacks the beginning to a sparse file that is as large as a disk may be. */
static int unpack_begin(struct import *im, char path[PATH_MAX], struct err *err)
{
	struct run r;
	int ret = -1, i;

	run_begin(&r);
	r.out = work_file(work_path(&im->work, "begin", path), 0, err);
	if (r.out < 0)
		goto out;
	i = packer_words(&r, &im->work, im->source, err);
	if (i < 0)
		goto out;
	words_add(&r.stages[i], "head", "-c", NULL);
	words_format(&r.stages[i], "%ld", BEGIN_BYTES);
	ret = run(&r, err);
	if (!ret && !lseek(r.out, 0, SEEK_END))
		ret = err_set(err, "%s: cut off or broken: %s cannot unpack it",
			      im->source, packer_of(im->source));
	if (!ret && ftruncate(r.out, BEGIN_SIZE))
		ret = err_set(err, "%s: %s", path, strerror(errno));

out:
	if (r.out >= 0)
		close(r.out);
	end_unpack(&r);
	return ret;
}

static int import_packed(struct import *im, const char *begin, struct err *err)
{
	struct text type = { .max = 0 };
	int ret = jail_look(&im->work, begin, "TYPE", 0, &type, err);

	if (!ret && type.len)
		ret = partition_taken(text_of(&type), im->source, err);
	text_free(&type);
	return ret ? -1 : import_disk(im, true, err);
}

static int import_archive(struct import *im, const char *begin, struct err *err)
{
	bool is;

	if (archive_is_ova(&im->work, im->source, &is, err))
		return -1;
	if (is)
		return take_disk(im, err) || import_disk(im, false, err) ? -1 : 0;
	if (archive_is_tar(&im->work, im->source, &is, err))
		return -1;
	return is ? import_tar(im, err) : refuse_file(im, *begin ? begin : im->source, err);
}

/* lsblk also lists the mount points of a disk's partitions. */
static int check_mounts(const char *device, struct err *err)
{
	struct text mounts = { .max = 4096 };
	struct run r;
	int ret;

	run_begin(&r);
	r.text = &mounts;
	words_add(&r.stages[0], "lsblk", "-nro", "MOUNTPOINT", device, NULL);
	ret = run(&r, err);
	run_end(&r);
	text_printable(&mounts);
	if (!ret && mounts.len)
		ret = err_set(err, "%s: in use by the host; unmount it first", device);
	text_free(&mounts);
	return ret;
}

/* Anything but a directory. */
static int import_file(struct import *im, struct err *err)
{
	char probed[PATH_MAX], begin[PATH_MAX] = "";
	struct stat st;
	bool is = true;

	if (jail_need(err) || (!stat(im->source, &st) && S_ISBLK(st.st_mode) &&
			       check_mounts(im->source, err)))
		return -1;
	if (packer_need(im->source, err) ||
	    jail_probe(&im->work, im->source, probed, err))
		return -1;
	if ((!im->format || !strcmp(im->format, "raw")) &&
	    is_disk(im, probed, &is, err))
		return -1;
	if (is)
		return import_disk(im, false, err);
	if (packer_of(im->source) &&
	    (unpack_begin(im, begin, err) || is_disk(im, begin, &is, err)))
		return -1;
	if (is)
		return import_packed(im, begin, err);
	return im->format ? refuse_file(im, im->source, err) : import_archive(im, begin, err);
}

/*
 * The new image.
 */

static int jailed_e2fs(const struct import *im, const char *image,
		       const char *program, const char *options, struct text *output,
		       int *status, struct err *err)
{
	struct run r;
	int ret;

	run_begin(&r);
	r.text = output;
	ret = jail_words(&r.stages[0], &im->work, NULL, image, program, err);
	if (!ret) {
		if (options)
			words_add(&r.stages[0], "-f", options, NULL);
		words_add(&r.stages[0], "/target", NULL);
		ret = run(&r, err);
	}
	*status = run_status(&r);
	run_end(&r);
	return ret;
}

/* Enlarges the new image. */
static int grow(struct import *im, struct err *err)
{
	struct text output = { .max = MIB };
	char image[PATH_MAX];
	struct stat st;
	int status, ret;

	work_path(&im->work, "image", image);
	if (!im->size || (!stat(image, &st) && im->size <= st.st_size))
		return 0;
	ret = jailed_e2fs(im, image, "e2fsck", "-y", &output, &status, err);
	if (!ret && status >= 4)
		ret = err_set(err, "%s: its file system cannot be repaired (e2fsck: status %d)",
			      im->source, status);
	if (!ret && truncate(image, im->size))
		ret = err_set(err, "%s: %s", image, strerror(errno));
	text_free(&output);
	if (!ret)
		ret = jailed_e2fs(im, image, "resize2fs", NULL, &output, &status, err);
	if (!ret && status)
		ret = err_set(err, "%s: cannot be made larger (resize2fs: status %d)",
			      im->source, status);
	text_free(&output);
	return ret;
}

/* Without programs that were recognized, the image may have a note already. */
static int note_arch(const struct import *im, struct err *err)
{
	char image[PATH_MAX];
	int fd, ret = 0;

	if (!im->arch)
		return 0;
	fd = open(work_path(&im->work, "image", image), O_WRONLY | O_CLOEXEC);
	if (fd < 0 || imagenote_write(fd, im->arch))
		ret = err_set(err, "%s: %s", image, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ret;
}

static int import_any(struct import *im, struct err *err)
{
	struct stat st;

	if (stat(im->source, &st))
		return err_set(err, "%s: no such file or directory", im->source);
	if (S_ISDIR(st.st_mode) && im->format)
		return err_set(err, "--format %s: %s is a directory", im->format,
			       im->source);
	if (work_beside(&im->work, im->out, err))
		return -1;
	if (!S_ISDIR(st.st_mode))
		return import_file(im, err);
	if (root_check_directory(im->source, im->source, &im->arch, err) ||
	    jail_need(err))
		return -1;
	return pack_directory(im, im->source, err);
}

static enum status import_options(const struct args *a, struct import *im)
{
	static const char formats[] = "raw qcow2 vdi vmdk vhdx vpc";
	unsigned int n = 0;

	im->format = args_value(a, "format");
	im->size_text = args_value(a, "size");
	im->partition = args_value(a, "partition");
	if (im->format && (!*im->format || strchr(im->format, ' ') ||
			   !has_word(formats, im->format)))
		return usage(a, "--format %s: raw, qcow2, vdi, vmdk, vhdx or vpc",
			     im->format);
	if (im->size_text && size_parse(im->size_text, &im->size))
		return usage(a, "--size %s: not a size: give one like 4G", im->size_text);
	return args_number(a, "partition", 0, UINT_MAX - 1, &n);
}

/**
 * command_import() - make an image of another machine's root file system
 * @a:		the command line
 *
 * Return: the status to end with.
 */
enum status command_import(const struct args *a)
{
	static struct import import;
	struct import *im = &import;
	enum status status;
	struct err err;
	int ret;

	status = import_options(a, im);
	if (status)
		return status;
	im->source = a->words[0];
	im->out = a->words[1];
	stop_state("%s was not made", im->out);
	ret = import_any(im, &err);
	if (!ret)
		ret = grow(im, &err);
	if (!ret)
		ret = mend(&im->work, im->source, &err);
	if (!ret)
		ret = note_arch(im, &err);
	if (!ret)
		ret = work_place(&im->work, im->out, &err);
	work_end(&im->work);
	if (ret)
		return say_failure(&err);
	say_note("%s: for %s guest's cobd0=, with root=/dev/cobd0", im->out,
		 im->arch == CO_ARCH_X86_64 ? "an x86_64" :
		 im->arch == CO_ARCH_I386 ? "an i386" : "a");
	return STATUS_OK;
}

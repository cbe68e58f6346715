// SPDX-License-Identifier: GPL-2.0
/*
 * The common part of devices: a slot whose device is removed and added again, seen
 * from the guest.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/device.h"
#include "fake_guest.h"
#include "suite.h"
#include "vm/layout.h"

#define MEM		(32UL << 20)

static struct loop loop;
static struct ppram ram = { .size = MEM };
static struct layout layout;
static struct device dev;
static struct fake_queue guest;
static unsigned int kicked;

static void config(struct device *d __attribute__((unused)),
		   struct co_dev *slot __attribute__((unused)))
{
}

static void serve(struct loop_task *task __attribute__((unused)))
{
	kicked++;
}

static const struct device_ops ops = {
	.type = CO_DEV_COBD,
	.name = "cobd",
	.config = config,
	.serve = serve,
};

/* Start the guest's end like its driver, from the monitor's indices. */
static void begin(void)
{
	struct co_queue *hdr = dev.queues[0].queue.hdr;

	guest.hdr = hdr;
	guest.size = layout_queue_size(dev.slot, 0);
	guest.prod = hdr->sub_cons;
	guest.told = guest.prod;
	guest.cons = hdr->comp_prod;
	hdr->comp_cons = guest.cons;
	hdr->comp_event = guest.cons;
	hdr->sub_prod = guest.prod;
}

static void setup(void)
{
	struct err err;

	ram.base = aligned_alloc(4096, MEM);
	ck_assert_ptr_nonnull(ram.base);
	memset(ram.base, 0, MEM);
	layout = (struct layout) { .mem_size = MEM, .kernel_end = 1 << 20 };
	ck_assert_int_eq(layout_make(&layout, &err), 0);
	ck_assert_int_eq(loop_init(&loop, &err), 0);
	device_init(&dev, &ops, 0);
	ck_assert_int_eq(device_attach(&dev, &loop, &ram, &layout, &err), 0);
	ck_assert_int_eq(device_show(&dev, &err), 0);
	kicked = 0;
	begin();
}

static void teardown(void)
{
	device_detach(&dev);
	loop_free(&loop);
	free(ram.base);
}

/* Return: true if the monitor wanted a kick; the guest has then made it. */
static bool submit(uint16_t id)
{
	const struct co_sub sub = { .id = id, .op = CO_BD_FLUSH };
	uint64_t one = 1;

	fake_queue_add(&guest, &sub);
	if (!fake_queue_publish(&guest))
		return false;
	ck_assert_int_eq(write(dev.queues[0].kick_fd, &one, sizeof(one)),
			 sizeof(one));
	return true;
}

/* Remove the device, let the guest release it, and add the next one in its slot. */
static void again(void)
{
	struct err err;

	device_remove(&dev);
	ck_assert(!device_let_go(&dev));
	dev.table->seen = dev.table->generation;
	ck_assert(device_let_go(&dev));
	ck_assert_int_eq(device_show(&dev, &err), 0);
	begin();
}

/* A disk is removed while it asks for no kick; the next one must ask again. */
START_TEST(unarmed)
{
	struct queue *q = &dev.queues[0].queue;
	const struct co_comp comp = { .id = 1 };
	struct co_sub seg;

	ck_assert(submit(1));
	ck_assert_int_eq(queue_pop(q, &seg, 1), 1);
	queue_push(q, &comp);
	ck_assert(!submit(2));
	again();
	ck_assert_int_eq(queue_pop(q, &seg, 1), 0);
	ck_assert(submit(3));
	loop_once(&loop);
	ck_assert_uint_eq(kicked, 1);
	ck_assert_int_eq(queue_pop(q, &seg, 1), 1);
	ck_assert_uint_eq(seg.id, 3);
}
END_TEST

/* A kick for the old device does not count for the next one. */
START_TEST(late_kick)
{
	ck_assert(submit(1));
	again();
	ck_assert(submit(2));
	loop_once(&loop);
	ck_assert_uint_eq(kicked, 1);
}
END_TEST

/* A device that was taken away for a violation works when it is added again. */
START_TEST(forgiven)
{
	queue_break(&dev.queues[0].queue, "violated");
	ck_assert(device_broken(&dev));
	again();
	ck_assert(!device_broken(&dev));
	ck_assert(submit(1));
	loop_once(&loop);
	ck_assert_uint_eq(kicked, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("device");
	TCase *tc = tcase_create("device");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, unarmed);
	tcase_add_test(tc, late_kick);
	tcase_add_test(tc, forgiven);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

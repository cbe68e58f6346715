// SPDX-License-Identifier: GPL-2.0
/*
 * A guest kernel that violates the protocol of its devices, in ring 0 as a real one
 * could. The nested test liar runs it. Words:
 *
 *   lies=N	tell each device another lie, beginning with the Nth, and the last
 *		disk the truth; print each device that accepts its lie
 *   seed=N	write random entries and values to all queues
 */
#include <colinux/dev.h>
#include <colinux/ring.h>

#include "toy.h"

/* Above all data of the monitor in the guest's memory of 64 MiB. */
#define DATA_GPA	(48u << 20)
#define MEMORY_BYTES	(64u << 20)

#define LIES		10
#define PATIENCE_SEC	60
#define STEPS		30000

static struct co_boot_info *info;
static struct co_vcpu_page *page;

static struct co_dev *device(u32 slot)
{
	return (struct co_dev *)at(info->dev_gpa) + slot;
}

static struct co_queue *queue(struct co_dev *dev, u32 nr)
{
	return (struct co_queue *)at(dev->queue_gpa[nr]);
}

static struct co_sub *entry_at(struct co_dev *dev, u32 nr, u32 index)
{
	return co_queue_sub(queue(dev, nr)) +
	       (index & (dev->queue_size[nr] - 1));
}

/* Let pending interrupts in, and the host run. */
static void breathe(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
	hypercall(page, CO_HC_NOP);
}

static void kick(struct co_dev *dev, u32 nr)
{
	page->hc.arg[0] = dev->kick + nr;
	hypercall(page, CO_HC_KICK);
}

static void publish(struct co_dev *dev, u32 nr, u32 prod)
{
	__atomic_store_n(&queue(dev, nr)->sub_prod, prod, __ATOMIC_RELEASE);
	kick(dev, nr);
}

static int gone(struct co_dev *dev)
{
	return __atomic_load_n(&dev->type, __ATOMIC_ACQUIRE) == CO_DEV_NONE;
}

/* Return: 1 when *@word is @wanted, 0 after PATIENCE_SEC. */
static int await(const u32 *word, u32 wanted)
{
	u64 end = rdtsc() + (u64)page->time.tsc_khz * 1000 * PATIENCE_SEC;

	while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != wanted) {
		if (rdtsc() > end)
			return 0;
		breathe();
	}
	return 1;
}

/* A request without a violation, if the device only reads it. */
static struct co_sub honest(void)
{
	return (struct co_sub) {
		.addr = DATA_GPA, .len = 512, .arg2 = 512,
		.flags = CO_SUB_WRITE,
	};
}

/* Submit one request of @count entries; @last_flags are those of the last one. */
static void chain(struct co_dev *dev, u32 nr, u32 count, u32 last_flags)
{
	u32 i;

	for (i = 0; i < count; i++) {
		*entry_at(dev, nr, i) = honest();
		entry_at(dev, nr, i)->flags |= i + 1 < count ? CO_SUB_MORE :
					       last_flags;
	}
	publish(dev, nr, count);
}

static void one(struct co_dev *dev, u32 nr, u64 addr, u32 len)
{
	struct co_sub sub = honest();

	sub.addr = addr;
	sub.len = len;
	sub.arg2 = len;
	*entry_at(dev, nr, 0) = sub;
	publish(dev, nr, 1);
}

static void lie(struct co_dev *dev, u32 nr, u32 which)
{
	u32 size = dev->queue_size[nr];

	switch (which) {
	case 0:		/* more than the ring holds */
		publish(dev, nr, size + 1);
		break;
	case 1:		/* a request without its last entry */
		chain(dev, nr, 1, CO_SUB_MORE);
		break;
	case 2:		/* too many segments */
		chain(dev, nr, size / 2 + 1, 0);
		break;
	case 3:		/* a ring full of one request without an end */
		chain(dev, nr, size, CO_SUB_MORE);
		break;
	case 4:		/* entries of two requests in one */
		*entry_at(dev, nr, 0) = honest();
		*entry_at(dev, nr, 1) = honest();
		entry_at(dev, nr, 0)->flags |= CO_SUB_MORE;
		entry_at(dev, nr, 1)->id = 1;
		publish(dev, nr, 2);
		break;
	case 5:		/* past the end of memory */
		one(dev, nr, MEMORY_BYTES - 256, 512);
		break;
	case 6:		/* an address and length that overflow */
		one(dev, nr, ~0ull - 255, 512);
		break;
	case 7:		/* too long for a segment */
		one(dev, nr, 0, CO_SEG_MAX + 512);
		break;
	case 8:		/* completions consumed that were never produced */
		queue(dev, nr)->comp_cons = 5;
		one(dev, nr, DATA_GPA, 512);
		break;
	default:	/* a producer index before the start */
		publish(dev, nr, ~0u);
	}
}

static void put_device(struct co_dev *dev)
{
	static const char * const names[] = {
		[CO_DEV_COBD] = "cobd",
		[CO_DEV_CONET] = "eth",
		[CO_DEV_COCON] = "cocon",
	};
	u32 type = __atomic_load_n(&dev->type, __ATOMIC_RELAXED);

	put(type && type < sizeof(names) / sizeof(names[0]) ? names[type] :
							      "device");
	put_number(dev->unit);
}

/* The last disk must work after all other devices were taken away. */
static int tell_truth(struct co_dev *dev)
{
	struct co_sub sub = honest();

	sub.len = 64;
	sub.op = CO_BD_GET_ID;
	*entry_at(dev, 0, 0) = sub;
	publish(dev, 0, 1);
	return await(&queue(dev, 0)->comp_prod, 1) &&
	       !co_queue_comp(queue(dev, 0), dev->queue_size[0])->status;
}

static void do_lies(u32 first)
{
	u32 slot, nr, which, lies = 0;
	const u32 honest_slot = CO_MAX_COBD - 1;

	for (slot = 0; slot < info->dev_count; slot++) {
		struct co_dev *dev = device(slot);

		/* Without a queue there is nothing to lie about. */
		if (gone(dev) || slot == honest_slot || !dev->queue_size[0])
			continue;
		which = (first - 1 + dev->unit) % LIES;
		nr = ((first - 1) / LIES + dev->unit) % CO_DEV_QUEUES;
		if (!dev->queue_size[nr])
			nr = 0;
		lies++;
		lie(dev, nr, which);
		if (await(&dev->type, CO_DEV_NONE))
			continue;
		put("liar: accepted: lie ");
		put_number(which);
		put(" in queue ");
		put_number(nr);
		put(" of ");
		put_device(dev);
		put("\n");
		flush(page);
	}
	put("liar: ");
	put_number(lies);
	put(" lies told; and the truth was ");
	put(tell_truth(device(honest_slot)) ? "heard\n" : "not heard\n");
}

static u32 seed;

static u32 number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static u64 some_address(void)
{
	switch (number() % 16) {
	case 0:
		return MEMORY_BYTES - number() % 8192;
	case 1:
		return (u64)number() << 32 | number();
	default:
		return DATA_GPA + number() % (8u << 20);
	}
}

static u32 some_length(void)
{
	switch (number() % 16) {
	case 0:
		return number();
	case 1:
		return CO_SEG_MAX - 1 + number() % 3;
	case 2:
	case 3:
		return number() % 70000;
	default:
		return number() % 8 * 512;
	}
}

static void some_entry(struct co_sub *sub)
{
	*sub = (struct co_sub) {
		.addr = some_address(),
		.len = some_length(),
		.id = number() % 64 ? 0 : number(),
		.flags = number() % 8 ? CO_SUB_WRITE : number() % 4,
		.op = number() % 7,
		.opflags = number() % 3,
		.arg = number() % 8 ? number() % 300 : number(),
	};
	sub->arg2 = number() % 4 ? sub->len : number();
}

/*
 * Writes to the queues while the monitor reads them, and also to the fields that
 * only the monitor may write.
 */
static void some_step(struct co_dev *dev, u32 nr, u32 *prod)
{
	struct co_queue *q = queue(dev, nr);
	u32 n = number() % 1000;

	if (n < 500) {
		some_entry(entry_at(dev, nr, (*prod)++));
	} else if (n < 800) {
		publish(dev, nr, *prod);
	} else if (n < 990) {
		q->comp_cons = q->comp_prod;
		breathe();
	} else if (n < 998) {
		some_entry(entry_at(dev, nr, number()));
	} else {
		((u32 *)q)[number() % (CO_QUEUE_HDR / 4)] = number();
		kick(dev, nr);
	}
}

static void do_torture(void)
{
	static u32 prods[CO_MAX_DEVS][CO_DEV_QUEUES];
	u32 i, slot, nr, left = 0;

	for (i = 0; i < STEPS; i++) {
		slot = number() % info->dev_count;
		nr = number() % CO_DEV_QUEUES;
		if (!gone(device(slot)) && device(slot)->queue_size[nr])
			some_step(device(slot), nr, &prods[slot][nr]);
	}
	for (slot = 0; slot < info->dev_count; slot++)
		left += !gone(device(slot));
	put("liar: done; devices left: ");
	put_number(left);
	put("\n");
}

void start_c(struct co_boot_info *boot, struct co_vcpu_page *vcpu)
{
	const char *word = last_word(boot);
	u32 n;

	info = boot;
	page = vcpu;
	load_idt(vcpu);
	n = parse(word, "lies=");
	if (n)
		do_lies(n);
	seed = parse(word, "seed=");
	if (seed)
		do_torture();
	flush(vcpu);
	power_off(vcpu);
}

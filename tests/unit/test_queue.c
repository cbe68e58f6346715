// SPDX-License-Identifier: GPL-2.0
/*
 * The monitor's end of a queue: indices that wrap, a full and an empty ring,
 * notifications neither lost nor superfluous, a guest that violates the protocol.
 */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "device/queue.h"
#include "fake_guest.h"
#include "suite.h"

#define SIZE		8
#define GPA		4096
#define MAX_SEGS	4

static uint8_t mem[65536] __attribute__((aligned(4096)));
static const struct ppram ram = { .base = mem, .size = sizeof(mem) };
static struct queue queue;
static struct fake_queue guest;

/* Start both ends at @index; tests choose one from which the indices wrap soon. */
static void begin_at(uint32_t index)
{
	ck_assert_int_eq(queue_init(&queue, &ram, GPA, SIZE), 0);
	fake_queue_init(&guest, mem + GPA, SIZE, index);
	queue.sub_cons = index;
	queue.comp_prod = index;
	queue.told = index;
}

static void setup(void)
{
	memset(mem, 0, sizeof(mem));
	begin_at(0);
}

static void submit(uint16_t id, int segs)
{
	for (int i = 0; i < segs; i++)
		fake_queue_add(&guest, &(struct co_sub) {
			.addr = id * 16 + i,
			.len = i,
			.id = id,
			.flags = i < segs - 1 ? CO_SUB_MORE : 0,
		});
	fake_queue_publish(&guest);
}

static void answer(uint16_t id)
{
	const struct co_comp comp = { .id = id, .status = -id, .len = id };

	queue_push(&queue, &comp);
}

static void ck_broken(const char *why)
{
	struct co_sub segs[MAX_SEGS];

	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), -1);
	ck_assert(queue.broken);
	ck_assert_str_eq(queue.why.text, why);
}

static const uint32_t starts[] = {
	0, 1, SIZE - 1, 0x7ffffffd, 0xfffffff8, 0xfffffffd, 0xffffffff,
};

#define NR_STARTS	((int)(sizeof(starts) / sizeof(starts[0])))

START_TEST(outside_memory)
{
	struct queue q;

	ck_assert_int_eq(queue_init(&q, &ram, sizeof(mem) - 64, SIZE), -1);
	ck_assert_int_eq(queue_init(&q, &ram, ~0ULL - 64, SIZE), -1);
}
END_TEST

START_TEST(wraps)
{
	struct co_sub segs[MAX_SEGS];
	struct co_comp comp;

	begin_at(starts[_i]);
	for (uint16_t round = 0; round < 50; round++) {
		int n = 1 + round % MAX_SEGS;

		ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 0);
		submit(round, n);
		ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), n);
		for (int i = 0; i < n; i++) {
			ck_assert_uint_eq(segs[i].id, round);
			ck_assert_uint_eq(segs[i].addr, round * 16 + i);
		}
		ck_assert_uint_eq(fake_queue_space(&guest), SIZE);
		answer(round);
		ck_assert(fake_queue_get(&guest, &comp));
		ck_assert_uint_eq(comp.id, round);
		ck_assert_int_eq(comp.status, -round);
		ck_assert(!fake_queue_get(&guest, &comp));
	}
	ck_assert_uint_eq(queue.inflight, 0);
}
END_TEST

START_TEST(full)
{
	struct co_sub segs[MAX_SEGS];
	struct co_comp comp;

	begin_at(starts[_i]);
	for (int i = 0; i < SIZE; i++)
		submit(i, 1);
	ck_assert_uint_eq(fake_queue_space(&guest), 0);
	for (int i = 0; i < SIZE; i++) {
		ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
		ck_assert_uint_eq(segs[0].id, i);
	}
	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 0);
	/* Completions in another order. */
	for (int i = SIZE - 1; i >= 0; i--)
		answer(i);
	for (int i = SIZE - 1; i >= 0; i--) {
		ck_assert(fake_queue_get(&guest, &comp));
		ck_assert_uint_eq(comp.id, i);
	}
	ck_assert(!fake_queue_get(&guest, &comp));
	ck_assert(!queue.broken);
}
END_TEST

/* The guest's changes to a request that was taken have no effect. */
START_TEST(copied)
{
	struct co_sub segs[MAX_SEGS];

	submit(3, 1);
	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
	memset(mem + GPA + CO_QUEUE_HDR, 0xff, sizeof(struct co_sub));
	ck_assert_uint_eq(segs[0].id, 3);
	ck_assert_uint_eq(segs[0].addr, 48);
}
END_TEST

/* Kicks and interrupts are asked for exactly when they are needed. */
START_TEST(notifications)
{
	struct co_sub segs[MAX_SEGS];
	struct co_comp comp;

	begin_at(starts[_i]);
	ck_assert(!queue_wants_irq(&queue));
	ck_assert(queue_arm(&queue));
	fake_queue_add(&guest, &(struct co_sub) { .id = 1 });
	ck_assert(fake_queue_publish(&guest));
	/* Not armed again: no further kick. */
	fake_queue_add(&guest, &(struct co_sub) { .id = 2 });
	ck_assert(!fake_queue_publish(&guest));
	ck_assert(!queue_arm(&queue));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
	ck_assert(queue_arm(&queue));

	/* The guest wants an interrupt for the first completion, not for the second. */
	answer(1);
	ck_assert(queue_wants_irq(&queue));
	ck_assert(!queue_wants_irq(&queue));
	answer(2);
	ck_assert(!queue_wants_irq(&queue));
	ck_assert(!fake_queue_rearm(&guest));
	while (fake_queue_get(&guest, &comp))
		;
	ck_assert(fake_queue_rearm(&guest));
	submit(3, 1);
	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
	answer(3);
	ck_assert(queue_wants_irq(&queue));
}
END_TEST

START_TEST(data_bounds)
{
	struct co_sub seg = { .addr = 0, .len = sizeof(mem) };

	ck_assert_ptr_eq(queue_data(&queue, &seg), mem);
	seg.addr = sizeof(mem);
	seg.len = 0;
	ck_assert_ptr_nonnull(queue_data(&queue, &seg));
	ck_assert(!queue.broken);
	seg.addr = 1;
	seg.len = sizeof(mem);
	ck_assert_ptr_null(queue_data(&queue, &seg));
	ck_assert(queue.broken);
	ck_assert_str_eq(queue.why.text,
			 "gave a segment of 65536 bytes at 0x1: outside its memory or too long");
}
END_TEST

START_TEST(data_wraps)
{
	const struct co_sub seg = { .addr = ~0ULL, .len = 2 };

	ck_assert_ptr_null(queue_data(&queue, &seg));
	ck_assert(queue.broken);
}
END_TEST

START_TEST(data_too_long)
{
	const struct ppram big = { .base = mem, .size = 1ULL << 30 };
	struct co_sub seg = { .len = CO_SEG_MAX };

	queue.ram = &big;
	ck_assert_ptr_nonnull(queue_data(&queue, &seg));
	seg.len++;
	ck_assert_ptr_null(queue_data(&queue, &seg));
}
END_TEST

START_TEST(lie_too_many)
{
	begin_at(starts[_i]);
	guest.hdr->sub_prod += SIZE + 1;
	ck_broken("published 9 entries in a ring of 8");
}
END_TEST

START_TEST(lie_backwards)
{
	begin_at(starts[_i]);
	guest.hdr->sub_prod--;
	ck_broken("published 4294967295 entries in a ring of 8");
}
END_TEST

START_TEST(lie_half)
{
	fake_queue_add(&guest, &(struct co_sub) { .flags = CO_SUB_MORE });
	fake_queue_publish(&guest);
	ck_broken("published half a request");
}
END_TEST

START_TEST(lie_endless)
{
	for (int i = 0; i < SIZE; i++)
		fake_queue_add(&guest, &(struct co_sub) {
			.flags = CO_SUB_MORE });
	fake_queue_publish(&guest);
	ck_broken("made a request of more than 4 segments");
}
END_TEST

START_TEST(lie_mixed)
{
	fake_queue_add(&guest, &(struct co_sub) { .id = 1,
						  .flags = CO_SUB_MORE });
	fake_queue_add(&guest, &(struct co_sub) { .id = 2 });
	fake_queue_publish(&guest);
	ck_broken("mixed requests 1 and 2");
}
END_TEST

START_TEST(lie_answers)
{
	submit(1, 1);
	guest.hdr->comp_cons = 1;
	ck_broken("took 1 answers where 0 were given");
}
END_TEST

/* Completions that the guest has not taken must not be overwritten. */
START_TEST(lie_unread)
{
	struct co_sub segs[MAX_SEGS];

	for (int i = 0; i < SIZE; i++) {
		submit(i, 1);
		ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
		if (i % 2)
			answer(i);
	}
	submit(0, 1);
	ck_broken("has more than 8 requests in flight");
}
END_TEST

/* A broken queue is not accessed, and keeps the first reason. */
START_TEST(broken_for_good)
{
	struct co_sub segs[MAX_SEGS];
	struct co_queue before;

	submit(1, 1);
	submit(2, 1);
	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), 1);
	ck_assert_int_eq(queue_break(&queue, "first"), -1);
	ck_assert_int_eq(queue_break(&queue, "second"), -1);
	ck_assert_str_eq(queue.why.text, "first");
	before = *guest.hdr;
	answer(1);
	ck_assert_uint_eq(queue.inflight, 0);
	ck_assert_int_eq(queue_pop(&queue, segs, MAX_SEGS), -1);
	ck_assert(queue_arm(&queue));
	ck_assert(!queue_wants_irq(&queue));
	ck_assert_int_eq(memcmp(&before, guest.hdr, sizeof(before)), 0);
}
END_TEST

/* Random headers and entries never cause an access outside of the queue. */
START_TEST(rubbish)
{
	struct co_sub segs[MAX_SEGS];
	unsigned int seed = 1;

	for (int round = 0; round < 20000; round++) {
		uint32_t *p = (void *)(mem + GPA);

		begin_at(0);
		for (uint32_t i = 0; i < co_queue_bytes(SIZE) / 4; i++)
			p[i] = (uint32_t)rand_r(&seed) %
			       (rand_r(&seed) % 3 ? 12 : UINT32_MAX);
		while (queue_pop(&queue, segs, MAX_SEGS) > 0) {
			queue_data(&queue, &segs[0]);
			answer(segs[0].id);
			queue_wants_irq(&queue);
		}
		queue_arm(&queue);
	}
}
END_TEST

/*
 * Both ends run at once, and each sleeps whenever it may. A lost notification makes
 * them hang, which the time limit of the test finds.
 */

#define STRESS		200000

struct bell {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	bool rung;
};

static struct bell kick = { PTHREAD_MUTEX_INITIALIZER,
			    PTHREAD_COND_INITIALIZER, false };
static struct bell irq = { PTHREAD_MUTEX_INITIALIZER,
			   PTHREAD_COND_INITIALIZER, false };

static void ring(struct bell *b)
{
	pthread_mutex_lock(&b->lock);
	b->rung = true;
	pthread_cond_signal(&b->cond);
	pthread_mutex_unlock(&b->lock);
}

static void wait_for(struct bell *b)
{
	pthread_mutex_lock(&b->lock);
	while (!b->rung)
		pthread_cond_wait(&b->cond, &b->lock);
	b->rung = false;
	pthread_mutex_unlock(&b->lock);
}

static void *stress_guest(void *arg __attribute__((unused)))
{
	uint32_t made = 0, taken = 0;
	struct co_comp comp;

	while (taken < STRESS) {
		uint32_t burst = 1 + made % SIZE;

		while (made < STRESS && made - taken < burst) {
			fake_queue_add(&guest, &(struct co_sub) {
				.id = made % SIZE, .addr = made });
			made++;
			if (fake_queue_publish(&guest))
				ring(&kick);
		}
		while (fake_queue_get(&guest, &comp)) {
			if (comp.arg != taken)
				return "wrong answer";
			taken++;
		}
		if (taken < made && fake_queue_rearm(&guest))
			wait_for(&irq);
	}
	return NULL;
}

START_TEST(stress)
{
	struct co_sub segs[MAX_SEGS];
	pthread_t thread;
	uint32_t done = 0;
	void *why;

	begin_at(0xfffffff0);
	ck_assert(queue_arm(&queue));
	pthread_create(&thread, NULL, stress_guest, NULL);
	while (done < STRESS) {
		int n = queue_pop(&queue, segs, MAX_SEGS);

		ck_assert_int_ge(n, 0);
		if (n) {
			const struct co_comp comp = {
				.id = segs[0].id, .arg = segs[0].addr,
			};

			queue_push(&queue, &comp);
			done++;
			if (done % 3)
				continue;
		}
		if (queue_wants_irq(&queue))
			ring(&irq);
		if (!n && done < STRESS && queue_arm(&queue))
			wait_for(&kick);
	}
	if (queue_wants_irq(&queue))
		ring(&irq);
	pthread_join(thread, &why);
	ck_assert_ptr_null(why);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("queue");
	TCase *tc = tcase_create("queue");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, outside_memory);
	tcase_add_loop_test(tc, wraps, 0, NR_STARTS);
	tcase_add_loop_test(tc, full, 0, NR_STARTS);
	tcase_add_test(tc, copied);
	tcase_add_loop_test(tc, notifications, 0, NR_STARTS);
	tcase_add_test(tc, data_bounds);
	tcase_add_test(tc, data_wraps);
	tcase_add_test(tc, data_too_long);
	tcase_add_loop_test(tc, lie_too_many, 0, NR_STARTS);
	tcase_add_loop_test(tc, lie_backwards, 0, NR_STARTS);
	tcase_add_test(tc, lie_half);
	tcase_add_test(tc, lie_endless);
	tcase_add_test(tc, lie_mixed);
	tcase_add_test(tc, lie_answers);
	tcase_add_test(tc, lie_unread);
	tcase_add_test(tc, broken_for_good);
	tcase_add_test(tc, rubbish);
	tcase_add_test(tc, stress);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * conet between its queues and a backend that is one end of a socket pair; the other
 * end is the world. Guests that keep to the protocol, and guests that violate it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

#include "net_guest.h"
#include "suite.h"

#define HDR		sizeof(struct virtio_net_hdr)
#define FRAME_MAX	65550
#define FEATURES	(CO_NET_F_CSUM | CO_NET_F_TSO4 | CO_NET_F_TSO6)

/**
 * struct wire - the backend
 * @back:	conet's part of it
 * @loop:	event loop that serves it
 * @watch:	watch for frames, and for room in the socket
 * @fd:		its end of the socket pair
 * @freed:	true once conet has freed it
 */
struct wire {
	struct conet_back back;
	struct loop *loop;
	struct loop_watch watch;
	int fd;
	bool freed;
};

static struct net_guest g;
static struct wire wire;
static int world;
static uint8_t frame[FRAME_MAX + 4096];
static uint8_t seen[FRAME_MAX + 4096];

static int wire_send(struct conet_back *back, const struct iovec *iov,
		     unsigned int nr, size_t len)
{
	struct wire *w = container_of(back, struct wire, back);
	ssize_t n = writev(w->fd, iov, nr);

	if (n < 0)
		return -errno;
	ck_assert_uint_eq(n, HDR + len);
	return 0;
}

static ssize_t wire_recv(struct conet_back *back, const struct iovec *iov,
			 unsigned int nr)
{
	struct wire *w = container_of(back, struct wire, back);
	ssize_t n = readv(w->fd, iov, nr);

	return n < 0 ? -errno : n;
}

static void wire_free(struct conet_back *back)
{
	struct wire *w = container_of(back, struct wire, back);

	loop_unwatch(w->loop, &w->watch);
	close(w->fd);
	w->freed = true;
}

static void wire_ready(struct loop_watch *watch,
		       uint32_t events __attribute__((unused)))
{
	struct wire *w = container_of(watch, struct wire, watch);

	w->back.ready(&w->back);
}

static const struct conet_back_ops wire_ops = {
	.send = wire_send,
	.recv = wire_recv,
	.free = wire_free,
};

static void start(uint32_t index)
{
	const int bytes = 1 << 20;
	int fds[2];

	net_guest_init(&g);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0,
				    fds), 0);
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &bytes,
			   sizeof(bytes));
	world = fds[1];
	wire = (struct wire) {
		.back = {
			.ops = &wire_ops, .features = FEATURES, .mtu = 9000,
			.link = true,
		},
		.loop = &g.loop,
		.watch.ready = wire_ready,
		.fd = fds[0],
	};
	ck_assert_int_eq(loop_watch(&g.loop, &wire.watch, wire.fd,
				    EPOLLIN | EPOLLOUT | EPOLLET), 0);
	net_guest_attach(&g, conet_make(&wire.back, net_mac, &g.loop), index);
}

static void setup(void)
{
	start(0);
}

static void teardown(void)
{
	net_guest_free(&g);
	ck_assert(wire.freed);
	close(world);
}

static void fill(uint8_t *p, uint32_t len, uint32_t seed)
{
	for (uint32_t i = 0; i < len; i++)
		p[i] = (seed + i) * 2654435761U >> 24;
}

/* Send a frame without an offload header from the world to the guest. */
static bool world_send(uint32_t len, uint32_t seed)
{
	memset(frame, 0, HDR);
	fill(frame + HDR, len, seed);
	return send(world, frame, HDR + len, 0) == (ssize_t)(HDR + len);
}

static void world_expect(uint32_t len, uint32_t seed)
{
	ssize_t n = recv(world, seen, sizeof(seen), 0);

	ck_assert_int_eq(n, HDR + len);
	fill(frame, len, seed);
	ck_assert_mem_eq(seen + HDR, frame, len);
}

static void guest_send(uint16_t id, uint32_t len, uint32_t seed, uint32_t part)
{
	fill(frame, len, seed);
	net_guest_send(&g, id, frame, len, part, &(struct co_sub) { .id = 0 });
}

static void guest_expect(uint32_t len, uint32_t seed)
{
	struct co_comp first;

	ck_assert_uint_eq(net_guest_receive(&g, seen, &first), len);
	fill(frame, len, seed);
	ck_assert_mem_eq(seen, frame, len);
}

static void expect_answer(uint16_t id, int status)
{
	uint16_t got;

	ck_assert_int_eq(net_guest_answer(&g, &got), status);
	ck_assert_uint_eq(got, id);
}

/*
 * Guests that keep to the protocol.
 */

START_TEST(config)
{
	ck_assert_uint_eq(g.slot->type, CO_DEV_CONET);
	ck_assert_uint_eq(g.slot->features, FEATURES);
	ck_assert_uint_eq(g.slot->conet.mtu, 9000);
	ck_assert_uint_eq(g.slot->conet.status, CO_NET_LINK_UP);
	ck_assert_mem_eq(g.slot->conet.mac, net_mac, sizeof(net_mac));
}
END_TEST

static const uint32_t lengths[] = {
	14, 15, 60, 1514, 4095, 4096, 4097, 9014, 65535, FRAME_MAX,
};

#define NR_LENGTHS	(sizeof(lengths) / sizeof(lengths[0]))

START_TEST(sends)
{
	uint32_t len = lengths[_i];

	guest_send(3, len, _i, len / 17 + 1);
	net_guest_settle(&g);
	world_expect(len, _i);
	expect_answer(3, 0);
}
END_TEST

START_TEST(receives)
{
	uint32_t len = lengths[_i];

	net_guest_post_all(&g);
	ck_assert(world_send(len, _i));
	net_guest_settle(&g);
	ck_assert(net_guest_irq(&g));
	guest_expect(len, _i);
}
END_TEST

/* The offload header passes in both directions, with a frame of several buffers. */
START_TEST(offloads)
{
	const struct virtio_net_hdr in = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = 54, .gso_size = 1400, .csum_start = 34,
		.csum_offset = 16,
	};
	const uint64_t arg = 54 | 1400ULL << 16 | 34ULL << 32 | 16ULL << 48;
	struct co_comp first;

	net_guest_post_all(&g);
	memcpy(frame, &in, HDR);
	ck_assert_int_eq(send(world, frame, HDR + 10000, 0), HDR + 10000);
	net_guest_settle(&g);
	ck_assert_uint_eq(net_guest_receive(&g, seen, &first), 10000);
	ck_assert_uint_eq(first.op, VIRTIO_NET_HDR_GSO_TCPV4);
	ck_assert_uint_eq(first.opflags, VIRTIO_NET_HDR_F_NEEDS_CSUM);
	ck_assert_uint_eq(first.arg, arg);

	net_guest_send(&g, 9, frame, 10000, 4096, &(struct co_sub) {
		.op = first.op, .opflags = first.opflags, .arg = arg });
	net_guest_settle(&g);
	expect_answer(9, 0);
	ck_assert_int_eq(recv(world, seen, sizeof(seen), 0), HDR + 10000);
	ck_assert_mem_eq(seen, &in, HDR);
}
END_TEST

/* One kick and one interrupt for many frames. */
START_TEST(batches)
{
	net_guest_post_all(&g);
	g.kicks = 0;
	for (uint16_t i = 0; i < 50; i++) {
		ck_assert(world_send(100, i));
		guest_send(i, 200, i, 200);
	}
	ck_assert_uint_eq(g.kicks, 1);
	net_guest_settle(&g);
	for (uint16_t i = 0; i < 50; i++) {
		world_expect(200, i);
		expect_answer(i, 0);
		guest_expect(100, i);
	}
	ck_assert(net_guest_irq(&g));
	/* One interrupt for each direction, or one for both. */
	ck_assert_uint_le(g.irqs, 2);
	ck_assert_uint_eq(g.kicks, 1);
}
END_TEST

/* A guest that polls does not advance its event index: it gets no interrupt. */
START_TEST(no_interrupt_while_polled)
{
	net_guest_post_all(&g);
	ck_assert(world_send(100, 0));
	net_guest_settle(&g);
	ck_assert(net_guest_irq(&g));
	guest_expect(100, 0);
	for (int i = 1; i < 100; i++) {
		ck_assert(world_send(100, i));
		net_guest_settle(&g);
		guest_expect(100, i);
		ck_assert(!net_guest_irq(&g));
	}
	ck_assert(fake_queue_rearm(&g.rx));
	ck_assert(world_send(100, 100));
	net_guest_settle(&g);
	ck_assert(net_guest_irq(&g));
}
END_TEST

/* Without RX buffers frames wait in the backend until buffers are posted. */
START_TEST(no_buffers)
{
	ck_assert(world_send(60000, 1));
	ck_assert(world_send(60000, 2));
	net_guest_settle(&g);
	/* These buffers hold one frame of this length, but not the longest frame. */
	for (unsigned int id = 0; id < 16; id++)
		net_guest_post(&g, id);
	if (fake_queue_publish(&g.rx))
		net_guest_kick(&g, CO_CONET_RX);
	net_guest_settle(&g);
	ck_assert(!net_guest_irq(&g));
	net_guest_post(&g, 16);
	ck_assert(fake_queue_publish(&g.rx));
	net_guest_kick(&g, CO_CONET_RX);
	net_guest_settle(&g);
	ck_assert(net_guest_irq(&g));
	guest_expect(60000, 1);
	net_guest_settle(&g);
	guest_expect(60000, 2);
}
END_TEST

/* A backend without room makes the guest wait, and loses no frame. */
START_TEST(back_pressure)
{
	uint16_t sent = 0, answered = 0, got, arrived = 0;

	while (sent < 400) {
		guest_send(sent, 60000, sent, 60000);
		net_guest_settle(&g);
		sent++;
		if (net_guest_answer(&g, &got) == 1)
			break;
		answered++;
	}
	ck_assert_uint_lt(sent, 400);
	/* The next frames wait behind it and are not completed. */
	guest_send(sent, 100, sent, 100);
	sent++;
	net_guest_settle(&g);
	while (arrived < sent - 1) {
		world_expect(60000, arrived++);
		net_guest_settle(&g);
	}
	world_expect(100, sent - 1);
	for (; answered < sent; answered++)
		expect_answer(answered, 0);
}
END_TEST

START_TEST(cable)
{
	uint32_t generation = g.slot->generation;

	for (int i = 0; i < 2; i++) {
		wire.back.link = i;
		wire.back.changed(&wire.back);
		ck_assert(net_guest_irq(&g));
		ck_assert_uint_eq(g.slot->conet.status, i ? CO_NET_LINK_UP : 0);
		generation += 2;
		ck_assert_uint_eq(g.slot->generation, generation);
	}
}
END_TEST

/* Frames too short for Ethernet are dropped without another effect. */
START_TEST(short_frames)
{
	net_guest_post_all(&g);
	for (uint32_t len = 1; len < HDR + 14; len++)
		ck_assert_int_eq(send(world, frame, len, 0), len);
	ck_assert(world_send(14, 5));
	net_guest_settle(&g);
	guest_expect(14, 5);
}
END_TEST

/* Frames that a guest sent before its end are not lost. */
START_TEST(drains)
{
	for (uint16_t i = 0; i < 64; i++)
		guest_send(i, 60, i, 60);
	ck_assert(g.dev->ops->drained(g.dev));
	for (uint16_t i = 0; i < 64; i++)
		world_expect(60, i);
}
END_TEST

/*
 * The world returns each frame. Sizes and the order of events are random, all indices
 * wrap, and both queues are full and empty at times.
 */
struct torture {
	uint32_t sent;
	uint32_t answered;
	uint32_t came_back;
	uint32_t in_world;
	uint32_t lens[1024];
	uint8_t parts[1024];
};

static uint32_t random_len(void)
{
	static const uint32_t max[] = { 64, 1500, 9000, FRAME_MAX };

	return 14 + random() % (max[random() % 4] - 13);
}

static void torture_send(struct torture *t)
{
	uint32_t len = random_len(), parts = 1 + random() % 18;

	/* Frames on their way must fit into the socket and the guest's area. */
	if (t->sent - t->came_back >= 60 || fake_queue_space(&g.tx) < parts)
		return;
	t->lens[t->sent % 1024] = len;
	guest_send(t->sent % NET_QUEUE, len, t->sent, len / parts + 1);
	t->sent++;
}

static void torture_world(struct torture *t)
{
	ssize_t n = recv(world, seen, sizeof(seen), MSG_PEEK);

	if (n < 0)
		return;
	ck_assert_int_eq(n, HDR + t->lens[t->in_world % 1024]);
	if (send(world, seen, n, 0) != n)
		return;
	recv(world, seen, sizeof(seen), 0);
	t->in_world++;
}

static void torture_answer(struct torture *t)
{
	uint16_t id;

	while (t->answered < t->sent) {
		int status = net_guest_answer(&g, &id);

		if (status == 1)
			return;
		ck_assert_int_eq(status, 0);
		ck_assert_uint_eq(id, t->answered % NET_QUEUE);
		t->answered++;
	}
}

static void torture_receive(struct torture *t)
{
	struct co_comp first;
	uint32_t len = net_guest_receive(&g, seen, &first);

	if (!len)
		return;
	ck_assert_uint_eq(len, t->lens[t->came_back % 1024]);
	fill(frame, len, t->came_back);
	ck_assert_mem_eq(seen, frame, len);
	t->came_back++;
}

#define TORTURE_FRAMES	20000

START_TEST(torture)
{
	static struct torture t;

	net_guest_free(&g);
	close(world);
	start(UINT32_MAX - 1000);
	net_guest_post_all(&g);
	srandom(_i);
	while (t.came_back < TORTURE_FRAMES) {
		if (t.sent < TORTURE_FRAMES && random() % 2)
			torture_send(&t);
		if (random() % 2)
			torture_world(&t);
		if (random() % 2)
			net_guest_run(&g, 0);
		if (random() % 4 == 0)
			torture_answer(&t);
		if (random() % 2)
			torture_receive(&t);
	}
	net_guest_settle(&g);
	torture_answer(&t);
	ck_assert_uint_eq(t.answered, TORTURE_FRAMES);
	ck_assert_uint_lt(g.tx.prod, UINT32_MAX / 2);	/* wrapped */
	ck_assert_uint_lt(g.rx.prod, UINT32_MAX / 2);
}
END_TEST

/*
 * Frames that make no sense: they are dropped, with an error in the completion.
 */

static void send_raw(const struct co_sub *sub)
{
	fake_queue_add(&g.tx, sub);
	if (fake_queue_publish(&g.tx))
		net_guest_kick(&g, CO_CONET_TX);
	net_guest_settle(&g);
}

static const struct co_sub senseless[] = {
	{ .addr = NET_TX_GPA, .len = 0 },
	{ .addr = NET_TX_GPA, .len = 13, .arg2 = 13 },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 61 },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 0 },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 60, .flags = CO_SUB_WRITE },
	{ .addr = NET_TX_GPA, .len = 80000, .arg2 = 80000 },
	{ .addr = NET_TX_GPA, .len = CO_SEG_MAX, .arg2 = CO_SEG_MAX },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 60, .opflags = 1,
	  .arg = 0xffffULL << 32 },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 60, .op = 3, .opflags = 1 },
};

#define NR_SENSELESS	(sizeof(senseless) / sizeof(senseless[0]))

START_TEST(senseless_frame)
{
	struct co_sub sub = senseless[_i];

	sub.id = 11;
	send_raw(&sub);
	expect_answer(11, -EINVAL);
	ck_assert_int_eq(recv(world, seen, sizeof(seen), 0), -1);
	/* The device goes on. */
	guest_send(12, 60, 1, 60);
	net_guest_settle(&g);
	expect_answer(12, 0);
	world_expect(60, 1);
}
END_TEST

/*
 * Guests that violate the protocol: the device is taken away.
 */

static void expect_gone(void)
{
	net_guest_settle(&g);
	ck_assert(wire.freed);
	ck_assert_uint_eq(g.slot->type, CO_DEV_NONE);
	ck_assert(net_guest_irq(&g));
	/* Later kicks and frames have no effect. */
	net_guest_kick(&g, CO_CONET_TX);
	net_guest_kick(&g, CO_CONET_RX);
	net_guest_settle(&g);
	ck_assert(g.dev->ops->drained(g.dev));
}

static const struct co_sub lies[] = {
	{ .addr = NET_MEM - 59, .len = 60, .arg2 = 60 },
	{ .addr = NET_MEM, .len = 60, .arg2 = 60 },
	{ .addr = ~0ULL, .len = 60, .arg2 = 60 },
	{ .addr = ~0ULL - 59, .len = 60, .arg2 = 60 },
	{ .addr = 0, .len = ~0U, .arg2 = ~0U },
	{ .addr = NET_TX_GPA, .len = CO_SEG_MAX + 1, .arg2 = CO_SEG_MAX + 1 },
	{ .addr = NET_TX_GPA, .len = 60, .arg2 = 60, .flags = CO_SUB_MORE },
};

#define NR_LIES		(sizeof(lies) / sizeof(lies[0]))

START_TEST(lying_frame)
{
	send_raw(&lies[_i]);
	expect_gone();
}
END_TEST

START_TEST(lying_buffer)
{
	struct co_sub sub = lies[_i];

	sub.flags |= CO_SUB_WRITE;
	fake_queue_add(&g.rx, &sub);
	fake_queue_publish(&g.rx);
	net_guest_kick(&g, CO_CONET_RX);
	expect_gone();
}
END_TEST

START_TEST(buffer_not_writable)
{
	fake_queue_add(&g.rx, &(struct co_sub) { .addr = NET_RX_GPA,
						 .len = 4096 });
	fake_queue_publish(&g.rx);
	net_guest_kick(&g, CO_CONET_RX);
	expect_gone();
}
END_TEST

START_TEST(buffers_too_small)
{
	for (unsigned int id = 0; id < 64; id++)
		net_guest_post_len(&g, id, 1000);
	fake_queue_publish(&g.rx);
	net_guest_kick(&g, CO_CONET_RX);
	expect_gone();
}
END_TEST

START_TEST(empty_buffer)
{
	net_guest_post_len(&g, 0, 0);
	fake_queue_publish(&g.rx);
	net_guest_kick(&g, CO_CONET_RX);
	expect_gone();
}
END_TEST

START_TEST(too_many_segments)
{
	for (int i = 0; i <= CO_NET_SEGS_MAX; i++)
		fake_queue_add(&g.tx, &(struct co_sub) {
			.addr = NET_TX_GPA, .len = 60, .flags = CO_SUB_MORE });
	fake_queue_publish(&g.tx);
	net_guest_kick(&g, CO_CONET_TX);
	expect_gone();
}
END_TEST

static const uint32_t bad_prods[] = { NET_QUEUE + 1, 1U << 31, ~0U };

START_TEST(bad_index)
{
	struct fake_queue *q = _i % 2 ? &g.rx : &g.tx;

	q->hdr->sub_prod = bad_prods[_i / 2];
	net_guest_kick(&g, _i % 2 ? CO_CONET_RX : CO_CONET_TX);
	expect_gone();
}
END_TEST

/* Completions that the guest has not taken, or that were never produced. */
START_TEST(bad_answers)
{
	struct fake_queue *q = _i % 2 ? &g.rx : &g.tx;

	q->hdr->comp_cons = _i / 2 ? 1 : -NET_QUEUE;
	net_guest_post(&g, 0);
	fake_queue_publish(&g.rx);
	guest_send(0, 60, 0, 60);
	net_guest_kick(&g, CO_CONET_RX);
	expect_gone();
}
END_TEST

/* The frame to send lies in the queue's own memory. */
START_TEST(ring_as_frame)
{
	uint64_t gpa = g.layout.queue_gpa[g.dev->slot][CO_CONET_TX];

	send_raw(&(struct co_sub) { .addr = gpa, .len = 4096, .arg2 = 4096 });
	expect_answer(0, 0);
	ck_assert_int_eq(recv(world, seen, sizeof(seen), 0), HDR + 4096);
}
END_TEST

/* RX buffers lie over the queues: the queues may break, the monitor must not. */
START_TEST(ring_as_buffer)
{
	uint64_t rx = g.layout.queue_gpa[g.dev->slot][CO_CONET_RX];

	for (uint16_t id = 0; id < 64; id++)
		fake_queue_add(&g.rx, &(struct co_sub) {
			.addr = rx, .len = 16384, .id = id,
			.flags = CO_SUB_WRITE });
	fake_queue_publish(&g.rx);
	net_guest_kick(&g, CO_CONET_RX);
	for (int i = 0; i < 8; i++)
		world_send(60000, i);
	net_guest_settle(&g);
	net_guest_kick(&g, CO_CONET_RX);
	net_guest_kick(&g, CO_CONET_TX);
	net_guest_settle(&g);
}
END_TEST

/* Random bytes in the queues, again and again. */
START_TEST(noise)
{
	srandom(_i);
	for (int round = 0; round < 200 && !wire.freed; round++) {
		struct fake_queue *q = random() % 2 ? &g.rx : &g.tx;
		uint32_t *words = (uint32_t *)co_queue_sub(q->hdr);

		for (uint32_t i = 0; i < NET_QUEUE * 8; i++) {
			uint32_t bits = random();

			words[i] = bits & 1 ? bits : bits >> (bits % 32);
		}
		q->prod += random() % 64;
		q->hdr->comp_cons = q->hdr->comp_prod;
		q->hdr->sub_prod = q->prod;
		net_guest_kick(&g, CO_CONET_RX);
		net_guest_kick(&g, CO_CONET_TX);
		world_send(random_len(), round);
		net_guest_settle(&g);
		while (recv(world, seen, sizeof(seen), 0) > 0)
			;
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("conet");
	TCase *honest = tcase_create("honest");
	TCase *liars = tcase_create("liars");

	tcase_add_checked_fixture(honest, setup, teardown);
	tcase_set_timeout(honest, 120);
	tcase_add_test(honest, config);
	tcase_add_loop_test(honest, sends, 0, NR_LENGTHS);
	tcase_add_loop_test(honest, receives, 0, NR_LENGTHS);
	tcase_add_test(honest, offloads);
	tcase_add_test(honest, batches);
	tcase_add_test(honest, no_interrupt_while_polled);
	tcase_add_test(honest, no_buffers);
	tcase_add_test(honest, back_pressure);
	tcase_add_test(honest, cable);
	tcase_add_test(honest, short_frames);
	tcase_add_test(honest, drains);
	tcase_add_loop_test(honest, torture, 0, 4);
	suite_add_tcase(s, honest);

	tcase_add_checked_fixture(liars, setup, teardown);
	tcase_set_timeout(liars, 120);
	tcase_add_loop_test(liars, senseless_frame, 0, NR_SENSELESS);
	tcase_add_loop_test(liars, lying_frame, 0, NR_LIES);
	tcase_add_loop_test(liars, lying_buffer, 0, NR_LIES);
	tcase_add_test(liars, buffer_not_writable);
	tcase_add_test(liars, buffers_too_small);
	tcase_add_test(liars, empty_buffer);
	tcase_add_test(liars, too_many_segments);
	tcase_add_loop_test(liars, bad_index, 0, 6);
	tcase_add_loop_test(liars, bad_answers, 0, 4);
	tcase_add_test(liars, ring_as_frame);
	tcase_add_test(liars, ring_as_buffer);
	tcase_add_loop_test(liars, noise, 0, 20);
	suite_add_tcase(s, liars);
	return suite_run(s);
}

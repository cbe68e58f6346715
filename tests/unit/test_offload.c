// SPDX-License-Identifier: GPL-2.0
/*
 * The offload header: valid ones pass and are translated, others are refused.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <colinux/dev.h>

#include "net/offload.h"
#include "suite.h"

#define ALL		(CO_NET_F_CSUM | CO_NET_F_TSO4 | CO_NET_F_TSO6)
#define TCP4		VIRTIO_NET_HDR_GSO_TCPV4
#define TCP6		VIRTIO_NET_HDR_GSO_TCPV6
#define ECN		VIRTIO_NET_HDR_GSO_ECN
#define SUM		VIRTIO_NET_HDR_F_NEEDS_CSUM

static uint64_t arg(uint16_t hdr_len, uint16_t gso_size, uint16_t csum_start,
		    uint16_t csum_offset)
{
	return hdr_len | (uint64_t)gso_size << 16 |
	       (uint64_t)csum_start << 32 | (uint64_t)csum_offset << 48;
}

START_TEST(plain)
{
	const struct co_sub sub = { .arg2 = 60, .arg = arg(1, 2, 3, 4) };
	static const struct virtio_net_hdr zero;
	struct virtio_net_hdr hdr;

	ck_assert_int_eq(offload_from_guest(&hdr, &sub, 0, 60), 0);
	ck_assert_mem_eq(&hdr, &zero, sizeof(hdr));
}
END_TEST

START_TEST(segmented)
{
	const struct co_sub sub = {
		.op = TCP6 | ECN, .opflags = SUM, .arg2 = 30000,
		.arg = arg(86, 1428, 54, 16),
	};
	struct virtio_net_hdr hdr;
	struct co_comp comp = { .id = 7 };

	ck_assert_int_eq(offload_from_guest(&hdr, &sub, ALL, 30000), 0);
	ck_assert_uint_eq(hdr.flags, SUM);
	ck_assert_uint_eq(hdr.gso_type, TCP6 | ECN);
	ck_assert_uint_eq(le16toh(hdr.hdr_len), 86);
	ck_assert_uint_eq(le16toh(hdr.gso_size), 1428);
	ck_assert_uint_eq(le16toh(hdr.csum_start), 54);
	ck_assert_uint_eq(le16toh(hdr.csum_offset), 16);

	offload_to_guest(&comp, &hdr);
	ck_assert_uint_eq(comp.id, 7);
	ck_assert_uint_eq(comp.op, sub.op);
	ck_assert_uint_eq(comp.opflags, sub.opflags);
	ck_assert_uint_eq(comp.arg, sub.arg);
}
END_TEST

static const struct {
	const char *what;
	int ret;
	uint32_t features;
	uint32_t len;
	uint32_t arg2;
	uint16_t op;
	uint16_t opflags;
	uint16_t arg[4];
} cases[] = {
	{ "length", -EINVAL, ALL, 60, 61, 0, 0, { 0 } },
	{ "sum", 0, ALL, 60, 60, 0, SUM, { 0, 0, 34, 16 } },
	{ "sum not offered", -EINVAL, 0, 60, 60, 0, SUM, { 0, 0, 34, 16 } },
	{ "sum up to the end", 0, ALL, 60, 60, 0, SUM, { 0, 0, 34, 24 } },
	{ "sum over the end", -EINVAL, ALL, 60, 60, 0, SUM, { 0, 0, 34, 25 } },
	{ "sum behind the end", -EINVAL, ALL, 60, 60, 0, SUM, { 0, 0, 60, 0 } },
	{ "sum wraps", -EINVAL, ALL, 60, 60, 0, SUM, { 0, 0, 0xffff, 0xffff } },
	{ "sum wraps to 0", -EINVAL, ALL, 60, 60, 0, SUM,
	  { 0, 0, 0x8000, 0x7fff } },
	{ "sum in the link's header", -EINVAL, ALL, 60, 60, 0, SUM,
	  { 0, 0, 13, 16 } },
	{ "valid is not for the guest to say", -EINVAL, ALL, 60, 60, 0,
	  VIRTIO_NET_HDR_F_DATA_VALID, { 0 } },
	{ "unknown flag", -EINVAL, ALL, 60, 60, 0, SUM | 0x100,
	  { 0, 0, 34, 16 } },
	{ "tso", 0, ALL, 3000, 3000, TCP4, SUM, { 54, 1446, 34, 16 } },
	{ "tso of VLAN", 0, ALL, 3000, 3000, TCP4, SUM, { 58, 1446, 38, 16 } },
	{ "tso with short hint", 0, ALL, 3000, 3000, TCP4, SUM,
	  { 14, 1446, 34, 16 } },
	{ "tso not offered", -EINVAL, ALL & ~CO_NET_F_TSO4, 3000, 3000, TCP4,
	  SUM, { 54, 1446, 34, 16 } },
	{ "tso6 not offered", -EINVAL, ALL & ~CO_NET_F_TSO6, 3000, 3000, TCP6,
	  SUM, { 74, 1426, 54, 16 } },
	{ "tso without sum", -EINVAL, ALL, 3000, 3000, TCP4, 0,
	  { 54, 1446, 34, 16 } },
	{ "tso without size", -EINVAL, ALL, 3000, 3000, TCP4, SUM,
	  { 54, 0, 34, 16 } },
	{ "tso of no TCP", -EINVAL, ALL, 3000, 3000, TCP4, SUM,
	  { 54, 1446, 34, 6 } },
	{ "tso with headers alone", 0, ALL, 54, 54, TCP4, SUM,
	  { 54, 1446, 34, 16 } },
	{ "tso with half a header", -EINVAL, ALL, 53, 53, TCP4, SUM,
	  { 53, 1446, 34, 16 } },
	{ "tso with headers over the end", -EINVAL, ALL, 3000, 3000, TCP4, SUM,
	  { 3001, 1446, 34, 16 } },
	{ "ecn alone", -EINVAL, ALL, 3000, 3000, ECN, SUM,
	  { 54, 1446, 34, 16 } },
	{ "ufo", -EINVAL, ALL, 3000, 3000, VIRTIO_NET_HDR_GSO_UDP, SUM,
	  { 42, 1446, 34, 6 } },
	{ "unknown type", -EINVAL, ALL, 3000, 3000, 0x101, SUM,
	  { 54, 1446, 34, 16 } },
};

START_TEST(checked)
{
	const struct co_sub sub = {
		.op = cases[_i].op, .opflags = cases[_i].opflags,
		.arg2 = cases[_i].arg2,
		.arg = arg(cases[_i].arg[0], cases[_i].arg[1],
			   cases[_i].arg[2], cases[_i].arg[3]),
	};
	struct virtio_net_hdr hdr;
	int ret;

	ret = offload_from_guest(&hdr, &sub, cases[_i].features, cases[_i].len);
	ck_assert_msg(ret == cases[_i].ret, "%s: %d", cases[_i].what, ret);
}
END_TEST

/* All offsets of a header that passes lie inside the frame. */
START_TEST(random_headers)
{
	unsigned int good = 0;

	srandom(1);
	for (int i = 0; i < 2000000; i++) {
		uint32_t len = 14 + random() % 200;
		struct co_sub sub = {
			.op = random() % 8 ? random() % 5 : random(),
			.opflags = random() % 8 ? 1 : random(),
			.arg2 = len,
			.arg = arg(random() % 256, random() % 4,
				   random() % 256, random() % 4 ? 16 :
						   random()),
		};
		struct virtio_net_hdr hdr;

		if (offload_from_guest(&hdr, &sub, ALL, len))
			continue;
		good++;
		ck_assert_uint_le(le16toh(hdr.hdr_len), len);
		if (!hdr.flags)
			continue;
		ck_assert_uint_le(le16toh(hdr.csum_start) +
				  le16toh(hdr.csum_offset) + 2, len);
	}
	ck_assert_uint_gt(good, 1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("offload");
	TCase *tc = tcase_create("offload");

	tcase_add_test(tc, plain);
	tcase_add_test(tc, segmented);
	tcase_add_loop_test(tc, checked, 0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, random_headers);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

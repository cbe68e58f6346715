// SPDX-License-Identifier: GPL-2.0
/*
 * CR4 on the way through the passage: which of the host's features is on at
 * which station. No emulator has them all.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "cr4.h"
#include "suite.h"

struct row {
	const char *feature;
	int bit;
	bool quiet, tramp, legacy;
};

static const struct row rows[] = {
	/* feature	bit	quiet	tramp	legacy */
	{ "DE",		3,	true,	true,	true },
	{ "PSE",	4,	true,	true,	true },
	{ "PAE",	5,	true,	true,	true },
	{ "MCE",	6,	true,	true,	true },
	{ "PGE",	7,	true,	true,	true },
	{ "PCE",	8,	true,	true,	true },
	{ "OSFXSR",	9,	true,	true,	true },
	{ "OSXMMEXCPT",	10,	true,	true,	true },
	{ "UMIP",	11,	true,	true,	true },
	{ "LA57",	12,	true,	true,	true },
	{ "FSGSBASE",	16,	true,	true,	true },
	/* Not while CR3's low bits are none of a PCID. */
	{ "PCIDE",	17,	true,	false,	false },
	{ "OSXSAVE",	18,	true,	true,	true },
	{ "SMEP",	20,	true,	true,	true },
	{ "SMAP",	21,	true,	true,	true },
	/* An NMI handler of the host's may read PKRU. */
	{ "PKE",	22,	true,	true,	false },
	/* Never with the trampoline's IDT. */
	{ "CET",	23,	false,	false,	false },
	{ "PKS",	24,	true,	true,	false },
	{ "UINTR",	25,	true,	true,	false },
	{ "LASS",	27,	false,	false,	false },
	/* Looks at addresses with bit 63 set only; the trampoline has none. */
	{ "LAM_SUP",	28,	true,	true,	false },
	{ "FRED",	32,	true,	true,	false },
};

static bool has(uint64_t cr4, int bit)
{
	return cr4 >> bit & 1;
}

START_TEST(table)
{
	const struct row *row = rows + _i;
	uint64_t base = X86_CR4_PAE | X86_CR4_PSE;
	struct co_cr4 plan;

	co_cr4_plan(&plan, base | 1ULL << row->bit);
	ck_assert_msg(has(plan.host, row->bit), "%s: host", row->feature);
	ck_assert_msg(has(plan.quiet, row->bit) == row->quiet, "%s: quiet",
		      row->feature);
	ck_assert_msg(has(plan.tramp, row->bit) == row->tramp, "%s: tramp",
		      row->feature);
	ck_assert_msg(has(plan.legacy, row->bit) == row->legacy, "%s: legacy",
		      row->feature);
	/* Nothing else moves. */
	ck_assert_uint_eq((plan.quiet | plan.tramp | plan.legacy) &
			  ~(base | 1ULL << row->bit), 0);
	ck_assert_uint_eq(plan.legacy & base, base);
}
END_TEST

/* Whatever the host has, also bits that are not invented yet. */
START_TEST(rules)
{
	struct co_cr4 plan;
	uint64_t host;
	int i;

	srandom(1);
	for (i = 0; i < 10000; i++) {
		host = (uint64_t)random() << 32 ^ (uint64_t)random() << 11 ^
		       (uint64_t)random();
		co_cr4_plan(&plan, host);
		ck_assert_uint_eq(plan.host, host);
		/* Between the two IDTs only PCIDE changes. */
		ck_assert_uint_eq((plan.quiet ^ plan.tramp) &
				  ~(uint64_t)X86_CR4_PCIDE, 0);
		/* 32-bit code loads it. */
		ck_assert_uint_eq(plan.legacy >> 32, 0);
		/* SDM vol. 3, 4.10.1: neither may be on without long mode. */
		ck_assert_uint_eq(plan.legacy & X86_CR4_PCIDE, 0);
		ck_assert_uint_eq(plan.tramp & X86_CR4_PCIDE, 0);
		ck_assert_uint_eq((plan.quiet | plan.tramp | plan.legacy) &
				  (1 << 23 | 1 << 27), 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cr4");
	TCase *tc = tcase_create("cr4");

	tcase_add_loop_test(tc, table, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, rules);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

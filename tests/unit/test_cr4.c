// SPDX-License-Identifier: GPL-2.0
/*
 * CR4 on the way through the passage: the host's features that are on in each state.
 * No emulator has all features.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "i386/cr4.h"
#include "suite.h"
#include "x86_64/cr4.h"

/* A feature of the host: is its bit on at the quiet station, and behind that? */
struct row {
	const char *feature;
	int bit;
	bool quiet, behind;
};

static const struct row rows[] = {
	/* feature	bit	quiet	tramp */
	/* Other bits of the trampoline are the guest's, and zero here. */
	{ "TSD",	2,	true,	false },
	{ "DE",		3,	true,	false },
	{ "PSE",	4,	true,	true },
	{ "PAE",	5,	true,	true },
	{ "MCE",	6,	true,	true },
	{ "PGE",	7,	true,	false },
	{ "PCE",	8,	true,	false },
	{ "OSFXSR",	9,	true,	false },
	{ "OSXMMEXCPT",	10,	true,	false },
	{ "UMIP",	11,	true,	false },
	{ "LA57",	12,	true,	true },
	{ "FSGSBASE",	16,	true,	false },
	/* Off while the low bits of CR3 are no PCID. */
	{ "PCIDE",	17,	true,	false },
	{ "OSXSAVE",	18,	true,	false },
	{ "SMEP",	20,	true,	false },
	{ "SMAP",	21,	true,	false },
	/* An NMI handler of the host may read PKRU; the trampoline's handlers do not. */
	{ "PKE",	22,	true,	false },
	/* Off while the trampoline's IDT is loaded. */
	{ "CET",	23,	false,	false },
	{ "PKS",	24,	true,	false },
	{ "UINTR",	25,	true,	false },
	{ "LASS",	27,	false,	false },
	/* Applies only to addresses with bit 63 set, which the trampoline does not use. */
	{ "LAM_SUP",	28,	true,	false },
	{ "FRED",	32,	true,	false },
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

	co_cr4_plan(&plan, base | 1ULL << row->bit, base);
	ck_assert_msg(has(plan.host, row->bit), "%s: host", row->feature);
	ck_assert_msg(has(plan.quiet, row->bit) == row->quiet, "%s: quiet",
		      row->feature);
	ck_assert_msg(has(plan.tramp, row->bit) == row->behind, "%s: tramp",
		      row->feature);
	/* No other bit changes. */
	ck_assert_uint_eq((plan.quiet | plan.tramp) &
			  ~(base | 1ULL << row->bit), 0);
	ck_assert_uint_eq(plan.tramp & base, base);
}
END_TEST

/* Any CR4 of the host, also with bits that are not defined yet. */
START_TEST(rules)
{
	struct co_cr4 plan;
	uint64_t host, guest;
	int i;

	srandom(1);
	for (i = 0; i < 10000; i++) {
		host = (uint64_t)random() << 32 ^ (uint64_t)random() << 11 ^
		       (uint64_t)random();
		guest = (uint32_t)random() << 1;
		co_cr4_plan(&plan, host, guest);
		ck_assert_uint_eq(plan.host, host);
		ck_assert_uint_eq(plan.guest, guest | (host & 1 << 12));
		/* 32-bit code loads this value. */
		ck_assert_uint_eq(plan.tramp >> 32, 0);
		/* PCIDE must be off when long mode is left (SDM vol. 3, 4.10.1). */
		ck_assert_uint_eq(plan.tramp & X86_CR4_PCIDE, 0);
		ck_assert_uint_eq((plan.quiet | plan.tramp) &
				  (1 << 23 | 1 << 27), 0);
		/* PAE and LA57 cannot change in long mode (SDM vol. 3, 4.10.1 and 2.5). */
		ck_assert_uint_eq((plan.tramp ^ host) & (1 << 5 | 1 << 12), 0);
		/* TSD to SMAP, except those that the mode or #MC depend on. */
		ck_assert_uint_eq((plan.tramp ^ guest) & 0x350f8c, 0);
		ck_assert_uint_eq(plan.tramp & ~host & ~0x350f8cULL, 0);
	}
}
END_TEST

/* An x86-64 guest that has all bits which Linux sets, on a host that has one more. */
static const struct row rows64[] = {
	/* feature	bit	quiet	guest */
	{ "VME",	0,	true,	false },
	{ "PCE",	8,	true,	false },
	/* Cannot change in long mode, and in VMX operation. */
	{ "LA57",	12,	true,	true },
	{ "VMXE",	13,	true,	true },
	{ "SMXE",	14,	true,	false },
	{ "PKE",	22,	true,	false },
	{ "CET",	23,	false,	false },
	{ "PKS",	24,	true,	false },
	{ "UINTR",	25,	true,	false },
	{ "LASS",	27,	false,	false },
	{ "LAM_SUP",	28,	true,	false },
	{ "FRED",	32,	true,	false },
};

/* PSE, PAE, MCE, PGE, OSFXSR, OSXMMEXCPT, UMIP, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP. */
#define LINUX64	0x370ef0ULL

START_TEST(table64)
{
	const struct row *row = rows64 + _i;
	uint64_t host = LINUX64 | 1ULL << row->bit;
	struct co_cr4_64 plan;

	co_cr4_plan64(&plan, host, LINUX64, true);
	ck_assert_uint_eq(plan.host, host);
	ck_assert_msg(has(plan.quiet, row->bit) == row->quiet, "%s: quiet", row->feature);
	ck_assert_msg(has(plan.guest, row->bit) == row->behind, "%s: guest", row->feature);
	/* No other bit changes, so that CR4 is not written. */
	ck_assert_uint_eq(plan.quiet & LINUX64, LINUX64);
	ck_assert_uint_eq(plan.guest & LINUX64, LINUX64);
	/* A guest cannot have a bit that the passage does not switch. */
	co_cr4_plan64(&plan, LINUX64, host, true);
	ck_assert_msg(!has(plan.guest, row->bit) || row->bit == 8, "%s: the guest's own",
		      row->feature);
}
END_TEST

/* Without INVPCID the flush is a change of PGE, one way at least. */
START_TEST(flush64)
{
	struct co_cr4_64 plan;

	co_cr4_plan64(&plan, LINUX64, LINUX64, false);
	ck_assert_uint_eq(plan.guest, LINUX64 & ~X86_CR4_PGE);
	ck_assert_uint_eq(plan.quiet, LINUX64);
}
END_TEST

START_TEST(rules64)
{
	struct co_cr4_64 plan;
	uint64_t host, guest;
	int i;

	srandom(2);
	for (i = 0; i < 10000; i++) {
		host = (uint64_t)random() << 32 ^ (uint64_t)random() << 11 ^
		       (uint64_t)random();
		guest = (uint64_t)random() << 32 ^ (uint64_t)random();
		co_cr4_plan64(&plan, host, guest, i & 1);
		/* Only CET and LASS change while the host's IDT is loaded. */
		ck_assert_uint_eq(plan.quiet, host & ~(1ULL << 23 | 1ULL << 27));
		/* LA57 and VMXE are the host's (SDM vol. 3, 2.5 and 23.8). */
		ck_assert_uint_eq((plan.guest ^ host) & (1 << 12 | 1 << 13), 0);
		/* The guest gets no bit that it did not have. */
		ck_assert_uint_eq(plan.guest & ~guest & ~(1ULL << 12 | 1ULL << 13), 0);
		/* Nothing above SMAP. */
		ck_assert_uint_eq(plan.guest >> 22, 0);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cr4");
	TCase *tc = tcase_create("cr4");

	tcase_add_loop_test(tc, table, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, rules);
	tcase_add_loop_test(tc, table64, 0, sizeof(rows64) / sizeof(rows64[0]));
	tcase_add_test(tc, flush64);
	tcase_add_test(tc, rules64);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

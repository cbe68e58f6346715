// SPDX-License-Identifier: GPL-2.0
/*
 * The module's handling of host MSRs, on a bank of MSRs that logs every access. No
 * emulator has a debug store or split-lock detection.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"

/*
 * Replaces kmod/msr_access.h. The numbers are from SDM vol. 4, not from the kernel's
 * headers.
 */
#define CO_MSR_ACCESS_H

typedef uint32_t u32;
typedef uint64_t u64;

#define BIT(n)		(1UL << (n))
#define likely(x)	(x)
#define unlikely(x)	(x)
#define noinstr
#define __init
#define __ro_after_init
#ifndef __always_inline
#define __always_inline	inline
#endif

#define MSR_TEST_CTRL			0x33
#define MSR_IA32_DEBUGCTLMSR		0x1d9
#define MSR_IA32_PERF_CAPABILITIES	0x345
#define MSR_CORE_PERF_GLOBAL_CTRL	0x38f
#define MSR_IA32_PEBS_ENABLE		0x3f1
#define DEBUGCTLMSR_TR			(1UL << 6)
#define DEBUGCTLMSR_BTS			(1UL << 7)
#define DEBUGCTLMSR_BTINT		(1UL << 8)
#define EFER_SCE			(1UL << 0)
#define EFER_LME			(1UL << 8)
#define EFER_LMA			(1UL << 10)
#define PERF_CAP_PEBS_BASELINE		(1ULL << 14)
#define MSR_TEST_CTRL_SPLIT_LOCK_DETECT	(1UL << 29)

/* Bits that the module must not change. */
#define DEBUGCTL_LBR	(1ULL << 0)
#define DEBUGCTL_FREEZE	(1ULL << 12)
#define TEST_CTRL_OTHER	(1ULL << 31)

enum {
	X86_FEATURE_DTES64,
	X86_FEATURE_PEBS,
	X86_FEATURE_BTS,
	X86_FEATURE_SPLIT_LOCK_DETECT,
	FEATURES,
};

/* A CPU: its MSRs, its features, and the log of accesses. */
struct msr {
	u32 number;
	bool absent;
	u64 value;
};

static struct msr bank[] = {
	{ .number = MSR_TEST_CTRL },
	{ .number = MSR_IA32_DEBUGCTLMSR },
	{ .number = MSR_IA32_PERF_CAPABILITIES },
	{ .number = MSR_CORE_PERF_GLOBAL_CTRL },
	{ .number = MSR_IA32_PEBS_ENABLE },
};

static bool features[FEATURES];
static bool arch_pebs;
static char log_text[1024];

static struct msr *msr(u32 number)
{
	struct msr *m = bank;

	while (m->number != number)
		if (++m == bank + sizeof(bank) / sizeof(bank[0]))
			ck_abort_msg("access to MSR 0x%x, which the bank does not have", number);
	return m;
}

static void log_access(const char *what, u32 number, u64 value)
{
	size_t len = strlen(log_text);

	snprintf(log_text + len, sizeof(log_text) - len, "%s%s%x=%llx",
		 len ? " " : "", what, number, (unsigned long long)value);
}

static bool boot_cpu_has(int feature)
{
	return features[feature];
}

static bool co_cpu_arch_pebs(void)
{
	return arch_pebs;
}

static bool co_msr_readable(u32 number)
{
	return !msr(number)->absent;
}

/* Access to an absent MSR is #GP: fatal under the trampoline's IDT. */
static u64 co_msr_read(u32 number)
{
	ck_assert_msg(!msr(number)->absent, "read of MSR 0x%x, which is absent", number);
	log_access("r", number, msr(number)->value);
	return msr(number)->value;
}

static void co_msr_write(u32 number, u64 value)
{
	ck_assert_msg(!msr(number)->absent, "write to MSR 0x%x, which is absent", number);
	log_access("w", number, value);
	msr(number)->value = value;
}

#include "kmod/efer.h"
#include "kmod/msrs.c"

static struct co_msrs msrs;

/* A CPU with all features, all of them off; the tests remove some. */
static void setup(void)
{
	for (size_t i = 0; i < sizeof(bank) / sizeof(bank[0]); i++) {
		bank[i].absent = false;
		bank[i].value = 0;
	}
	for (int i = 0; i < FEATURES; i++)
		features[i] = true;
	arch_pebs = false;
	msr(MSR_IA32_PERF_CAPABILITIES)->value = PERF_CAP_PEBS_BASELINE;
	memset(&msrs, 0, sizeof(msrs));
	co_msrs_has = 0;
	co_msrs_pebs_counters = 0;
	log_text[0] = '\0';
}

static void probe(void)
{
	co_msrs_probe();
	log_text[0] = '\0';
}

static void ck_log(const char *wanted)
{
	ck_assert_str_eq(log_text, wanted);
	log_text[0] = '\0';
}

/* The accesses on the way in, and those on the way out. */
static void ck_trace(const char *off, const char *on)
{
	co_msrs_trace_off(&msrs);
	ck_log(off);
	co_msrs_trace_on(&msrs);
	ck_log(on);
}

static u64 value(u32 number)
{
	return msr(number)->value;
}

/* Without the features; or with them: some hypervisors report them without the MSRs. */
START_TEST(no_msrs)
{
	if (!_i)
		memset(features, 0, sizeof(features));
	for (size_t i = 0; i < sizeof(bank) / sizeof(bank[0]); i++)
		bank[i].absent = true;
	co_msrs_probe();
	ck_assert(!co_msrs_trace());
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	ck_log("");
}
END_TEST

/* Linux does not use a debug store of the 32-bit format. */
START_TEST(old_format)
{
	features[X86_FEATURE_DTES64] = false;
	probe();
	ck_assert(!co_msrs_trace());
}
END_TEST

START_TEST(one_feature)
{
	features[X86_FEATURE_BTS] = false;
	msr(MSR_IA32_DEBUGCTLMSR)->absent = true;
	probe();
	ck_assert(co_msrs_trace());
	ck_trace("r3f1=0", "");

	setup();
	features[X86_FEATURE_PEBS] = false;
	msr(MSR_IA32_PEBS_ENABLE)->absent = true;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->absent = true;
	probe();
	ck_assert(co_msrs_trace());
	ck_trace("r1d9=0", "");
}
END_TEST

/* The features exist but are not in use: two reads and no other access. */
START_TEST(all_off)
{
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 0xf;
	msr(MSR_IA32_DEBUGCTLMSR)->value = DEBUGCTL_LBR | DEBUGCTL_FREEZE;
	probe();
	ck_trace("r3f1=0 r1d9=1001", "");
}
END_TEST

/*
 * Counters stop before PEBS on the way in, PEBS starts before them on the way out.
 * Counters of other events, such as the NMI watchdog's, go on.
 */
START_TEST(pebs)
{
	msr(MSR_IA32_PEBS_ENABLE)->value = 0x100000002;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 0x30000000f;
	probe();
	ck_trace("r3f1=100000002 r38f=30000000f w38f=20000000d w3f1=0 r1d9=0",
		 "w3f1=100000002 w38f=30000000f");
}
END_TEST

/* Before the baseline format the high bits of PEBS_ENABLE stand for no counters. */
START_TEST(pebs_options)
{
	msr(MSR_IA32_PERF_CAPABILITIES)->value = 0;
	msr(MSR_IA32_PEBS_ENABLE)->value = 0x8000000100000001;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 0x70000000f;
	probe();
	ck_trace("r3f1=8000000100000001 r38f=70000000f w38f=70000000e w3f1=0 r1d9=0",
		 "w3f1=8000000100000001 w38f=70000000f");

	/* The same if no MSR reports the format. */
	msr(MSR_IA32_PERF_CAPABILITIES)->absent = true;
	probe();
	co_msrs_trace_off(&msrs);
	ck_assert_uint_eq(value(MSR_CORE_PERF_GLOBAL_CTRL), 0x70000000e);
}
END_TEST

START_TEST(pebs_without_control)
{
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->absent = true;
	msr(MSR_IA32_PEBS_ENABLE)->value = 1;
	probe();
	ck_trace("r3f1=1 w3f1=0 r1d9=0", "w3f1=1");
}
END_TEST

/* All counters stop, whatever they count; PEBS_ENABLE is not read. */
START_TEST(arch_pebs_off_on)
{
	arch_pebs = true;
	msr(MSR_IA32_PEBS_ENABLE)->value = 1;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 0x30000000f;
	probe();
	ck_trace("r38f=30000000f w38f=0 r1d9=0", "w38f=30000000f");

	/* No counter runs: one read. */
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 0;
	ck_trace("r38f=0 r1d9=0", "");
}
END_TEST

/* A CPU without a debug store and its PEBS. */
START_TEST(arch_pebs_alone)
{
	arch_pebs = true;
	for (int i = 0; i < FEATURES; i++)
		features[i] = false;
	msr(MSR_IA32_PEBS_ENABLE)->absent = true;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 1;
	probe();
	ck_assert(co_msrs_trace());
	ck_trace("r38f=1 w38f=0", "w38f=1");

	msr(MSR_CORE_PERF_GLOBAL_CTRL)->absent = true;
	probe();
	ck_assert(!co_msrs_trace());
}
END_TEST

START_TEST(bts)
{
	msr(MSR_IA32_DEBUGCTLMSR)->value = DEBUGCTLMSR_TR | DEBUGCTLMSR_BTS |
		DEBUGCTLMSR_BTINT | DEBUGCTL_LBR | DEBUGCTL_FREEZE;
	probe();
	ck_trace("r3f1=0 r1d9=11c1 w1d9=1001", "w1d9=11c1");
}
END_TEST

START_TEST(bts_bits)
{
	static const u64 bits[] = {
		DEBUGCTLMSR_TR, DEBUGCTLMSR_BTS, DEBUGCTLMSR_BTINT,
	};

	probe();
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		msr(MSR_IA32_DEBUGCTLMSR)->value = bits[i];
		co_msrs_trace_off(&msrs);
		ck_assert_uint_eq(value(MSR_IA32_DEBUGCTLMSR), 0);
		co_msrs_trace_on(&msrs);
		ck_assert_uint_eq(value(MSR_IA32_DEBUGCTLMSR), bits[i]);
	}
}
END_TEST

START_TEST(both)
{
	msr(MSR_IA32_PEBS_ENABLE)->value = 3;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 7;
	msr(MSR_IA32_DEBUGCTLMSR)->value = DEBUGCTLMSR_BTS;
	probe();
	ck_trace("r3f1=3 r38f=7 w38f=4 w3f1=0 r1d9=80 w1d9=0",
		 "w1d9=80 w3f1=3 w38f=7");
}
END_TEST

/* The host changes the MSRs between passages: old values are not restored. */
START_TEST(changed_between)
{
	msr(MSR_IA32_PEBS_ENABLE)->value = 1;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 1;
	msr(MSR_IA32_DEBUGCTLMSR)->value = DEBUGCTLMSR_BTS;
	probe();
	co_msrs_trace_off(&msrs);
	co_msrs_trace_on(&msrs);

	msr(MSR_IA32_PEBS_ENABLE)->value = 0;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 2;
	msr(MSR_IA32_DEBUGCTLMSR)->value = DEBUGCTL_LBR;
	log_text[0] = '\0';
	co_msrs_trace_off(&msrs);
	co_msrs_trace_on(&msrs);
	ck_log("r3f1=0 r1d9=1");

	msr(MSR_IA32_PEBS_ENABLE)->value = 4;
	msr(MSR_CORE_PERF_GLOBAL_CTRL)->value = 6;
	co_msrs_trace_off(&msrs);
	co_msrs_trace_on(&msrs);
	ck_log("r3f1=4 r38f=6 w38f=2 w3f1=0 r1d9=1 w3f1=4 w38f=6");
}
END_TEST

START_TEST(split_lock)
{
	const u64 on = MSR_TEST_CTRL_SPLIT_LOCK_DETECT | TEST_CTRL_OTHER;

	msr(MSR_TEST_CTRL)->value = on;
	probe();
	co_msrs_load(&msrs);
	ck_log("r33=a0000000 w33=80000000");
	co_msrs_put(&msrs);
	ck_log("w33=a0000000");
}
END_TEST

/* Split-lock detection that the host has switched off for a process stays off. */
START_TEST(split_lock_off)
{
	msr(MSR_TEST_CTRL)->value = TEST_CTRL_OTHER;
	probe();
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	ck_log("r33=80000000");
}
END_TEST

START_TEST(split_lock_changed)
{
	msr(MSR_TEST_CTRL)->value = MSR_TEST_CTRL_SPLIT_LOCK_DETECT;
	probe();
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	msr(MSR_TEST_CTRL)->value = 0;
	log_text[0] = '\0';
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	ck_log("r33=0");
}
END_TEST

START_TEST(split_lock_unreadable)
{
	msr(MSR_TEST_CTRL)->absent = true;
	probe();
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	ck_log("");

	/* Without Linux's feature bit the MSR is not accessed. */
	setup();
	features[X86_FEATURE_SPLIT_LOCK_DETECT] = false;
	msr(MSR_TEST_CTRL)->value = MSR_TEST_CTRL_SPLIT_LOCK_DETECT;
	probe();
	co_msrs_load(&msrs);
	co_msrs_put(&msrs);
	ck_log("");
}
END_TEST

/* The guest's EFER has no SCE, LME, LMA and TCE, but the host's NXE, SVME, AutoIBRS. */
START_TEST(efer)
{
	ck_assert_uint_eq(co_guest_efer(0x209d01), 0x201800);
	ck_assert_uint_eq(co_guest_efer(~0ULL), ~0x8501ULL);
	/* In long mode only TCE differs. */
	ck_assert_uint_eq(co_guest64_efer(~0ULL), ~0x8000ULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("msrs");
	TCase *tc = tcase_create("msrs");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_loop_test(tc, no_msrs, 0, 2);
	tcase_add_test(tc, old_format);
	tcase_add_test(tc, one_feature);
	tcase_add_test(tc, all_off);
	tcase_add_test(tc, pebs);
	tcase_add_test(tc, pebs_options);
	tcase_add_test(tc, pebs_without_control);
	tcase_add_test(tc, arch_pebs_off_on);
	tcase_add_test(tc, arch_pebs_alone);
	tcase_add_test(tc, bts);
	tcase_add_test(tc, bts_bits);
	tcase_add_test(tc, both);
	tcase_add_test(tc, changed_between);
	tcase_add_test(tc, split_lock);
	tcase_add_test(tc, split_lock_off);
	tcase_add_test(tc, split_lock_changed);
	tcase_add_test(tc, split_lock_unreadable);
	tcase_add_test(tc, efer);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

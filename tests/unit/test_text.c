// SPDX-License-Identifier: GPL-2.0
/*
 * Text for users and scripts: register dumps and counters. The keys of the terminal.
 */
#include <stdio.h>
#include <string.h>

#include <colinux/guest.h>

#include "common/keys.h"
#include "control/stats.h"
#include "suite.h"
#include "vm/vcpu.h"

START_TEST(page_fault)
{
	struct co_regs regs = {
		.valid = 1,
		.vector = 14,
		.error = 2,
		.ip = 0xc1234567,
		.cr2 = 0x10,
		.gpr = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.sp = 0xc2000000,
	};
	char text[VCPU_DUMP_MAX];

	vcpu_dump(&regs, CO_ARCH_I386, false, text, sizeof(text));
	ck_assert_ptr_eq(strstr(text, "colinux-run: guest: page fault (write 00000010, error 2) at c1234567: ended\n"),
			 text);
	ck_assert_ptr_nonnull(strstr(text, "eax 00000001  ebx 00000004  ecx 00000002  edx 00000003\n"));
	ck_assert_ptr_nonnull(strstr(text, "esi 00000007  edi 00000008  ebp 00000006  esp 0000:c2000000\n"));
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
}
END_TEST

START_TEST(stuck)
{
	struct co_regs regs = { .ip = 0xc0001000 };
	char text[VCPU_DUMP_MAX];

	vcpu_dump(&regs, CO_ARCH_I386, true, text, sizeof(text));
	ck_assert_ptr_eq(strstr(text, "colinux-run: guest: stuck with interrupts off at c0001000: ended\n"),
			 text);
	ck_assert_ptr_nonnull(strstr(text, "(its stack could not be read)"));
}
END_TEST

START_TEST(fault_x86_64)
{
	struct co_regs regs = {
		.valid = 1,
		.vector = 13,
		.ip = 0xffffffff81234567,
		.flags = 0x10246,
		.gpr = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
		.cs = 0x10,
		.ss = 0x18,
		.sp = 0xffffffff82003eb8,
		.cr0 = 0x80050033,
		.cr2 = 0x7f0000000010,
		.cr3 = 0x123456000,
		.cr4 = 0x6b0,
	};
	char text[VCPU_DUMP_MAX];

	vcpu_dump(&regs, CO_ARCH_X86_64, false, text, sizeof(text));
	ck_assert_str_eq(text,
			 "colinux-run: guest: general protection fault (vector 13, error 0) at ffffffff81234567: ended\n"
			 "  rip 0010:ffffffff81234567  rflags 00010246\n"
			 "  rax 0000000000000001  rbx 0000000000000004  rcx 0000000000000002\n"
			 "  rdx 0000000000000003  rsi 0000000000000007  rdi 0000000000000008\n"
			 "  rbp 0000000000000006  r8  0000000000000009  r9  000000000000000a\n"
			 "  r10 000000000000000b  r11 000000000000000c  r12 000000000000000d\n"
			 "  r13 000000000000000e  r14 000000000000000f  r15 0000000000000010\n"
			 "  rsp 0018:ffffffff82003eb8\n"
			 "  cr0 80050033  cr2 00007f0000000010  cr3 0000000123456000  cr4 000006b0\n");
}
END_TEST

/* The longest possible dump fits into the buffer: its last line is complete. */
START_TEST(worst_dump)
{
	char text[VCPU_DUMP_MAX];
	struct co_regs regs;

	memset(&regs, 0xff, sizeof(regs));
	regs.valid = 0;
	for (unsigned int arch = CO_ARCH_I386; arch <= CO_ARCH_X86_64; arch++) {
		for (regs.vector = 0; regs.vector < 40; regs.vector++) {
			vcpu_dump(&regs, arch, false, text, sizeof(text));
			ck_assert_ptr_nonnull(strstr(text, "cr4 ffffffffffffffff\n"));
		}
	}
}
END_TEST

START_TEST(counters)
{
	struct co_stats stats = { .passages = 7, .pinned_pages = ~0ULL };
	char text[1024] = "";
	FILE *f = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(f);
	stats_print(&stats, f);
	fclose(f);
	ck_assert_ptr_eq(strstr(text, "passages 7\nexit_irq 0\n"), text);
	ck_assert_ptr_nonnull(strstr(text, "\npinned_pages 18446744073709551615\n"));
}
END_TEST

static char keys[16];
static size_t nr_keys;

static bool on_key(struct keys *taken __attribute__((unused)), char key)
{
	keys[nr_keys++] = key;
	return key != 'd';
}

struct escape_case {
	const char *typed;
	const char *left;
	const char *keys;
};

static const struct escape_case escapes[] = {
	{ "hello\n", "hello\n", "" },
	{ "a\x1dqb", "ab", "q" },
	{ "\x1dx\x1dx", "", "xx" },
	{ "\x1d\x1d", "\x1d", "" },
	{ "\x1d\x1d\x1dq", "\x1d", "q" },
	{ "\x1d?z\x1dz", "z", "?z" },
	{ "a\x1d", "a", "" },
};

/* Keys that arrive in one piece, and byte by byte. */
START_TEST(escape_keys)
{
	const struct escape_case *c = &escapes[_i / 2];
	struct keys esc = { .key = on_key };
	char buf[32], left[32] = "";
	size_t step = _i % 2 ? 1 : strlen(c->typed);

	for (size_t at = 0; at < strlen(c->typed); at += step) {
		memcpy(buf, c->typed + at, step);
		strncat(left, buf, keys_take(&esc, buf, step));
	}
	ck_assert_str_eq(left, c->left);
	ck_assert_str_eq(keys, c->keys);
}
END_TEST

/* Characters typed behind the key that leaves are discarded. */
START_TEST(escape_leaves)
{
	struct keys esc = { .key = on_key };
	char buf[] = "a\035db";

	ck_assert_uint_eq(keys_take(&esc, buf, 4), 1);
	ck_assert_int_eq(buf[0], 'a');
}
END_TEST

int main(void)
{
	Suite *s = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, page_fault);
	tcase_add_test(tc, stuck);
	tcase_add_test(tc, worst_dump);
	tcase_add_test(tc, fault_x86_64);
	tcase_add_test(tc, counters);
	tcase_add_loop_test(tc, escape_keys, 0, 14);
	tcase_add_test(tc, escape_leaves);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

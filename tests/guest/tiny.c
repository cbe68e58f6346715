// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest guest kernel: for testing and measuring the passage alone.
 *
 * It does what the first word of its command line says, prints the result
 * through CO_HC_CONSOLE and powers off. Loaded by colinux-run like any other
 * kernel. Words:
 *
 *   nop=N	N empty hypercalls; prints TSC cycles per round trip
 *   spin=N	N million loops with interrupts on: only forwarded ones come
 *   fault	an undefined instruction: the host must report it
 *   hello	nothing more than a line of text
 */
#include "toy.h"

static void do_nop(struct co_vcpu_page *vcpu, u32 count)
{
	u64 start = rdtsc();
	u32 i;

	for (i = 0; i < count; i++)
		hypercall(vcpu, CO_HC_NOP);
	put("tiny: ");
	put_number(count);
	put(" round trips, TSC cycles each: ");
	put_number((u32)(rdtsc() - start) / count);
	put("\n");
}

static void do_spin(struct co_vcpu_page *vcpu, u32 millions)
{
	volatile u32 i;
	u32 n;

	load_idt(vcpu);
	asm volatile("sti");
	for (n = 0; n < millions; n++)
		for (i = 0; i < 1000000; i++)
			;
	asm volatile("cli");
	put("tiny: spun ");
	put_number(millions);
	put(" million times\n");
}

void start_c(struct co_boot_info *boot, struct co_vcpu_page *vcpu)
{
	const char *word = (char *)((u32)boot->cmdline_gpa + VIRT_BASE);
	u32 n;

	n = parse(word, "nop=");
	if (n)
		do_nop(vcpu, n);
	n = parse(word, "spin=");
	if (n)
		do_spin(vcpu, n);
	if (word[0] == 'c')
		for (;;)
			;
	if (word[0] == 'f')
		asm volatile("ud2");
	if (word[0] == 'h')
		put("tiny: hello\n");
	if (text_len)
		flush(vcpu);
	power_off(vcpu);
}

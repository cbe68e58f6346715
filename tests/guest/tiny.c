// SPDX-License-Identifier: GPL-2.0
/*
 * The smallest guest kernel: it tests and measures only the passage.
 *
 * It obeys the last word of its command line, prints the result through
 * CO_HC_CONSOLE, and powers off. colinux-run loads it like any other kernel.
 * Words, of which the last three count by their first letter:
 *
 *   nop=N	N empty hypercalls; prints TSC cycles per round trip
 *   spin=N	N million loops with interrupts on; the host forwards its own
 *   compute	a loop without end
 *   fault	an undefined instruction, which the host must report
 *   hello	only a line of text
 */
#include "toy.h"

#define NOP_PARTS		10

#define CPUID_1_EDX_FXSR	(1u << 24)
#define CPUID_1_ECX_XSAVE	(1u << 26)
#define CPUID_7_EBX_SMEP	(1u << 7)
#define CPUID_7_EBX_SMAP	(1u << 20)
#define CPUID_7_ECX_UMIP	(1u << 2)

#define CR4_OSFXSR		(1u << 9)
#define CR4_OSXMMEXCPT		(1u << 10)
#define CR4_UMIP		(1u << 11)
#define CR4_OSXSAVE		(1u << 18)
#define CR4_SMEP		(1u << 20)
#define CR4_SMAP		(1u << 21)

static void cpuid(u32 leaf, u32 *ebx, u32 *ecx, u32 *edx)
{
	u32 eax = leaf;

	*ecx = 0;
	asm volatile("cpuid" : "+a" (eax), "=b" (*ebx), "+c" (*ecx), "=d" (*edx));
}

/*
 * Set the bits of CR4 that Linux sets. Under KVM a passage has an exit for each write
 * that changes one of them: without them the exits would differ from a real guest's.
 */
static void cr4_as_linux(void)
{
	unsigned long cr4;
	u32 ebx, ecx, edx, none;

	asm volatile("mov %%cr4, %0" : "=r" (cr4));
	cpuid(1, &none, &ecx, &edx);
	if (edx & CPUID_1_EDX_FXSR)
		cr4 |= CR4_OSFXSR | CR4_OSXMMEXCPT;
	if (ecx & CPUID_1_ECX_XSAVE)
		cr4 |= CR4_OSXSAVE;
	cpuid(7, &ebx, &ecx, &edx);
	if (ebx & CPUID_7_EBX_SMEP)
		cr4 |= CR4_SMEP;
	if (ebx & CPUID_7_EBX_SMAP)
		cr4 |= CR4_SMAP;
	if (ecx & CPUID_7_ECX_UMIP)
		cr4 |= CR4_UMIP;
	asm volatile("mov %0, %%cr4" : : "r" (cr4));
}

static u32 cycles_of(struct co_vcpu_page *vcpu, u32 count)
{
	u64 start = rdtsc();
	u32 i;

	for (i = 0; i < count; i++)
		hypercall(vcpu, CO_HC_NOP);
	return rdtsc() - start;
}

/*
 * A tick of the host takes as long as fifty round trips, and falls into a part of three
 * milliseconds by chance. The best of ten parts has no tick.
 */
static void do_nop(struct co_vcpu_page *vcpu, u32 count)
{
	u32 part = (count + NOP_PARTS - 1) / NOP_PARTS, best = ~0u, cycles, i;

	cr4_as_linux();
	for (i = 0; i < NOP_PARTS; i++) {
		cycles = cycles_of(vcpu, part);
		if (cycles < best)
			best = cycles;
	}
	put("tiny: ");
	put_number(count);
	put(" round trips, TSC cycles each: ");
	put_number(best / part);
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
	const char *word = last_word(boot);
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The common part of the toy guest kernels: the ELF note that identifies a guest
 * kernel, hypercalls, text output. toy_32.h and toy_64.h have what depends on the
 * architecture: the entry point, the calling sequence, the IDT. Each kernel includes
 * this file once.
 */
#ifndef TESTS_GUEST_TOY_H
#define TESTS_GUEST_TOY_H

#include <colinux/guest.h>

#define STACK_SIZE	4096

typedef unsigned int u32;
typedef unsigned long long u64;

void start_c(struct co_boot_info *boot, struct co_vcpu_page *vcpu);
void entry(void);

char stack[STACK_SIZE] __attribute__((aligned(16)));
static char text[256];
static u32 text_len;

#ifdef __x86_64__
#include "toy_64.h"
#else
#include "toy_32.h"
#endif

/* The linker script puts entry() first. */
static const struct __attribute__((packed)) {
	u32 namesz;
	u32 descsz;
	u32 type;
	char name[8];
	struct co_elf_note desc;
} note __attribute__((section(".note.colinux"), used, aligned(4))) = {
	.namesz	= sizeof(CO_NOTE_NAME),
	.descsz	= sizeof(struct co_elf_note),
	.type	= CO_NOTE_KERNEL,
	.name	= CO_NOTE_NAME,
	.desc	= {
		.abi		= CO_GUEST_ABI,
		.arch		= TOY_ARCH,
		.entry		= VIRT_BASE + 0x100000,
		.virt_base	= VIRT_BASE,
		.passage_va	= PASSAGE_VA,
		.flags		= TOY_FLAGS,
	},
};

static inline void *at(u64 gpa)
{
	return (void *)(VIRT_BASE + (unsigned long)gpa);
}

static inline void put_char(char c)
{
	if (text_len < sizeof(text))
		text[text_len++] = c;
}

static inline void put(const char *s)
{
	while (*s)
		put_char(*s++);
}

static inline void put_number(u32 n)
{
	if (n >= 10)
		put_number(n / 10);
	put_char('0' + n % 10);
}

static inline void hypercall(struct co_vcpu_page *vcpu, u32 nr)
{
	vcpu->hc.nr = nr;
	enter(vcpu);
}

static inline void flush(struct co_vcpu_page *vcpu)
{
	vcpu->hc.arg[0] = (unsigned long)text - VIRT_BASE;
	vcpu->hc.arg[1] = text_len;
	hypercall(vcpu, CO_HC_CONSOLE);
	text_len = 0;
}

static inline void power_off(struct co_vcpu_page *vcpu)
{
	vcpu->hc.arg[0] = CO_SHUTDOWN_POWEROFF;
	vcpu->hc.arg[1] = 0;
	vcpu->hc.arg[2] = 0;
	hypercall(vcpu, CO_HC_SHUTDOWN);
}

static inline u64 rdtsc(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a" (low), "=d" (high));
	return (u64)high << 32 | low;
}

/* Return: the last word of the command line; the monitor's own words come before it. */
static inline const char *last_word(const struct co_boot_info *boot)
{
	const char *word = at(boot->cmdline_gpa);

	for (const char *c = word; *c; c++)
		if (*c == ' ')
			word = c + 1;
	return word;
}

/* Return: the number if @word is @name followed by a number, else 0. */
static inline u32 parse(const char *word, const char *name)
{
	u32 n = 0;

	while (*name)
		if (*word++ != *name++)
			return 0;
	while (*word >= '0' && *word <= '9')
		n = n * 10 + (*word++ - '0');
	return n;
}

static inline void load_idt(struct co_vcpu_page *vcpu)
{
	struct {
		unsigned short limit;
		unsigned long base;
	} __attribute__((packed)) desc = { sizeof(idt) - 1, (unsigned long)idt };

	for (u32 v = 0; v < 256; v++)
		set_gate(v, vcpu->stub_va + v * vcpu->stub_stride);
	asm volatile("lidt %0" : : "m" (desc));
}

#endif /* TESTS_GUEST_TOY_H */

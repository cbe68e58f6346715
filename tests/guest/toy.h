/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The common part of the toy guest kernels: the entry point, the ELF note that
 * identifies a guest kernel, hypercalls, text output. Each kernel includes it once.
 */
#ifndef TESTS_GUEST_TOY_H
#define TESTS_GUEST_TOY_H

#include <colinux/guest.h>

#define VIRT_BASE	0xc0000000u
#define PASSAGE_VA	0xffff0000u
#define STACK_SIZE	4096
#define EFLAGS_IF	0x200

typedef unsigned int u32;
typedef unsigned long long u64;

void start_c(struct co_boot_info *boot, struct co_vcpu_page *vcpu);
void entry(void);

char stack[STACK_SIZE] __attribute__((aligned(16)));
static char text[256];
static u32 text_len;

struct gate {
	u32 low;
	u32 high;
};

static struct gate idt[256];

asm(".section .text.entry, \"ax\"\n"
    ".globl entry\n"
    "entry:\n"
    "	movl	$stack + 4096, %esp\n"
    "	pushl	%edi\n"
    "	pushl	%esi\n"
    "	call	start_c\n"
    "1:	jmp	1b\n"
    ".previous\n");

/* The linker script puts entry() first. */
static const struct {
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
		.arch		= CO_ARCH_I386,
		.entry		= VIRT_BASE + 0x100000,
		.virt_base	= VIRT_BASE,
		.passage_va	= PASSAGE_VA,
	},
};

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
	void *entry_va = (void *)(u32)vcpu->hypercall_va;

	vcpu->hc.nr = nr;
	asm volatile("pushfl\n\t"
		     "pushl	%%cs\n\t"
		     "call	*%0" : : "r" (entry_va) : "memory", "cc");
}

static inline void flush(struct co_vcpu_page *vcpu)
{
	vcpu->hc.arg[0] = (u32)text - VIRT_BASE;
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
	u64 tsc;

	asm volatile("rdtsc" : "=A" (tsc));
	return tsc;
}

/* Return: the last word of the command line; the monitor's own words come before it. */
static inline const char *last_word(const struct co_boot_info *boot)
{
	const char *word = (char *)((u32)boot->cmdline_gpa + VIRT_BASE);

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
		u32 base;
	} __attribute__((packed)) desc = { sizeof(idt) - 1, (u32)idt };
	u32 addr, v;

	for (v = 0; v < 256; v++) {
		addr = vcpu->stub_va + v * vcpu->stub_stride;
		idt[v].low = (CO_BOOT_CS << 16) | (addr & 0xffff);
		idt[v].high = (addr & 0xffff0000) | 0x8e00;
	}
	asm volatile("lidt %0" : : "m" (desc));
}

#endif /* TESTS_GUEST_TOY_H */

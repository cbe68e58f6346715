// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on demand, for tests that a guest's faults do not harm its host.
 *
 * Write "NAME [CONTEXT [NUMBER]]" to /proc/colinux-fault to raise the fault of
 * that name. CONTEXT is process (the default), irq or softirq. Most faults end the
 * guest. Those of the last group end the host, too: docs/security.md has the
 * reasons. tests/nested/faults/list has the expected result of each.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/colinux.h>
#include <asm/cpu_entry_area.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/hw_breakpoint.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include <asm/trapnr.h>

/* Never mapped: above the end of vmalloc's area, below the fixmap. */
#define NOWHERE		0xff7ff000UL
#define STUB_SIZE	4

/* "int $N; ret" for every N, each in STUB_SIZE bytes. */
asm(".pushsection .text, \"ax\"\n"
    "colinux_int_stubs:\n"
    ".set vector, 0\n"
    ".rept 256\n"
    ".byte 0xcd, vector, 0xc3, 0xcc\n"
    ".set vector, vector + 1\n"
    ".endr\n"
    ".popsection");

extern char colinux_int_stubs[];

/**
 * struct fault - a fault
 * @name:	name of the fault
 * @raise:	function that raises the fault; its argument is NUMBER, or 0
 */
struct fault {
	const char *name;
	void (*raise)(unsigned long number);
};

static void fault_panic(unsigned long number)
{
	panic("colinux-fault: a panic");
}

static void fault_bug(unsigned long number)
{
	BUG();
}

static void fault_warn(unsigned long number)
{
	WARN(1, "colinux-fault: a warning");
}

static void fault_null_read(unsigned long number)
{
	READ_ONCE(*(int *)NULL);
}

static void fault_null_write(unsigned long number)
{
	WRITE_ONCE(*(int *)NULL, 1);
}

static void fault_wild_read(unsigned long number)
{
	READ_ONCE(*(int *)NOWHERE);
}

static void fault_wild_write(unsigned long number)
{
	WRITE_ONCE(*(int *)NOWHERE, 1);
}

static void fault_text_write(unsigned long number)
{
	WRITE_ONCE(*(int *)colinux_int_stubs, 1);
}

static void fault_idt_write(unsigned long number)
{
	memset((void *)CPU_ENTRY_AREA_RO_IDT, 0xff, PAGE_SIZE);
}

static void fault_past_end(unsigned long number)
{
	WRITE_ONCE(*(int *)high_memory, 1);
}

static void fault_null_call(unsigned long number)
{
	((void (*)(void))NULL)();
}

static void fault_wild_call(unsigned long number)
{
	((void (*)(void))NOWHERE)();
}

/* Calls an instruction in data, which is not executable. */
static void fault_data_call(unsigned long number)
{
	static const u8 ret = 0xc3;

	((void (*)(void))&ret)();
}

static noinline unsigned int recurse(unsigned long depth)
{
	unsigned char frame[128];

	memset(frame, 0xa5, sizeof(frame));
	barrier_data(frame);
	if (!depth)
		return 0;
	return recurse(depth - 1) + frame[depth % sizeof(frame)];
}

static void fault_stack(unsigned long number)
{
	pr_info("%u\n", recurse(ULONG_MAX));
}

static void fault_int(unsigned long number)
{
	((void (*)(void))(colinux_int_stubs + STUB_SIZE * (number & 0xff)))();
}

/* Makes a descriptor with P clear. Returns its selector. */
static u16 absent_segment(void)
{
	get_cpu_gdt_rw(0)[GDT_ENTRY_TLS_MIN] =
		(struct desc_struct)GDT_ENTRY_INIT(0xc012, 0, 0xfffff);
	return GDT_ENTRY_TLS_MIN * 8;
}

/*
 * Exceptions as the CPU raises them, with their error codes. The fault "int" raises
 * the others.
 */
static void fault_exception(unsigned long number)
{
	static const u32 bounds[] = { 1, 2 };
	static const u32 mxcsr;		/* no exception masked */
	static const u16 fcw;		/* no exception masked */
	u8 most = 0x7f;

	switch (number) {
	case X86_TRAP_DE:
		asm volatile("divl %0" : : "r" (0), "a" (0), "d" (0));
		break;
	case X86_TRAP_DB:
		asm volatile(".byte 0xf1");
		break;
	case X86_TRAP_BP:
		asm volatile("int3");
		break;
	case X86_TRAP_OF:
		asm volatile("addb %0, %0; into" : "+q" (most));
		break;
	case X86_TRAP_BR:
		asm volatile("bound %0, %1" : : "r" (3), "m" (bounds));
		break;
	case X86_TRAP_UD:
		asm volatile("ud1 %eax, %eax");
		break;
	case X86_TRAP_NM:
		native_write_cr0(read_cr0() | X86_CR0_TS);
		asm volatile("fninit");
		break;
	case X86_TRAP_TS:
		asm volatile("pushfl; orl $0x4000, (%esp); popfl; iret");
		break;
	case X86_TRAP_NP:
		asm volatile("movl %0, %%es" : : "r" ((u32)absent_segment()));
		break;
	case X86_TRAP_SS:
		asm volatile("movl %0, %%ss" : : "r" ((u32)absent_segment()));
		break;
	case X86_TRAP_GP:
		asm volatile("movl %0, %%es" : : "r" (0xfff8));
		break;
	case X86_TRAP_PF:
		fault_wild_write(0);
		break;
	case X86_TRAP_MF:
		asm volatile("fninit; fldcw %0; fld1; fldz; fdivrp; fwait"
			     : : "m" (fcw));
		break;
	case X86_TRAP_XF:
		asm volatile("ldmxcsr %0; xorps %%xmm0, %%xmm0;"
			     "divps %%xmm0, %%xmm0" : : "m" (mxcsr));
		break;
	}
}

static void fault_loop(unsigned long number)
{
	for (;;)
		cpu_relax();
}

static void fault_loop_off(unsigned long number)
{
	local_irq_disable();
	fault_loop(0);
}

/* The next interrupt or NMI pushes to an unmapped address. */
static void fault_esp(unsigned long number)
{
	asm volatile("movl %0, %%esp\n\t"
		     "sti\n"
		     "1: jmp 1b" : : "r" (NOWHERE));
}

/*
 * A loop with an instruction that ends with the bytes of "int $2". The module must
 * not take a real NMI after it for an "int $2".
 */
static void fault_int2_bytes(unsigned long number)
{
	unsigned int i;

	for (;;) {
		for (i = 0; i < 1000; i++)
			asm volatile(".byte 0x80, 0xcd, 0x02" : : : "ecx", "cc");
		cond_resched();
	}
}

static void fault_esp_off(unsigned long number)
{
	asm volatile("cli\n\t"
		     "movl %0, %%esp\n"
		     "1: jmp 1b" : : "r" (NOWHERE));
}

/* An access through a page-table entry with a reserved bit set. */
static void fault_pte(unsigned long number)
{
	unsigned long va = __get_free_page(GFP_ATOMIC);
	pmd_t *pmd = pmd_off_k(va);

	*(u64 *)pmd |= BIT_ULL(51);
	__flush_tlb_all();
	WRITE_ONCE(*(int *)va, 1);
}

/* Unmaps 2 MiB of the kernel's memory. */
static void fault_pmd(unsigned long number)
{
	unsigned long va = __get_free_page(GFP_ATOMIC);

	pmd_clear(pmd_off_k(va));
	__flush_tlb_all();
	WRITE_ONCE(*(int *)va, 1);
}

/* A selector above the limit of the GDT: #GP. */
static void fault_ltr(unsigned long number)
{
	asm volatile("ltr %w0" : : "r" (0xfff8));
}

/* The next exception or interrupt in user space pushes to an unmapped address. */
static void fault_tss(unsigned long number)
{
	get_cpu_entry_area(0)->tss.x86_tss.sp0 = NOWHERE;
}

/* Clears a descriptor. The CPU reads it again when the passage loads it. */
static void scribble_gdt(unsigned int entry)
{
	memset(get_cpu_gdt_rw(0) + entry, 0, sizeof(struct desc_struct));
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

static void fault_gdt_tss(unsigned long number)
{
	scribble_gdt(GDT_ENTRY_TSS);
}

static void fault_gdt_ldt(unsigned long number)
{
	struct desc_struct *ldt = get_cpu_gdt_rw(0) + GDT_ENTRY_LDT;

	set_tssldt_descriptor(ldt, NOWHERE, DESC_LDT, 7);
	asm volatile("lldt %w0" : : "r" (GDT_ENTRY_LDT * 8));
	scribble_gdt(GDT_ENTRY_LDT);
}

static void load_idt_and_call(unsigned long base, unsigned int limit)
{
	const struct desc_ptr idt = { .address = base, .size = limit };

	local_irq_disable();
	native_load_idt(&idt);
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
	local_irq_enable();
}

static void fault_idt_nowhere(unsigned long number)
{
	load_idt_and_call(NOWHERE, 0x7ff);
}

static void fault_idt_short(unsigned long number)
{
	load_idt_and_call(CPU_ENTRY_AREA_RO_IDT, 7);
}

/*
 * On the way back into the guest the passage loads these entries from the vCPU
 * page. CPUs keep them in registers (SDM vol. 3, 4.4.1), but an emulator may read
 * them from memory. So the first hypercall brings the pages of the way out into the
 * TLB: otherwise the emulator would not find the page fault's handler.
 */
static void fault_pdpt(unsigned long number)
{
	local_irq_disable();
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
	colinux_vcpu->arch_i386.pdpt[3] = 0;
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

static void fault_pdpt_reserved(unsigned long number)
{
	local_irq_disable();
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
	colinux_vcpu->arch_i386.pdpt[0] |= BIT(1);
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

/* Bit 62 is above the physical-address width of every CPU, so it is reserved. */
static void fault_pdpt_high(unsigned long number)
{
	unsigned int i;

	local_irq_disable();
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
	for (i = 0; i < KERNEL_PGD_BOUNDARY; i++)
		colinux_vcpu->arch_i386.pdpt[i] |= BIT_ULL(62);
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

static void fault_root(unsigned long number)
{
	local_irq_disable();
	colinux_vcpu->arch_i386.root_maddr = NOWHERE;
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

static void fault_upcall(unsigned long number)
{
	colinux_vcpu->upcall_va = NOWHERE;
}

static void fault_sysenter(unsigned long number)
{
	memset(&colinux_vcpu->arch_i386.sysenter, 0xff, sizeof(colinux_vcpu->arch_i386.sysenter));
}

/* Existing and unused numbers of hypercalls, arguments at and above the limits. */
static void fault_hypercall(unsigned long number)
{
	static const u64 args[] = { 1, 63, 64, ~0U, 1ULL << 32, ~0ULL };
	unsigned int nr, a, b;

	for (nr = 0; nr < 64; nr++)
		for (a = 0; a < ARRAY_SIZE(args); a++)
			for (b = 0; b < ARRAY_SIZE(args); b++)
				if (nr != CO_HC_SHUTDOWN && nr != CO_HC_IDLE)
					colinux_hypercall(nr, args[a], args[b],
							  args[b]);
}

static void load_flags(unsigned long flags)
{
	asm volatile("pushl %0; popfl" : : "g" (flags) : "memory", "cc");
}

/* Hypercalls with flags that are clear at any normal call. */
static void fault_flags(unsigned long number)
{
	unsigned long flags = native_save_fl();
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		load_flags(flags | X86_EFLAGS_NT | X86_EFLAGS_AC |
				  X86_EFLAGS_IOPL | X86_EFLAGS_ID);
		colinux_hypercall(CO_HC_NOP, 0, 0, 0);
		load_flags(flags);
	}
	/* A message reaches the monitor, by CO_HC_CONSOLE or a kick. */
	load_flags(flags | X86_EFLAGS_NT);
	pr_emerg("colinux-fault: said with NT set\n");
	load_flags(flags);
}

/*
 * Makes a hypercall with four breakpoints armed, at @addr and then @step bytes
 * apart. @kind: type and length, as in DR7.
 */
static void call_with_breakpoints(u32 addr, u32 step, u32 kind)
{
	unsigned long flags, dr7 = 0;
	unsigned int i;

	local_irq_save(flags);
	set_debugreg(addr, 0);
	set_debugreg(addr + step, 1);
	set_debugreg(addr + 2 * step, 2);
	set_debugreg(addr + 3 * step, 3);
	for (i = 0; i < HBP_NUM; i++)
		dr7 |= kind << (DR_CONTROL_SHIFT + i * DR_CONTROL_SIZE) |
		       DR_LOCAL_ENABLE << (i * DR_ENABLE_SIZE);
	set_debugreg(dr7, 7);
	colinux_hypercall(CO_HC_NOP, 0, 0, 0);
	set_debugreg(0, 7);
	local_irq_restore(flags);
}

/* Breakpoints on a whole page of the passage: on its words, or on each byte. */
static void breakpoints_over(u32 page, bool code)
{
	u32 step = code ? 1 : sizeof(u32);
	u32 kind = code ? DR_LEN_1 | DR_RW_EXECUTE : DR_LEN_4 | DR_RW_READ;
	u32 offset;

	for (offset = 0; offset < PAGE_SIZE; offset += HBP_NUM * step)
		call_with_breakpoints(page + offset, step, kind);
}

/*
 * Breakpoints at the machine address of the passage. While it runs there, the
 * trampoline's IDT is loaded, which has no handler for the exception.
 */
static void fault_bp_machine(unsigned long number)
{
	breakpoints_over(colinux_vcpu->page_maddr[CO_PASSAGE_PAGE_VCPU], false);
	breakpoints_over(colinux_vcpu->page_maddr[CO_PASSAGE_PAGE_CODE], true);
}

/*
 * Breakpoints at the passage's address in the guest. While the guest's IDT is
 * loaded, the guest's handler runs.
 */
static void fault_bp_guest(unsigned long number)
{
	breakpoints_over(COLINUX_PASSAGE_VA, false);
}

/* The guest's handler returns to the breakpoint, for ever. */
static void fault_bp_guest_code(unsigned long number)
{
	breakpoints_over(COLINUX_PASSAGE_VA + PAGE_SIZE, true);
}

/* A reason outside PPRAM. */
static void fault_shutdown(unsigned long number)
{
	colinux_hypercall(CO_HC_SHUTDOWN, CO_SHUTDOWN_PANIC, ~0ULL, ~0ULL);
}

/*
 * No host survives these: the CPU shuts down before any code of the host could
 * run.
 */

static void fault_idt_gone(unsigned long number)
{
	const struct desc_ptr idt = {};

	native_load_idt(&idt);
	BUG();
}

static void fault_gdt_gone(unsigned long number)
{
	const struct desc_ptr gdt = { .address = NOWHERE, .size = 0xff };

	native_load_gdt(&gdt);
	loadsegment(es, __USER_DS);
}

static void fault_tables_gone(unsigned long number)
{
	local_irq_disable();
	memset(colinux_vcpu->arch_i386.pdpt, 0, sizeof(colinux_vcpu->arch_i386.pdpt));
	native_write_cr3(__native_read_cr3());
}

static void fault_vcpu_page(unsigned long number)
{
	local_irq_disable();
	memset(colinux_vcpu, 0xff, PAGE_SIZE);
	for (;;)
		colinux_hypercall(CO_HC_NOP, 0, 0, 0);
}

static const struct fault faults[] = {
	{ "panic",		fault_panic },
	{ "bug",		fault_bug },
	{ "warn",		fault_warn },
	{ "null-read",		fault_null_read },
	{ "null-write",		fault_null_write },
	{ "wild-read",		fault_wild_read },
	{ "wild-write",		fault_wild_write },
	{ "text-write",		fault_text_write },
	{ "idt-write",		fault_idt_write },
	{ "past-end",		fault_past_end },
	{ "null-call",		fault_null_call },
	{ "wild-call",		fault_wild_call },
	{ "data-call",		fault_data_call },
	{ "stack",		fault_stack },
	{ "int",		fault_int },
	{ "exception",		fault_exception },
	{ "loop",		fault_loop },
	{ "loop-off",		fault_loop_off },
	{ "esp",		fault_esp },
	{ "esp-off",		fault_esp_off },
	{ "pte",		fault_pte },
	{ "pmd",		fault_pmd },
	{ "ltr",		fault_ltr },
	{ "tss",		fault_tss },
	{ "gdt-tss",		fault_gdt_tss },
	{ "gdt-ldt",		fault_gdt_ldt },
	{ "idt-nowhere",	fault_idt_nowhere },
	{ "idt-short",		fault_idt_short },
	{ "pdpt",		fault_pdpt },
	{ "pdpt-reserved",	fault_pdpt_reserved },
	{ "pdpt-high",		fault_pdpt_high },
	{ "root",		fault_root },
	{ "upcall",		fault_upcall },
	{ "sysenter",		fault_sysenter },
	{ "hypercall",		fault_hypercall },
	{ "flags",		fault_flags },
	{ "int2-bytes",		fault_int2_bytes },
	{ "bp-machine",		fault_bp_machine },
	{ "bp-guest",		fault_bp_guest },
	{ "bp-guest-code",	fault_bp_guest_code },
	{ "shutdown",		fault_shutdown },
	{ "idt-gone",		fault_idt_gone },
	{ "gdt-gone",		fault_gdt_gone },
	{ "tables-gone",	fault_tables_gone },
	{ "vcpu-page",		fault_vcpu_page },
};

/* A fault that a timer raises, in hardirq or softirq context. */
struct fault_timer {
	struct hrtimer timer;
	struct completion done;
	const struct fault *fault;
	unsigned long number;
};

static enum hrtimer_restart fault_timer_fires(struct hrtimer *timer)
{
	struct fault_timer *t = container_of(timer, struct fault_timer, timer);

	t->fault->raise(t->number);
	complete(&t->done);
	return HRTIMER_NORESTART;
}

static void raise_in_timer(const struct fault *fault, unsigned long number,
			   enum hrtimer_mode mode)
{
	struct fault_timer t = { .fault = fault, .number = number };

	init_completion(&t.done);
	hrtimer_init_on_stack(&t.timer, CLOCK_MONOTONIC, mode);
	t.timer.function = fault_timer_fires;
	hrtimer_start(&t.timer, ms_to_ktime(1), mode);
	wait_for_completion(&t.done);
	hrtimer_cancel(&t.timer);
	destroy_hrtimer_on_stack(&t.timer);
}

static int raise(const char *name, const char *context, unsigned long number)
{
	const struct fault *fault = faults;

	while (strcmp(fault->name, name))
		if (++fault == faults + ARRAY_SIZE(faults))
			return -ENOENT;

	pr_info("colinux-fault: %s in %s context, number %lu\n", name, context,
		number);
	if (!strcmp(context, "process"))
		fault->raise(number);
	else if (!strcmp(context, "irq"))
		raise_in_timer(fault, number, HRTIMER_MODE_REL_HARD);
	else if (!strcmp(context, "softirq"))
		raise_in_timer(fault, number, HRTIMER_MODE_REL_SOFT);
	else
		return -EINVAL;
	return 0;
}

static ssize_t fault_write(struct file *file, const char __user *user,
			   size_t len, loff_t *pos)
{
	char line[64], name[32], context[32] = "process";
	unsigned long number = 0;
	int err;

	if (len >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, user, len))
		return -EFAULT;
	line[len] = '\0';
	if (sscanf(line, "%31s %31s %lu", name, context, &number) < 1)
		return -EINVAL;

	err = raise(name, context, number);
	return err ?: len;
}

static const struct proc_ops fault_ops = {
	.proc_write	= fault_write,
	.proc_lseek	= noop_llseek,
};

static int __init fault_init(void)
{
	return proc_create("colinux-fault", 0200, NULL, &fault_ops) ? 0 : -ENOMEM;
}
device_initcall(fault_init);

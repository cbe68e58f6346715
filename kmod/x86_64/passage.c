// SPDX-License-Identifier: GPL-2.0
/*
 * Builds a vCPU's passage area, whose pages passage.h describes.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/pgtable.h>
#include <asm/special_insns.h>
#include <asm/trapnr.h>

#include "x86_64.h"

/*
 * Entries of page tables. A and D are set, so that the CPU does not write to the
 * tables.
 */
#define ENTRY_TABLE	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED)
#define ENTRY_RW	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define ENTRY_RX	(_PAGE_PRESENT | _PAGE_ACCESSED)

/* Flat segments. The accessed bit is set, so loading one does not write to it. */
#define FLAT_CODE64	0x00af9b000000ffffULL
#define FLAT_DATA	0x00cf93000000ffffULL
#define TSS_AVAILABLE	0x0000890000000000ULL

/* All bits of CR0 that are set when the guest starts. */
#define BOOT_CR0	(X86_CR0_PG | X86_CR0_AM | X86_CR0_WP | X86_CR0_NE | \
			 X86_CR0_ET | X86_CR0_MP | X86_CR0_PE)

/* The transition tables' top level: two pages, as bit 12 of its address must be clear. */
#define PGD_ORDER	1

static_assert(sizeof(struct co_vcpu_page) <= CO_SWITCH_OFFSET);
static_assert(CO_SWITCH_OFFSET + sizeof(struct co_switch64) <= PAGE_SIZE);
static_assert(X86_TRAP_MC == 18 && X86_TRAP_NMI == 2);
/* The CPU aligns the stack of an IST to 16 bytes, then pushes the frame. */
static_assert(offsetofend(struct co_switch64, frame) % 16 == 0);
static_assert(CO_SWITCH_OFFSET % 16 == 0);
static_assert(sizeof(struct co_tss64) == 104);

static u64 area_maddr(const struct co_x86_64 *x, enum co_area_page page)
{
	return virt_to_phys(x->page[page]);
}

/* Address at X of a field of struct co_switch64. */
#define SW_VA(v, field) \
	((v)->passage_va + CO_SWITCH_OFFSET + offsetof(struct co_switch64, field))
#define SW_END_VA(v, field) \
	((v)->passage_va + CO_SWITCH_OFFSET + offsetofend(struct co_switch64, field))

static u64 code_va(const struct co_vcpu_ctx *v, const char *label)
{
	return v->passage_va + CO_PASSAGE_PAGE_CODE * PAGE_SIZE +
	       (label - co_page64_start);
}

static u64 area_nx(void)
{
	return boot_cpu_has(X86_FEATURE_NX) ? _PAGE_NX : 0;
}

static void area_put(const struct co_x86_64 *x, enum co_area_page table, int i,
		     u64 entry)
{
	((u64 *)x->page[table])[i] = entry;
}

/* The tables below entry CO_AREA_SLOT. Returns that entry. */
static u64 area_tables(const struct co_x86_64 *x)
{
	area_put(x, CO_AREA64_PT, CO_PASSAGE_PAGE_VCPU,
		 area_maddr(x, CO_AREA64_VCPU) | ENTRY_RW | area_nx());
	area_put(x, CO_AREA64_PT, CO_PASSAGE_PAGE_CODE,
		 area_maddr(x, CO_AREA64_CODE) | ENTRY_RX);
	area_put(x, CO_AREA64_PMD, 0, area_maddr(x, CO_AREA64_PT) | ENTRY_TABLE);
	area_put(x, CO_AREA64_PUD, 0, area_maddr(x, CO_AREA64_PMD) | ENTRY_TABLE);
	if (!pgtable_l5_enabled())
		return area_maddr(x, CO_AREA64_PUD) | ENTRY_TABLE;
	area_put(x, CO_AREA64_P4D, 0, area_maddr(x, CO_AREA64_PUD) | ENTRY_TABLE);
	return area_maddr(x, CO_AREA64_P4D) | ENTRY_TABLE;
}

/*
 * The guest's first page tables. They map PPRAM at virt_base and the passage area,
 * nothing else.
 */
static void area_boot_tables(const struct co_vcpu_ctx *v, u64 area_entry)
{
	const struct co_x86_64 *x = &v->x86_64;
	const struct co_memory *mem = &v->vm->memory;
	u64 size = min_t(u64, mem->size, CO_BOOT_MAP_MAX), base = v->virt_base, gpa;
	enum co_area_page below = CO_AREA64_BOOT_PUD;

	for (gpa = 0; gpa < size; gpa += CO_CHUNK_SIZE)
		area_put(x, CO_AREA64_BOOT_PMD, gpa >> CO_CHUNK_SHIFT,
			  co_memory_maddr(mem, gpa) | ENTRY_RW | _PAGE_PSE);
	area_put(x, CO_AREA64_BOOT_PUD, pud_index(base),
		 area_maddr(x, CO_AREA64_BOOT_PMD) | ENTRY_TABLE);
	if (pgtable_l5_enabled()) {
		area_put(x, CO_AREA64_BOOT_P4D, p4d_index(base),
			  area_maddr(x, below) | ENTRY_TABLE);
		below = CO_AREA64_BOOT_P4D;
	}
	area_put(x, CO_AREA64_BOOT_PGD, pgd_index(base),
		 area_maddr(x, below) | ENTRY_TABLE);
	area_put(x, CO_AREA64_BOOT_PGD, CO_AREA_SLOT, area_entry);
}

static void area_gate(void *idt, int vector, u64 addr, u32 ist)
{
	gate_desc gate = {
		.offset_low = (u16)addr,
		.segment = CO_KERNEL_CS,
		.bits = { .ist = ist, .type = GATE_INTERRUPT, .p = 1 },
		.offset_middle = (u16)(addr >> 16),
		.offset_high = (u32)(addr >> 32),
	};

	memcpy(idt + vector * sizeof(gate), &gate, sizeof(gate));
}

/* ISTs of the first TSS: one for the frame, one for NMIs, all others for #MC. */
enum { IST_FRAME = 6, IST_NMI = 2, IST_MCE = 4 };

static void area_boot_tss(const struct co_vcpu_ctx *v, struct co_switch64 *sw)
{
	u64 base = SW_VA(v, boot_tss);
	u64 *desc = &sw->gdt[CO_SEL_BOOT_TSS / 8];
	int i;

	for (i = 0; i < ARRAY_SIZE(sw->boot_tss.ist); i++)
		sw->boot_tss.ist[i] = SW_END_VA(v, mce_stack);
	sw->boot_tss.ist[IST_FRAME - 1] = SW_END_VA(v, frame);
	sw->boot_tss.ist[IST_NMI - 1] = SW_END_VA(v, nmi_stack);
	sw->boot_tss.iomap = sizeof(sw->boot_tss);
	desc[0] = TSS_AVAILABLE | (sizeof(sw->boot_tss) - 1) |
		  (base & 0xffffff) << 16 | (base & 0xff000000) << 32;
	desc[1] = base >> 32;
}

static void area_descriptors(const struct co_vcpu_ctx *v, struct co_switch64 *sw)
{
	int i;

	sw->gdt[CO_KERNEL_CS / 8] = FLAT_CODE64;
	sw->gdt[CO_KERNEL_DS / 8] = FLAT_DATA;
	area_boot_tss(v, sw);
	sw->gdtr.limit = sizeof(sw->gdt) - 1;
	sw->gdtr.base = SW_VA(v, gdt);

	area_gate(sw->idt, X86_TRAP_NMI, code_va(v, co_page64_nmi), 0);
	area_gate(sw->idt, X86_TRAP_MC, code_va(v, co_page64_mce), 0);
	sw->idtr.limit = sizeof(sw->idt) - 1;
	sw->idtr.base = SW_VA(v, idt);

	for (i = 0; i < CO_BOOT_IDT64_ENTRIES; i++)
		area_gate(sw->boot_idt, i,
			  code_va(v, co_page64_stubs) + i * CO_STUB_STRIDE,
			  i == X86_TRAP_NMI ? IST_NMI :
			  i == X86_TRAP_MC ? IST_MCE : IST_FRAME);
}

static void area_entry_state(const struct co_vcpu_ctx *v, u64 boot_gpa,
			     struct co_switch64 *sw)
{
	sw->frame = (struct co_frame64) {
		.di = v->passage_va,
		.si = v->virt_base + boot_gpa,
		.ip = v->vm->note.entry,
		.cs = CO_KERNEL_CS,
		.flags = X86_EFLAGS_FIXED,
		.ss = CO_KERNEL_DS,
	};
	sw->exit.marks = CO_MARK_CR0 | CO_MARK_SEGMENTS;
	sw->guest_cr0 = BOOT_CR0;
	sw->guest_cr3 = area_maddr(&v->x86_64, CO_AREA64_BOOT_PGD);
	sw->guest_cr4 = native_read_cr4() & (CO_CR4_BOOT | CO_CR4_HOSTS);
	sw->guest_gdt = sw->gdtr;
	sw->guest_tr = CO_SEL_BOOT_TSS;
	sw->guest_idt.limit = sizeof(sw->boot_idt) - 1;
	sw->guest_idt.base = SW_VA(v, boot_idt);
	/* IP and SP are those of each interrupt. */
	sw->upcall[1] = CO_KERNEL_CS;
	sw->upcall[2] = X86_EFLAGS_FIXED;
	sw->upcall[4] = CO_KERNEL_DS;
}

static void area_vcpu_page(const struct co_vcpu_ctx *v, u32 id, u64 area_entry,
			   struct co_vcpu_page *page)
{
	const struct co_x86_64 *x = &v->x86_64;

	co_vcpu_page_init(page, CO_ARCH_X86_64, id);
	page->page_maddr[CO_PASSAGE_PAGE_VCPU] = area_maddr(x, CO_AREA64_VCPU);
	page->page_maddr[CO_PASSAGE_PAGE_CODE] = area_maddr(x, CO_AREA64_CODE);
	page->hypercall_va = code_va(v, co_page64_hypercall);
	page->stub_va = code_va(v, co_page64_stubs);
	page->arch_x86_64.area_entry = area_entry;
	page->arch_x86_64.frame_va = SW_END_VA(v, frame);
}

static void area_host(struct co_vcpu_ctx *v, struct co_switch64 *sw)
{
	struct co_x86_64 *x = &v->x86_64;
	struct co_host64 *host = x->host;

	host->code = code_va(v, co_page64_enter);

	sw->cr3 = virt_to_phys(x->pgd);
	host->tramp_cr3 = sw->cr3;
	host->tramp_idt = sw->idtr;
	sw->host = (u64)host;
	sw->resume = (u64)co_passage64_resume;
	sw->resume_noted = (u64)co_passage64_resume_noted;
}

static int area_alloc(struct co_x86_64 *x)
{
	int i;

	for (i = 0; i < CO_AREA64_PAGES; i++) {
		x->page[i] = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
		if (!x->page[i])
			return -ENOMEM;
	}
	x->pgd = (u64 *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, PGD_ORDER);
	x->host = kzalloc(sizeof(*x->host), GFP_KERNEL_ACCOUNT);
	return x->pgd && x->host ? 0 : -ENOMEM;
}

/**
 * co_x86_64_create() - co_arch.create
 * @v:		the vCPU, of a VM with its memory registered and its kernel loaded
 * @cfg:	argument of CO_IOC_VCPU, checked by the caller
 */
int co_x86_64_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg)
{
	struct co_x86_64 *x = &v->x86_64;
	struct co_switch64 *sw;
	u64 area_entry;

	if (area_alloc(x)) {
		co_x86_64_destroy(v);
		return -ENOMEM;
	}
	v->passage_va = pgtable_l5_enabled() ? CO_AREA_VA_5 : CO_AREA_VA_4;
	v->passage.page = x->page[CO_AREA64_VCPU];
	sw = co_switch64_of(&v->passage);

	memcpy(x->page[CO_AREA64_CODE], co_page64_start, PAGE_SIZE);
	area_entry = area_tables(x);
	x->high_memory = high_memory;
	co_host_copy_kernel_half(x->pgd);
	x->pgd[CO_AREA_SLOT] = area_entry;
	area_boot_tables(v, area_entry);
	area_vcpu_page(v, cfg->id, area_entry, v->passage.page);
	area_descriptors(v, sw);
	area_entry_state(v, cfg->boot_gpa, sw);
	area_host(v, sw);
	return 0;
}

/**
 * co_x86_64_destroy() - co_arch.destroy
 * @v:		the vCPU, whose area may be absent
 */
void co_x86_64_destroy(struct co_vcpu_ctx *v)
{
	struct co_x86_64 *x = &v->x86_64;
	int i;

	for (i = 0; i < CO_AREA64_PAGES; i++)
		free_page((unsigned long)x->page[i]);
	free_pages((unsigned long)x->pgd, PGD_ORDER);
	kfree(x->host);
	memset(x, 0, sizeof(*x));
	memset(&v->passage, 0, sizeof(v->passage));
}

/**
 * co_x86_64_plan_cr4() - co_arch.plan_cr4
 * @v:		the vCPU
 * @cr4:	CR4 of the host at the next passages
 */
void co_x86_64_plan_cr4(struct co_vcpu_ctx *v, u64 cr4)
{
	struct co_cr4_64 *plan = &v->x86_64.host->cr4;
	struct co_switch64 *sw = co_switch64_of(&v->passage);
	bool invpcid = boot_cpu_has(X86_FEATURE_INVPCID);

	co_cr4_plan64(plan, cr4, sw->guest_cr4, invpcid);
	if (v->passage.slow_tables)
		plan->guest &= ~(u64)X86_CR4_UMIP;
	sw->guest_cr4 = plan->guest;
	sw->quiet_cr4 = plan->quiet;
	sw->same_cr4 = invpcid ? plan->quiet : ~0ULL;
	co_host64_find_rare(v->x86_64.host);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Builds a vCPU's passage area, whose pages passage.h describes, and stores in it
 * what differs from CPU to CPU.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/special_insns.h>
#include <asm/trapnr.h>

#include "../efer.h"
#include "i386.h"

/* Bits of page-table entries, alike in long mode and PAE (SDM vol. 3, 4.4). */
#define PTE_P	_PAGE_PRESENT
#define PTE_W	(_PAGE_PRESENT | _PAGE_RW)
#define PTE_L	(_PAGE_PRESENT | _PAGE_RW | _PAGE_PSE)

/* Flat segments. The accessed bit is set, so loading one does not write to it. */
#define FLAT_CODE32	0x00cf9b000000ffffULL
#define FLAT_CODE64	0x00af9b000000ffffULL
#define FLAT_DATA	0x00cf93000000ffffULL

/* All bits of CR0 and CR4 that are set when the guest starts. */
#define BOOT_CR0	(X86_CR0_PG | X86_CR0_AM | X86_CR0_WP | X86_CR0_NE | \
			 X86_CR0_ET | X86_CR0_MP | X86_CR0_PE)
#define BOOT_CR4	(X86_CR4_PSE | X86_CR4_PAE | X86_CR4_MCE)

#define GATE_INTR	0x8e00		/* present, DPL 0, 32-bit interrupt gate */

static_assert(sizeof(struct co_vcpu_page) <= CO_SWITCH_OFFSET);
static_assert(CO_SWITCH_OFFSET + sizeof(struct co_switch) <= PAGE_SIZE);
static_assert(sizeof(struct co_host) <= PAGE_SIZE);
static_assert(X86_TRAP_MC == 18 && X86_TRAP_NMI == 2);
/* sgdt and sidt write 6 or 10 bytes: the limit, and the base right behind it. */
static_assert(offsetof(struct co_desc32, base) ==
	      offsetof(struct co_desc32, limit) + 2);
static_assert(offsetof(struct co_desc64, base) ==
	      offsetof(struct co_desc64, limit) + 2);

/* The area that is being built. */
struct area {
	char *base;		/* kernel address */
	u64 phys;		/* machine address: below 4 GiB, 64 KiB aligned */
	u32 va;			/* passage_va */
};

static u64 *table(const struct area *a, int page)
{
	return (u64 *)(a->base + page * PAGE_SIZE);
}

static u64 table_phys(const struct area *a, int page)
{
	return a->phys + page * PAGE_SIZE;
}

static u64 image_phys(const struct area *a, const char *label)
{
	return table_phys(a, CO_AREA_CODE) + (label - co_page_start);
}

static u32 image_va(const struct area *a, const char *label)
{
	return a->va + CO_AREA_CODE * PAGE_SIZE + (label - co_page_start);
}

static u64 nx(void)
{
	return boot_cpu_has(X86_FEATURE_NX) ? _PAGE_NX : 0;
}

/*
 * Page table of the area at P, with the pages that the passage needs there. The
 * 64-bit and the PAE transition tables share it. Bits 0 to 51 of an entry for a
 * 4 KiB page are the same in both modes (SDM vol. 3, 4.4.2 and 4.5.4).
 */
static void build_low_table(const struct area *a)
{
	u64 *pt = table(a, CO_AREA_LOW_PT);
	int i = (a->phys >> PAGE_SHIFT) % 512;

	pt[i + CO_AREA_VCPU] = table_phys(a, CO_AREA_VCPU) | PTE_W | nx();
	pt[i + CO_AREA_CODE] = table_phys(a, CO_AREA_CODE) | PTE_P;
	pt[i + CO_AREA_HOST] = table_phys(a, CO_AREA_HOST) | PTE_P | nx();
}

/* Again if co_i386_load() finds that high_memory has moved. */
static void copy_kernel_half(struct co_i386 *i386, u64 *pgd)
{
	i386->high_memory = high_memory;
	co_host_copy_kernel_half(pgd);
}

/*
 * 64-bit transition tables: the host's kernel half, and the area at P.
 */
static void build_long_tables(const struct area *a)
{
	u64 *pgd = table(a, CO_AREA_PGD);
	u64 *pud = table(a, CO_AREA_PUD);
	u64 *pmd = table(a, CO_AREA_PMD);

	if (pgtable_l5_enabled()) {
		table(a, CO_AREA_P4D)[0] = table_phys(a, CO_AREA_PUD) | PTE_W;
		pgd[0] = table_phys(a, CO_AREA_P4D) | PTE_W;
	} else {
		pgd[0] = table_phys(a, CO_AREA_PUD) | PTE_W;
	}
	pud[a->phys >> PUD_SHIFT] = table_phys(a, CO_AREA_PMD) | PTE_W;
	pmd[(a->phys >> PMD_SHIFT) % PTRS_PER_PMD] =
		table_phys(a, CO_AREA_LOW_PT) | PTE_W;
}

/*
 * PAE transition tables: the same pages at P, and pages 0 and 1 at passage_va. Of
 * the usual bits, PDPT entries have only the present bit (SDM vol. 3, 4.4.1).
 */
static void build_pae_tables(const struct area *a, struct co_host *host)
{
	int low = a->phys >> 30, top = a->va >> 30;
	int low_page = low == top ? CO_AREA_PAE_TOP : CO_AREA_PAE_LOW;
	u64 *pt = table(a, CO_AREA_PAE_PT);
	int i = (a->va >> PAGE_SHIFT) % 512;

	host->pdpt[low] = table_phys(a, low_page) | PTE_P;
	host->pdpt[top] = table_phys(a, CO_AREA_PAE_TOP) | PTE_P;
	table(a, low_page)[(a->phys >> PMD_SHIFT) % 512] =
		table_phys(a, CO_AREA_LOW_PT) | PTE_W;
	table(a, CO_AREA_PAE_TOP)[(a->va >> PMD_SHIFT) % 512] =
		table_phys(a, CO_AREA_PAE_PT) | PTE_W;
	pt[i] = table_phys(a, CO_AREA_VCPU) | PTE_W;
	pt[i + 1] = table_phys(a, CO_AREA_CODE) | PTE_P;
}

/*
 * The guest's first page tables. They map PPRAM at virt_base and the passage
 * pages at passage_va, nothing else.
 */
static void build_boot_tables(const struct area *a, const struct co_vm *vm,
			      struct co_vcpu_page *page)
{
	u64 *pmd = table(a, CO_AREA_BOOT_PMD);
	u64 *pt = table(a, CO_AREA_BOOT_PT);
	u64 size = min_t(u64, vm->memory.size, CO_BOOT_MAP_MAX);
	int i = (a->va >> PAGE_SHIFT) % 512;
	u64 gpa;

	for (gpa = 0; gpa < size; gpa += CO_CHUNK_SIZE)
		pmd[gpa >> CO_CHUNK_SHIFT] =
			co_memory_maddr(&vm->memory, gpa) | PTE_L;
	pmd[(a->va >> PMD_SHIFT) % 512] =
		table_phys(a, CO_AREA_BOOT_PT) | PTE_W;
	pt[i] = table_phys(a, CO_AREA_VCPU) | PTE_W | nx();
	pt[i + 1] = table_phys(a, CO_AREA_CODE) | PTE_P;

	page->arch_i386.pdpt[vm->note.virt_base >> 30] =
		table_phys(a, CO_AREA_BOOT_PMD) | PTE_P;
}

static u64 gate32(u32 addr)
{
	return ((u64)(addr & 0xffff0000) << 32) | ((u64)GATE_INTR << 32) |
	       ((u64)CO_SEL_CODE32 << 16) | (addr & 0xffff);
}

static void put_gate32(u8 *idt, int vector, u32 addr)
{
	u64 gate = gate32(addr);

	memcpy(idt + vector * sizeof(gate), &gate, sizeof(gate));
}

static void put_gate64(u8 *idt, int vector, u64 addr)
{
	gate_desc gate = {
		.offset_low = (u16)addr,
		.segment = CO_SEL_CODE64,
		.bits = { .type = GATE_INTERRUPT, .p = 1 },
		.offset_middle = (u16)(addr >> 16),
		.offset_high = (u32)(addr >> 32),
	};

	memcpy(idt + vector * sizeof(gate), &gate, sizeof(gate));
}

static void build_trampoline(const struct area *a, struct co_switch *sw)
{
	u64 sw_phys = a->phys + CO_SWITCH_OFFSET;
	u32 sw_va = a->va + CO_SWITCH_OFFSET;
	int i;

	sw->gdt[CO_SEL_CODE64 / 8] = FLAT_CODE64;
	sw->gdt[CO_SEL_DATA64 / 8] = FLAT_DATA;
	sw->gdt[CO_SEL_CODE32 / 8] = FLAT_CODE32;
	sw->gdt[CO_SEL_DATA32 / 8] = FLAT_DATA;
	sw->gdt_va.limit = sizeof(sw->gdt) - 1;
	sw->gdt_va.base = sw_va + offsetof(struct co_switch, gdt);
	sw->gdt_phys.limit = sizeof(sw->gdt) - 1;
	sw->gdt_phys.base = sw_phys + offsetof(struct co_switch, gdt);

	put_gate32(sw->idt_x, X86_TRAP_NMI, image_va(a, co_page_nmi32));
	put_gate32(sw->idt_x, X86_TRAP_MC, image_va(a, co_page_mce32));
	sw->idt_va.limit = sizeof(sw->idt_x) - 1;
	sw->idt_va.base = sw_va + offsetof(struct co_switch, idt_x);

	put_gate32(sw->idt_p, X86_TRAP_NMI, image_phys(a, co_page_nmi32));
	put_gate32(sw->idt_p, X86_TRAP_MC, image_phys(a, co_page_mce32));
	put_gate64(sw->idt_p, X86_TRAP_NMI, image_phys(a, co_page_nmi64));
	put_gate64(sw->idt_p, X86_TRAP_MC, image_phys(a, co_page_mce64));
	sw->idt_phys.limit = sizeof(sw->idt_p) - 1;
	sw->idt_phys.base = sw_phys + offsetof(struct co_switch, idt_p);

	for (i = 0; i < CO_BOOT_IDT_ENTRIES; i++)
		sw->boot_idt[i] =
			gate32(image_va(a, co_page_stubs) + i * CO_STUB_STRIDE);
}

/*
 * The frame that the first entry pops. Its layout is that of .Lexit in
 * passage_page.S: popa's eight registers, four segments, the reason, EIP, CS,
 * EFLAGS.
 */
static void build_entry_state(const struct area *a,
			      const struct co_elf_note *note, u64 boot_gpa,
			      struct co_switch *sw)
{
	const u32 frame[CO_BOOT_FRAME_WORDS] = {
		a->va,					/* edi: vCPU page */
		note->virt_base + boot_gpa,		/* esi: boot info */
		0, 0, 0, 0, 0, 0,			/* ebp to eax */
		CO_BOOT_DS, CO_BOOT_DS, CO_BOOT_DS, CO_BOOT_DS,
		0, note->entry, CO_BOOT_CS, X86_EFLAGS_FIXED,
	};
	u32 sw_va = a->va + CO_SWITCH_OFFSET;

	memcpy(sw->boot_frame, frame, sizeof(frame));
	sw->guest_esp = sw_va + offsetof(struct co_switch, boot_frame);
	sw->guest_tr = GDT_ENTRY_TSS * 8;
	sw->guest_flags = X86_EFLAGS_FIXED;
	sw->guest_cr0 = BOOT_CR0;
	sw->guest_cr4 = BOOT_CR4;
	sw->guest_gdt = sw->gdt_va;
	sw->guest_idt.limit = sizeof(sw->boot_idt) - 1;
	sw->guest_idt.base = sw_va + offsetof(struct co_switch, boot_idt);
}

static void build_vcpu_page(const struct area *a, struct co_vcpu_page *page)
{
	page->page_maddr[CO_PASSAGE_PAGE_VCPU] = table_phys(a, CO_AREA_VCPU);
	page->page_maddr[CO_PASSAGE_PAGE_CODE] = table_phys(a, CO_AREA_CODE);
	page->hypercall_va = image_va(a, co_page_hypercall);
	page->stub_va = image_va(a, co_page_stubs);
	page->arch_i386.root_maddr = a->phys + offsetof(struct co_vcpu_page, arch_i386.pdpt);
}

static void build_host(const struct area *a, struct co_host *host,
		       struct co_switch *sw)
{

	host->self = (u64)host;
	host->resume = (u64)co_passage_resume;
	host->cr3_64 = table_phys(a, CO_AREA_PGD);
	host->code = image_phys(a, co_page_enter32);
	host->stack = a->phys + CO_SWITCH_OFFSET +
		      offsetof(struct co_switch, stack) + CO_TRAMP_STACK_SIZE;
	host->area = a->phys;
	host->sw = (u64)sw;
	host->tramp_idt.limit = sw->idt_phys.limit;
	host->tramp_idt.base = sw->idt_phys.base;
	host->tramp_gdt.limit = sw->gdt_phys.limit;
	host->tramp_gdt.base = sw->gdt_phys.base;

	sw->phys = a->phys;
	sw->va = a->va;
	sw->pae_cr3 = table_phys(a, CO_AREA_HOST) +
		      offsetof(struct co_host, pdpt);
	sw->cr3_64 = host->cr3_64;
}

/**
 * co_i386_create() - co_arch.create
 * @v:		the vCPU, of a VM with its memory registered and its kernel loaded
 * @cfg:	argument of CO_IOC_VCPU, checked by the caller
 */
int co_i386_create(struct co_vcpu_ctx *v, const struct co_vcpu *cfg)
{
	const struct co_vm *vm = v->vm;
	struct co_passage *p = &v->passage;
	struct co_i386 *i386 = &v->i386;
	struct area a = { .va = vm->note.passage_va };
	struct co_switch *sw;

	/*
	 * A host that has run for long has few blocks of this order below 4 GiB.
	 * Without RETRY_MAYFAIL the allocator hardly compacts memory for blocks
	 * above PAGE_ALLOC_COSTLY_ORDER.
	 */
	i386->pages = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_DMA32 | __GFP_ZERO |
				  __GFP_RETRY_MAYFAIL, CO_AREA_ORDER);
	if (!i386->pages)
		return -ENOMEM;
	a.base = page_address(i386->pages);
	a.phys = page_to_phys(i386->pages);
	i386->phys = a.phys;

	p->page = (void *)table(&a, CO_AREA_VCPU);
	sw = co_switch_of(p);
	i386->host = (void *)table(&a, CO_AREA_HOST);

	memcpy(table(&a, CO_AREA_CODE), co_page_start, PAGE_SIZE);
	build_low_table(&a);
	build_long_tables(&a);
	copy_kernel_half(i386, table(&a, CO_AREA_PGD));
	build_pae_tables(&a, i386->host);
	co_vcpu_page_init(p->page, CO_ARCH_I386, cfg->id);
	build_vcpu_page(&a, p->page);
	build_boot_tables(&a, vm, p->page);
	build_trampoline(&a, sw);
	build_entry_state(&a, &vm->note, cfg->boot_gpa, sw);
	build_host(&a, i386->host, sw);
	co_i386_guard_init(v);
	return 0;
}

/**
 * co_i386_destroy() - co_arch.destroy
 * @v:		the vCPU, whose area may be absent
 */
void co_i386_destroy(struct co_vcpu_ctx *v)
{
	if (v->i386.pages)
		__free_pages(v->i386.pages, CO_AREA_ORDER);
	memset(&v->i386, 0, sizeof(v->i386));
	memset(&v->passage, 0, sizeof(v->passage));
}

static const u32 sysenter_msr[] = {
	MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_ESP, MSR_IA32_SYSENTER_EIP,
};

static void load_sysenter(struct co_vcpu_ctx *v)
{
	const struct co_sysenter *g = &v->passage.page->arch_i386.sysenter;
	/* The guest's are 32 bits wide: cut off, they are always canonical. */
	const u32 value[] = { g->cs, g->esp, g->eip };
	int i;

	for (i = 0; i < ARRAY_SIZE(sysenter_msr); i++) {
		rdmsrl(sysenter_msr[i], v->i386.sysenter[i]);
		wrmsrl(sysenter_msr[i], value[i]);
	}
}

/**
 * co_i386_load() - co_arch.load
 * @v:		the vCPU
 */
void co_i386_load(struct co_vcpu_ctx *v)
{
	struct co_switch *sw = co_switch_of(&v->passage);
	u64 efer;

	load_sysenter(v);
	if (unlikely(v->i386.high_memory != high_memory))
		copy_kernel_half(&v->i386, (u64 *)((char *)v->passage.page +
						   CO_AREA_PGD * PAGE_SIZE));
	co_host_cpu_store(&v->i386.host->cpu);
	v->i386.host->msrs = co_msrs_trace() ? (u64)&v->msrs : 0;

	rdmsrl(MSR_EFER, efer);
	/* The CPU sets LMA by LME and CR0.PG; on AMD writing another LMA faults. */
	sw->host_efer = efer & ~(u64)EFER_LMA;
	sw->guest_efer = co_guest_efer(efer);
}

/**
 * co_i386_put() - co_arch.put
 * @v:		the vCPU
 */
void co_i386_put(struct co_vcpu_ctx *v)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(sysenter_msr); i++)
		wrmsrl(sysenter_msr[i], v->i386.sysenter[i]);
}

/**
 * co_i386_plan_cr4() - co_arch.plan_cr4
 * @v:		the vCPU
 * @cr4:	CR4 of the host at the next passages, VMXE clear
 */
void co_i386_plan_cr4(struct co_vcpu_ctx *v, u64 cr4)
{
	struct co_cr4 *plan = &v->i386.host->cr4;
	struct co_switch *sw = co_switch_of(&v->passage);

	if (v->passage.slow_tables)
		sw->guest_cr4 &= ~X86_CR4_UMIP;
	co_cr4_plan(plan, cr4, sw->guest_cr4);
	sw->guest_cr4 = plan->guest;
	sw->tramp_cr4 = plan->tramp;
}

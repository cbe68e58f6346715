// SPDX-License-Identifier: GPL-2.0
/*
 * The FPU's registers. They are switched lazily: around the exit loop, not at
 * each passage. Inside the loop preemption is off, and the host's kernel does
 * not use the FPU, because the loop has called kernel_fpu_begin().
 */
#include <linux/slab.h>
#include <asm/fpu/api.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>

#include "vm.h"

#define FXSAVE_SIZE		512
#define FX_FCW			0	/* x87 control word */
#define FX_MXCSR		24
#define FX_FCW_INIT		0x37f

static bool has_xsave(void)
{
	return boot_cpu_has(X86_FEATURE_OSXSAVE);
}

static u64 host_xcr0(void)
{
	return xgetbv(XCR_XFEATURE_ENABLED_MASK);
}

/*
 * Components to save and restore: all that the host enables, except PKRU, which
 * the host's scheduler switches by itself.
 */
static u64 components(void)
{
	return host_xcr0() & ~(u64)XFEATURE_MASK_PKRU;
}

/**
 * co_fpu_init() - make the FPU state of a fresh CPU
 * @fpu:	out
 *
 * Return: 0 or -ENOMEM.
 */
int co_fpu_init(struct co_fpu *fpu)
{
	u32 size = FXSAVE_SIZE, eax, ecx, edx;

	if (has_xsave())
		cpuid_count(0xd, 0, &eax, &size, &ecx, &edx);

	/* kmalloc aligns powers of two to themselves; XSAVE wants 64 bytes. */
	fpu->area = kzalloc(roundup_pow_of_two(size), GFP_KERNEL_ACCOUNT);
	if (!fpu->area)
		return -ENOMEM;

	/*
	 * A zero XSAVE header means initial state. FXRSTOR reads both fields
	 * nevertheless, XRSTOR the second.
	 */
	*(u16 *)(fpu->area + FX_FCW) = FX_FCW_INIT;
	*(u32 *)(fpu->area + FX_MXCSR) = MXCSR_DEFAULT;
	fpu->xcr0 = XFEATURE_MASK_FP;
	return 0;
}

/**
 * co_fpu_free() - free an FPU state
 * @fpu:	state, initialised or all zero
 */
void co_fpu_free(struct co_fpu *fpu)
{
	kfree_sensitive(fpu->area);
	fpu->area = NULL;
}

/**
 * co_fpu_load() - load the guest's FPU state
 * @fpu:	the state
 *
 * Context: after kernel_fpu_begin(), which has saved the host's state.
 */
void co_fpu_load(struct co_fpu *fpu)
{
	u64 mask;

	if (!has_xsave()) {
		asm volatile("fxrstor64 %0" : : "m" (*(char *)fpu->area));
		return;
	}

	fpu->host_xcr0 = host_xcr0();
	mask = components();
	asm volatile("xrstor64 %0" : : "m" (*(char *)fpu->area),
		     "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	if (fpu->xcr0 != fpu->host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, fpu->xcr0);
}

/**
 * co_fpu_save() - save the guest's FPU state
 * @fpu:	out
 *
 * Loads the host's XCR0 first, so that XSAVE saves all components, also those
 * that the guest has not enabled.
 *
 * Context: before kernel_fpu_end().
 */
void co_fpu_save(struct co_fpu *fpu)
{
	u64 mask;

	if (!has_xsave()) {
		asm volatile("fxsave64 %0" : "=m" (*(char *)fpu->area));
		return;
	}

	fpu->xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
	if (fpu->xcr0 != fpu->host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, fpu->host_xcr0);
	mask = components();
	asm volatile("xsave64 %0" : "+m" (*(char *)fpu->area)
		     : "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The features of the CPU that a coLinux guest uses.
 *
 * The host cannot trap CPUID in ring 0. So the kernel would detect all features
 * of the CPU and enable them, most by an MSR. This file lists the features that
 * the kernel may use: instructions that need no MSR, and state that the host
 * switches (control registers, XCR0). All other features are cleared, also those
 * of future CPUs. User space still sees the CPU's own CPUID. That does no harm: a
 * feature that needs the kernel's help works only if the kernel enables it.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/colinux.h>
#include <asm/cpu.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>

#include "../kernel/cpu/cpu.h"
#include "colinux.h"
#ifdef CONFIG_X86_32
#include "cpu_32.h"
#else
#include "cpu_64.h"
#endif

/*
 * The vendors' names, so that the kernel reports none as unknown. c_x86_vendor
 * stays unknown: code that distinguishes vendors by it accesses their MSRs.
 */
static const struct cpu_dev colinux_intel = {
	.c_vendor	= "Intel",
	.c_ident	= { "GenuineIntel" },
	.c_init		= cpu_detect_cache_sizes,
	.c_x86_vendor	= X86_VENDOR_UNKNOWN,
};

static const struct cpu_dev colinux_amd = {
	.c_vendor	= "AMD",
	.c_ident	= { "AuthenticAMD", "HygonGenuine" },
	.c_init		= cpu_detect_cache_sizes,
	.c_x86_vendor	= X86_VENDOR_UNKNOWN,
};

static const struct cpu_dev colinux_zhaoxin = {
	.c_vendor	= "Zhaoxin",
	.c_ident	= { "CentaurHauls", "  Shanghai  " },
	.c_init		= cpu_detect_cache_sizes,
	.c_x86_vendor	= X86_VENDOR_UNKNOWN,
};

cpu_dev_register(colinux_intel);
cpu_dev_register(colinux_amd);
cpu_dev_register(colinux_zhaoxin);

static const u16 colinux_features[] __initconst = {
	/* CPUID 1, EDX */
	X86_FEATURE_FPU, X86_FEATURE_PSE, X86_FEATURE_TSC, X86_FEATURE_PAE,
	X86_FEATURE_CX8, X86_FEATURE_SEP, X86_FEATURE_PGE, X86_FEATURE_CMOV,
	X86_FEATURE_CLFLUSH, X86_FEATURE_MMX, X86_FEATURE_FXSR, X86_FEATURE_XMM,
	X86_FEATURE_XMM2,
	/* CPUID 1, ECX */
	X86_FEATURE_XMM3, X86_FEATURE_PCLMULQDQ, X86_FEATURE_SSSE3,
	X86_FEATURE_FMA, X86_FEATURE_CX16, X86_FEATURE_XMM4_1,
	X86_FEATURE_XMM4_2, X86_FEATURE_MOVBE, X86_FEATURE_POPCNT,
	X86_FEATURE_AES, X86_FEATURE_XSAVE, X86_FEATURE_OSXSAVE,
	X86_FEATURE_AVX, X86_FEATURE_F16C, X86_FEATURE_RDRAND,
	/* CPUID 0x80000001, EDX and ECX */
	X86_FEATURE_NX, X86_FEATURE_MMXEXT, X86_FEATURE_LAHF_LM,
	X86_FEATURE_ABM, X86_FEATURE_SSE4A, X86_FEATURE_MISALIGNSSE,
	X86_FEATURE_3DNOWPREFETCH, X86_FEATURE_XOP, X86_FEATURE_FMA4,
	X86_FEATURE_TBM,
	/* CPUID 7, EBX */
	X86_FEATURE_BMI1, X86_FEATURE_AVX2, X86_FEATURE_SMEP,
	X86_FEATURE_BMI2, X86_FEATURE_ERMS, X86_FEATURE_AVX512F,
	X86_FEATURE_AVX512DQ, X86_FEATURE_RDSEED, X86_FEATURE_ADX,
	X86_FEATURE_SMAP, X86_FEATURE_AVX512IFMA, X86_FEATURE_CLFLUSHOPT,
	X86_FEATURE_CLWB, X86_FEATURE_AVX512PF, X86_FEATURE_AVX512ER,
	X86_FEATURE_AVX512CD, X86_FEATURE_SHA_NI, X86_FEATURE_AVX512BW,
	X86_FEATURE_AVX512VL,
	/* CPUID 7, ECX and EDX; CPUID 7:1, EAX */
	X86_FEATURE_AVX512VBMI, X86_FEATURE_UMIP, X86_FEATURE_AVX512_VBMI2,
	X86_FEATURE_GFNI, X86_FEATURE_VAES, X86_FEATURE_VPCLMULQDQ,
	X86_FEATURE_AVX512_VNNI, X86_FEATURE_AVX512_BITALG,
	X86_FEATURE_AVX512_VPOPCNTDQ, X86_FEATURE_AVX512_4VNNIW,
	X86_FEATURE_AVX512_4FMAPS, X86_FEATURE_FSRM,
	X86_FEATURE_AVX512_VP2INTERSECT, X86_FEATURE_MD_CLEAR,
	X86_FEATURE_SERIALIZE, X86_FEATURE_AVX512_FP16,
	X86_FEATURE_AVX_VNNI, X86_FEATURE_AVX512_BF16,
	/* CPUID 0xd:1, EAX; CPUID 0x80000008, EBX */
	X86_FEATURE_XSAVEOPT, X86_FEATURE_XSAVEC, X86_FEATURE_XGETBV1,
	X86_FEATURE_CLZERO, X86_FEATURE_XSAVEERPTR,
};

/*
 * Features that the vendors' code, which is not built in, would set. LFENCE
 * orders RDTSC on every 64-bit CPU; on AMD's the host's kernel sets the MSR bit
 * for it. The flags of the TSC hold because the module starts no guest on a host
 * with an unstable TSC, and the host supplies the frequency.
 */
static const u16 colinux_forced[] __initconst = {
	X86_FEATURE_LFENCE_RDTSC, X86_FEATURE_CONSTANT_TSC,
	X86_FEATURE_NONSTOP_TSC, X86_FEATURE_TSC_KNOWN_FREQ,
	X86_FEATURE_TSC_RELIABLE,
};

/* Sets the bits of @count features in @words. */
static void __init colinux_add_features(u32 *words, const u16 *features,
					unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		words[features[i] / 32] |= BIT(features[i] % 32);
}

static void __init colinux_init_features(void)
{
	u32 allowed[NCAPINTS] = {};
	unsigned int i;

	colinux_add_features(allowed, colinux_features, ARRAY_SIZE(colinux_features));
	colinux_add_features(allowed, colinux_arch_features,
			     ARRAY_SIZE(colinux_arch_features));

	/*
	 * The words of Linux's own flags are cleared like those of the CPU.
	 * Flags that the kernel forces on survive: apply_forced_caps() applies
	 * cpu_caps_set after cpu_caps_cleared.
	 */
	for (i = 0; i < NCAPINTS; i++)
		cpu_caps_cleared[i] |= ~allowed[i];

	colinux_add_features(cpu_caps_set, colinux_forced, ARRAY_SIZE(colinux_forced));
	colinux_add_features(cpu_caps_set, colinux_arch_forced,
			     ARRAY_SIZE(colinux_arch_forced));
}

/*
 * Clears RDRAND and RDSEED on AMD CPUs where they may return constants. RDRAND of
 * families 15h and 16h may do so after a suspend of the machine (cpu/amd.c). The
 * 32-bit RDSEED of Zen 5 (family 1Ah) without newer microcode may return 0 and
 * report success (AMD-SB-7055). A guest cannot detect either condition.
 */
static void __init colinux_init_random(void)
{
	unsigned long *cleared = (unsigned long *)cpu_caps_cleared;

	switch (x86_family(cpuid_eax(1))) {
	case 0x15:
	case 0x16:
		set_bit(X86_FEATURE_RDRAND, cleared);
		break;
	case 0x1a:
		set_bit(X86_FEATURE_RDSEED, cleared);
		break;
	}
}

/*
 * FXSAVE and FXRSTOR of AMD's older CPUs skip the pointers of the last x87
 * instruction unless an exception is pending: a process would see another
 * process's pointers.
 */
static void __init colinux_init_bugs(void)
{
	u32 level, vendor[3];
	bool amd;

	cpuid(0, &level, &vendor[0], &vendor[2], &vendor[1]);
	amd = !memcmp(vendor, "AuthenticAMD", sizeof(vendor)) ||
	      !memcmp(vendor, "HygonGenuine", sizeof(vendor));
	colinux_init_vendor(amd);
	if (!amd)
		return;

	colinux_init_random();
	if (cpuid_eax(0x80000000) < 0x80000008 ||
	    !(cpuid_ebx(0x80000008) & BIT(X86_FEATURE_XSAVEERPTR % 32)))
		set_bit(X86_BUG_FXSAVE_LEAK, (unsigned long *)cpu_caps_set);
}

/**
 * colinux_init_cpu() - prepare the kernel's detection of the CPU's features
 */
void __init colinux_init_cpu(void)
{
	colinux_init_features();
	colinux_init_bugs();
}

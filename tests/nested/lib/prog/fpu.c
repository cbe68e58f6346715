// SPDX-License-Identifier: GPL-2.0
/*
 * fpu SECONDS PROCESSES: fail if an FPU register changes by itself. Each process
 * fills the registers with its own numbers, spins long enough to be interrupted,
 * and compares. It runs in the guest (i386) and on the host (amd64) at once: a
 * register that the passage does not save is overwritten by the other side.
 *
 * The registers are x87 with its control word, MMX (which shares its registers),
 * SSE with MXCSR, and AVX if CPU and kernel have it.
 */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __x86_64__
#define VECTORS	16
#define VECTOR_REGS	"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", \
			"xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", \
			"xmm12", "xmm13", "xmm14", "xmm15"
#else
#define VECTORS	8
#define VECTOR_REGS	"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", \
			"xmm6", "xmm7"
#endif
#define SPIN_MAX	200000

struct state {
	uint8_t x87[8][10];
	uint64_t mmx[8];
	uint8_t sse[VECTORS][16];
	uint8_t avx[VECTORS][32];
	uint32_t mxcsr;
	uint16_t fcw;
} __attribute__((aligned(32)));

/* The instructions for eight registers, or for all registers, in one string. */
#define EIGHT(insn)	"" insn(0) insn(1) insn(2) insn(3) \
			insn(4) insn(5) insn(6) insn(7)
#ifdef __x86_64__
#define ALL(insn)	"" EIGHT(insn) insn(8) insn(9) insn(10) insn(11) \
			insn(12) insn(13) insn(14) insn(15)
#else
#define ALL(insn)	EIGHT(insn)
#endif

#define SPIN		"1: dec %[n]\n\tjnz 1b\n\t"

#define FLD(i)		"fldt 10*" #i "(%[in])\n\t"
#define FSTP(i)		"fstpt 10*" #i "(%[out])\n\t"

static void pass_x87(const struct state *in, struct state *out, unsigned long n)
{
	asm volatile("fninit\n\tfldcw (%[cw])\n\t"
		     EIGHT(FLD) SPIN
		     EIGHT(FSTP) "fnstcw (%[cw_out])\n\tfninit"
		     : [n] "+r" (n)
		     : [in] "r" (in->x87), [out] "r" (out->x87),
		       [cw] "r" (&in->fcw), [cw_out] "r" (&out->fcw)
		     : "memory", "cc", "st", "st(1)", "st(2)", "st(3)",
		       "st(4)", "st(5)", "st(6)", "st(7)");
}

#define MMX_IN(i)	"movq 8*" #i "(%[in]), %%mm" #i "\n\t"
#define MMX_OUT(i)	"movq %%mm" #i ", 8*" #i "(%[out])\n\t"

static void pass_mmx(const struct state *in, struct state *out, unsigned long n)
{
	asm volatile(EIGHT(MMX_IN) SPIN EIGHT(MMX_OUT) "emms"
		     : [n] "+r" (n)
		     : [in] "r" (in->mmx), [out] "r" (out->mmx)
		     : "memory", "cc", "mm0", "mm1", "mm2", "mm3", "mm4", "mm5",
		       "mm6", "mm7");
}

#define SSE_IN(i)	"movdqu 16*" #i "(%[in]), %%xmm" #i "\n\t"
#define SSE_OUT(i)	"movdqu %%xmm" #i ", 16*" #i "(%[out])\n\t"

static void pass_sse(const struct state *in, struct state *out, unsigned long n)
{
	const uint32_t standard = 0x1f80;

	asm volatile("ldmxcsr (%[csr])\n\t"
		     ALL(SSE_IN) SPIN ALL(SSE_OUT)
		     "stmxcsr (%[csr_out])\n\tldmxcsr %[standard]"
		     : [n] "+r" (n)
		     : [in] "r" (in->sse), [out] "r" (out->sse),
		       [csr] "r" (&in->mxcsr), [csr_out] "r" (&out->mxcsr),
		       [standard] "m" (standard)
		     : "memory", "cc", VECTOR_REGS);
}

#define AVX_IN(i)	"vmovdqu 32*" #i "(%[in]), %%ymm" #i "\n\t"
#define AVX_OUT(i)	"vmovdqu %%ymm" #i ", 32*" #i "(%[out])\n\t"

static void pass_avx(const struct state *in, struct state *out, unsigned long n)
{
	asm volatile(ALL(AVX_IN) SPIN ALL(AVX_OUT) "vzeroupper"
		     : [n] "+r" (n)
		     : [in] "r" (in->avx), [out] "r" (out->avx)
		     : "memory", "cc", VECTOR_REGS);
}

/* AVX can only be used if the kernel saves the upper halves of its registers. */
static bool has_avx(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) ||
	    !(c & bit_AVX))
		return false;
	asm volatile("xgetbv" : "=a" (a), "=d" (d) : "c" (0));
	return (a & 6) == 6;
}

static void fill(struct state *s, uint32_t *seed)
{
	uint8_t *bytes = (uint8_t *)s;

	for (size_t i = 0; i < sizeof(*s); i++) {
		*seed = *seed * 1664525 + 1013904223;
		bytes[i] = *seed >> 24;
	}
	/* Only normal numbers: loading others could raise an exception. */
	for (int i = 0; i < 8; i++) {
		s->x87[i][7] |= 0x80;
		s->x87[i][9] = 0x3f;
	}
	s->mxcsr = 0x1f80 | (*seed >> 8 & 0x6000);	/* rounding */
	s->fcw = 0x037f | (*seed >> 20 & 0x0c00);
}

/* x87 is a stack: the register loaded last is stored first. */
static bool same_x87(const struct state *in, const struct state *out)
{
	for (int i = 0; i < 8; i++)
		if (memcmp(in->x87[i], out->x87[7 - i], 10))
			return false;
	return in->fcw == out->fcw;
}

static const char *round_of(uint32_t *seed, bool avx)
{
	struct state in, out;
	unsigned long n;

	memset(&out, 0, sizeof(out));
	fill(&in, seed);
	n = 1 + (*seed >> 4) % SPIN_MAX;
	pass_x87(&in, &out, n);
	if (!same_x87(&in, &out))
		return "x87";
	pass_mmx(&in, &out, n);
	if (memcmp(in.mmx, out.mmx, sizeof(in.mmx)))
		return "MMX";
	pass_sse(&in, &out, n);
	if (memcmp(in.sse, out.sse, sizeof(in.sse)) || in.mxcsr != out.mxcsr)
		return "SSE";
	if (!avx)
		return NULL;
	pass_avx(&in, &out, n);
	return memcmp(in.avx, out.avx, sizeof(in.avx)) ? "AVX" : NULL;
}

static int work(time_t end, uint32_t seed)
{
	bool avx = has_avx();
	unsigned long rounds = 0;
	const char *broken;

	while (time(NULL) < end) {
		broken = round_of(&seed, avx);
		if (broken) {
			printf("fpu: %s registers changed in round %lu\n",
			       broken, rounds);
			return 1;
		}
		rounds++;
	}
	printf("fpu: %lu rounds, avx: %s\n", rounds, avx ? "yes" : "no");
	return !rounds;
}

int main(int argc, char **argv)
{
	int seconds, processes, status, failed = 0;
	time_t end;

	if (argc != 3)
		return 2;
	seconds = atoi(argv[1]);
	processes = atoi(argv[2]);
	end = time(NULL) + seconds;
	for (int i = 0; i < processes; i++)
		if (!fork())
			return work(end, getpid() * 2654435761U);
	while (wait(&status) > 0)
		failed |= status != 0;
	return failed;
}

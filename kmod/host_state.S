/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pieces of the passage on the host's side, for the files that include this one:
 * i386/passage_64.S and x86_64/passage_host.S. RDI is the structure with the host's
 * state. Its members have the HS_ constants of co-offsets.h, which must be included
 * before this file.
 */
#include <linux/stringify.h>
#include <asm/alternative.h>
#include <asm/cpufeatures.h>

/*
 * Jumps to @where if co_msrs_trace_off() is needed, see msrs.c. On a CPU without
 * the 64-bit debug store it never is, and the macro is one jump.
 */
.macro CO_IF_TRACE where:req
	ALTERNATIVE "jmp .Lno_trace_\@", __stringify(cmpq $0, HS_MSRS(%rdi)), \
		X86_FEATURE_DTES64
	jne	\where
.Lno_trace_\@:
.endm

/*
 * Loads the host's GDT, TR and LDT. ltr writes the busy bit, and the kernel's mapping
 * of the GDT is read-only. So load TR through the writable alias, then load the
 * read-only GDT, as the kernel does after a suspend. Clobbers RAX.
 */
.macro CO_LOAD_HOST_TABLES
	lgdt	HS_GDT_RW(%rdi)
	movq	HS_TSS_DESC(%rdi), %rax
	andb	$~2, 5(%rax)
	ltr	HS_TR(%rdi)
	lgdt	HS_GDT(%rdi)
	lldt	HS_LDT(%rdi)
.endm

// SPDX-License-Identifier: GPL-2.0
/*
 * bytes: run instructions whose last bytes are those of "int $2", for ever. An NMI
 * that arrives after such an instruction must not be mistaken for an "int $2".
 */
#include <stdio.h>

#ifdef __x86_64__
#define BP	"%%rbp"
#else
#define BP	"%%ebp"
#endif

int main(void)
{
	static unsigned char room[2 * 4096];

	setvbuf(stdout, NULL, _IONBF, 0);
	puts("bytes: begin");
	for (;;)
		asm volatile("push " BP "\n\t"
			     "lea 128(%0), " BP "\n\t"
			     "movl $1000, %%eax\n\t"
			     "xorl %%ecx, %%ecx\n"
			     "1:\n\t"
			     ".byte 0x80, 0xcd, 0x02\n\t"	/* or $2, %%ch */
			     ".byte 0xf6, 0x45, 0xcd, 0x02\n\t" /* testb $2, -0x33(%%ebp) */
			     ".byte 0x8b, 0x54, 0xcd, 0x02\n\t" /* mov 2(%%ebp,%%ecx,8), %%edx */
			     "xorl %%ecx, %%ecx\n\t"
			     "decl %%eax\n\t"
			     "jnz 1b\n\t"
			     "movl $1000, %%eax\n"
			     "2:\n\t"
			     ".byte 0xc1, 0xcd, 0x02\n\t"	/* ror $2, %%ebp */
			     ".byte 0x0f, 0xa4, 0xcd, 0x02\n\t" /* shld $2, %%ecx, %%ebp */
			     "decl %%eax\n\t"
			     "jnz 2b\n\t"
			     "pop " BP
			     : : "r" (room) : "eax", "ecx", "edx", "memory", "cc");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * compute: run for ever in user land, with a number in EDI or RDI by which the test
 * outside tells this program from those of the host.
 */
#include <stdio.h>

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	puts("busy");
	asm volatile("1:\tpause\n\tjmp 1b" : : "D" (0x0115eed1UL));
}

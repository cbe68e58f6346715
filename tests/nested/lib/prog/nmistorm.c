// SPDX-License-Identifier: GPL-2.0
/*
 * nmistorm HZ SECONDS: make HZ external NMIs per second on the first CPU. The PC's
 * timer chip (PIT) ticks, and the I/O APIC delivers its interrupt as an NMI. Prints
 * the number of ticks.
 *
 * Only for the nested host, whose kernel does not use the PIT after its boot.
 * Needs access to /dev/mem ("iomem=relaxed"), and no HPET in place of the PIT.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define IOAPIC		0xfec00000UL
#define SELECT		0		/* registers, as indices of 32-bit words */
#define WINDOW		4
#define TIMER_PIN	2		/* the PIT's input on a PC */
#define ENTRY(pin)	(0x10 + 2 * (pin))
#define DELIVER_NMI	0x400
#define MASKED		0x10000

#define PIT_HZ		1193182
#define PIT_COUNTER	0x40
#define PIT_CONTROL	0x43
#define PIT_RATE	0x34		/* counter 0, both bytes, mode 2 */

static void write_entry(volatile uint32_t *ioapic, uint32_t low)
{
	ioapic[SELECT] = ENTRY(TIMER_PIN) + 1;
	ioapic[WINDOW] = 0;		/* APIC ID 0 */
	ioapic[SELECT] = ENTRY(TIMER_PIN);
	ioapic[WINDOW] = low;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
	unsigned int hz = argc > 2 ? atoi(argv[1]) : 0, divisor;
	volatile uint32_t *ioapic;
	double start;
	int fd;

	if (hz < 20)
		return 2;
	divisor = PIT_HZ / hz;
	fd = open("/dev/mem", O_RDWR | O_SYNC);
	if (fd < 0 || iopl(3)) {
		perror("nmistorm");
		return 1;
	}
	ioapic = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, IOAPIC);
	if (ioapic == MAP_FAILED) {
		perror("nmistorm: I/O APIC");
		return 1;
	}
	outb(PIT_RATE, PIT_CONTROL);
	outb(divisor & 0xff, PIT_COUNTER);
	outb(divisor >> 8, PIT_COUNTER);
	write_entry(ioapic, DELIVER_NMI);
	start = now();
	sleep(atoi(argv[2]));
	write_entry(ioapic, MASKED | DELIVER_NMI);
	printf("%.0f\n", (now() - start) * PIT_HZ / divisor);
	return 0;
}

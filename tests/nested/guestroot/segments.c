// SPDX-License-Identifier: GPL-2.0
/*
 * segments SECONDS: as nobody, removes descriptors while GS holds their selector.
 * The CPU goes on with the descriptor that it has loaded. If the host interrupts
 * the guest at this point, the selector cannot be loaded again. Fails if GS never
 * changed: then the guest was never interrupted there.
 *
 * System calls are those of i386, also in 64-bit programs: x86-64 has no
 * set_thread_area(). No function of an i386 C library may run while GS is not the
 * library's.
 */
#include <asm/ldt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define RPL_USER	3
#define TI_LDT		4
#define SPINS		300000
#define NOBODY		65534
#define I386_MODIFY_LDT	123
#define I386_SET_THREAD_AREA 243

#ifdef __x86_64__
#define CLOBBERED	"r8", "r9", "r10", "r11", "memory"
#else
#define CLOBBERED	"memory"
#endif

static const struct user_desc valid = {
	.limit = 0xfffff, .seg_32bit = 1, .limit_in_pages = 1, .useable = 1,
};
static const struct user_desc empty = {
	.read_exec_only = 1, .seg_not_present = 1,
};

/* A pointer must be one to static data, which 64-bit programs have below 4 GiB, too. */
static int call(int nr, long a, long b, long c)
{
	int ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "0" (nr), "b" (a), "c" (b), "d" (c) : CLOBBERED);
	return ret;
}

static unsigned int get_gs(void)
{
	unsigned int gs;

	asm volatile("movl %%gs, %0" : "=r" (gs));
	return gs;
}

static void set_gs(unsigned int gs)
{
	asm volatile("movl %0, %%gs" : : "r" (gs));
}

static void spin(void)
{
	unsigned int i;

	for (i = 0; i < SPINS; i++)
		asm volatile("pause");
}

static int set_ldt(const struct user_desc *desc)
{
	return call(I386_MODIFY_LDT, 0x11, (long)desc, sizeof(*desc));
}

/* Remove the descriptor, and go on in user space for some ticks. */
static bool take_ldt(void)
{
	unsigned int own = get_gs(), left;

	if (set_ldt(&valid))
		exit(2);
	set_gs(TI_LDT | RPL_USER);
	set_ldt(&empty);
	spin();
	left = get_gs();
	set_gs(own);
	return !left;
}

/* Remove the descriptor for a few instructions of the kernel, again and again. */
static void take_tls(void)
{
	static struct user_desc give, take;
	unsigned int own = get_gs(), i;

	give = valid;
	take = empty;
	give.entry_number = -1;
	if (call(I386_SET_THREAD_AREA, (long)&give, 0, 0))
		exit(2);
	take.entry_number = give.entry_number;
	for (i = 0; i < 10000; i++) {
		call(I386_SET_THREAD_AREA, (long)&give, 0, 0);
		set_gs(give.entry_number << 3 | RPL_USER);
		call(I386_SET_THREAD_AREA, (long)&take, 0, 0);
	}
	set_gs(own);
}

int main(int argc, char **argv)
{
	time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 1);
	unsigned int lost = 0, rounds = 0;

	if (setuid(NOBODY))
		return 2;
	do {
		lost += take_ldt();
		take_tls();
		rounds++;
	} while (time(NULL) < end);
	printf("segments: %u rounds, GS lost in %u\n", rounds, lost);
	return !lost;
}

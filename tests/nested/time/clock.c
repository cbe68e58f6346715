// SPDX-License-Identifier: GPL-2.0
/*
 * clock: print the wall clock as SECONDS.MICROSECONDS, which busybox cannot.
 */
#include <stdio.h>
#include <time.h>

int main(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now))
		return 1;
	printf("%lld.%06ld\n", (long long)now.tv_sec, now.tv_nsec / 1000);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The progress of a long step: one line on a terminal, with a bar. Otherwise nothing.
 *
 * The variables are static because they describe the terminal, of which there is only one.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "progress.h"

#define WIDTH	30

static bool on_screen;
static uint64_t shown_ms;

/**
 * progress_shown() - would progress_show() show something?
 */
bool progress_shown(void)
{
	return isatty(STDERR_FILENO);
}

/**
 * progress_show() - show the progress of a step
 * @what:	the step
 * @percent:	the part that is done; shown up to 99, as the step has not ended
 *
 * May be called at any rate.
 */
void progress_show(const char *what, int percent)
{
	static const char full[WIDTH + 1] = "##############################";

	uint64_t now = now_ms();

	if (!progress_shown() || (on_screen && now < shown_ms + PROGRESS_MS))
		return;
	percent = percent < 0 ? 0 : percent > 99 ? 99 : percent;
	fprintf(stderr, "\r  %s [%-*.*s] %2d%%\033[K", what, WIDTH,
		percent * WIDTH / 100, full, percent);
	fflush(stderr);
	on_screen = true;
	shown_ms = now;
}

/**
 * progress_end() - remove the line
 */
void progress_end(void)
{
	if (on_screen)
		fputs("\r\033[K", stderr);
	on_screen = false;
}

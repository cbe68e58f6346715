// SPDX-License-Identifier: GPL-2.0
/*
 * The console: other tasks get their turn although the guest keeps its queues full.
 */
#include "full_queue.h"
#include "suite.h"

#include "monitor/console/cocon.c"

static struct params params;

static void on_test_key(void *arg __attribute__((unused)),
			char key __attribute__((unused)))
{
}

static void setup(void)
{
	struct device *dev;
	struct err err;

	full_init();
	params_init(&params);
	params.console = CONSOLE_NONE;
	dev = cocon_open(&params, &full.loop, on_test_key, NULL, &err);
	ck_assert_msg(dev, "%s", err.text);
	full_attach(dev);
}

static void teardown(void)
{
	full_free();
	params_free(&params);
}

static const uint32_t lengths[] = { 0, 1, 4096, 65536, 1000000 };

/* Without a viewer the console takes all output at once. */
START_TEST(shows_for_ever)
{
	full_start(CO_COCON_TX, &(struct co_sub) {
		.addr = FULL_GPA, .len = lengths[_i] });
	/* Long requests take longer to copy: fewer of them suffice. */
	full.left /= 1 + lengths[_i] / 1000;
	full.answered = FULL_REQUESTS - full.left - full.q.prod;
	full_check();
}
END_TEST

/* RX buffers without room for typed characters. */
START_TEST(takes_for_ever)
{
	struct console *con = cocon_console(full.dev);

	memcpy(con->input, "typed", 5);
	con->input_len = 5;
	full_start(CO_COCON_RX, &(struct co_sub) {
		.addr = FULL_GPA, .flags = CO_SUB_WRITE });
	full_check();
	ck_assert_uint_eq(con->input_len, 5);
	ck_assert_uint_eq(con->input_pos, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cocon");
	TCase *tc = tcase_create("cocon");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, shows_for_ever, 0, 5);
	tcase_add_test(tc, takes_for_ever);
	suite_add_tcase(s, tc);
	return suite_run(s);
}

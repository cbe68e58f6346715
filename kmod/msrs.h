/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host MSRs that would act on a guest: see msrs.c.
 */
#ifndef CO_MSRS_H
#define CO_MSRS_H

/**
 * struct co_msrs - host MSRs set aside while a guest has the CPU
 * @pebs:	IA32_PEBS_ENABLE, or with architectural PEBS the value of
 *		@counters; 0 if PEBS was off
 * @counters:	IA32_PERF_GLOBAL_CTRL, if @pebs is not 0
 * @debugctl:	IA32_DEBUGCTL; 0 if BTS was off
 * @test_ctrl:	TEST_CTRL; 0 if split-lock detection was off
 */
struct co_msrs {
	u64 pebs;
	u64 counters;
	u64 debugctl;
	u64 test_ctrl;
};

void co_msrs_probe(void);
bool co_msrs_trace(void);
void co_msrs_trace_off(struct co_msrs *m);
void co_msrs_trace_on(const struct co_msrs *m);
void co_msrs_load(struct co_msrs *m);
void co_msrs_put(struct co_msrs *m);

#endif /* CO_MSRS_H */

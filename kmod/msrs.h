/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host MSRs that would act on a guest: see msrs.c.
 */
#ifndef CO_MSRS_H
#define CO_MSRS_H

/* The kernel's headers define EFER_TCE from 6.14 on. */
#define CO_EFER_TCE	(1ULL << 15)

/**
 * co_guest_efer() - EFER while a guest runs
 * @efer:	EFER of the host
 *
 * LME and LMA are clear because the guest is not in long mode. SCE is clear
 * because AMD's SYSCALL works in legacy mode: it would take a guest's user to
 * ring 0 at the address in the host's STAR. TCE is clear because with it INVLPG
 * keeps upper-level entries of other addresses (APM vol. 2, 3.1.7), and the
 * guest's kernel does not know that.
 */
static inline u64 co_guest_efer(u64 efer)
{
	return efer & ~(u64)(EFER_LME | EFER_LMA | EFER_SCE | CO_EFER_TCE);
}

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

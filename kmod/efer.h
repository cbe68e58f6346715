/* SPDX-License-Identifier: GPL-2.0 */
/*
 * EFER while a guest runs. Plain C, so that tests/unit/test_msrs.c can check it.
 */
#ifndef CO_EFER_H
#define CO_EFER_H

/* The kernel's headers define EFER_TCE from 6.14 on. */
#define CO_EFER_TCE	(1ULL << 15)

/**
 * co_guest_efer() - EFER while an i386 guest runs
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
 * co_guest64_efer() - EFER while an x86-64 guest runs
 * @efer:	EFER of the host
 *
 * The guest's kernel uses it as it is, but for TCE: see co_guest_efer().
 */
static inline u64 co_guest64_efer(u64 efer)
{
	return efer & ~CO_EFER_TCE;
}

#endif /* CO_EFER_H */

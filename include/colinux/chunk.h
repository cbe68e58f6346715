/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The guest ABI: chunks of memory, and the tables that translate them.
 *
 * A header of its own, because the guest's <asm/pgtable.h> needs it: nearly all files
 * of a kernel include that header, and a change here compiles them again.
 */
#ifndef COLINUX_CHUNK_H
#define COLINUX_CHUNK_H

/* PPRAM is registered, pinned and translated in chunks of this size. */
#define CO_CHUNK_SHIFT		21
#define CO_CHUNK_SIZE		(1 << CO_CHUNK_SHIFT)

/*
 * Entry of the m2p table for a machine chunk that is not the guest's: the largest
 * chunk number of a machine address, which has 52 bits.
 */
#define CO_M2P_NONE		0x7fffffff

#endif /* COLINUX_CHUNK_H */

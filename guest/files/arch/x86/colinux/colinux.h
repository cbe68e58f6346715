/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that the files of the port share with each other only.
 */
#ifndef _X86_COLINUX_COLINUX_H
#define _X86_COLINUX_COLINUX_H

#include <linux/init.h>
#include <linux/types.h>

struct co_boot_info;
struct co_vcpu_page;

/* head_*.S, start_*.c */
void __init colinux_start_kernel(const struct co_boot_info *info,
				 struct co_vcpu_page *vcpu);

/* start.c */
void __init colinux_init_boot_info(const struct co_boot_info *info);
void __init colinux_init_hooks(void);
void __init colinux_init_boot_params(void);

/* mmu_*.c */
void __init colinux_init_memory(void);
void __init colinux_take_p2m(void);

/* mmu_64.c */
struct co_vcpu_page *__init colinux_area(void);
void __init colinux_init_levels(void);

/* p2m.c */
void __init colinux_init_p2m(void);

/* cpu.c */
void __init colinux_init_cpu(void);

/* irq.c */
void __init colinux_init_irqs(void);

/* stack_32.c */
void __init colinux_init_stacks(void);

/* kick.c */
void colinux_kick_held(void);

/* time.c */
void __init colinux_init_time(void);
void __init colinux_init_timer(void);

/* params.c */
void __init colinux_init_params(void);

/* console.c */
void __init colinux_init_console(void);

/* reboot.c */
void __init colinux_init_reboot(void);
void __noreturn colinux_shutdown(u32 how, const char *reason);

#endif /* _X86_COLINUX_COLINUX_H */

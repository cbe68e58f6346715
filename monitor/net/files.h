/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's budget of file descriptors. Those that a guest can use up are limited,
 * so that some are always left for the control channel and for other devices.
 */
#ifndef MONITOR_FILES_H
#define MONITOR_FILES_H

#include "common/msg.h"
#include "common/netparam.h"

/* Descriptors of everything but user-mode networking, at most. */
#define FILES_OTHER	256

/* Limits of the number of flows of an interface. Each flow is a socket. */
#define FLOWS_MAX	1024
#define FLOWS_MIN	16

int files_for_flows(const struct net_param *nets, unsigned int nr,
		    unsigned int *flows, struct err *err);

#endif /* MONITOR_FILES_H */

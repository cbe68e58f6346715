/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many files the monitor has open: descriptors that guests may use up are
 * limited, so that there are always some for what the host wants of it.
 */
#ifndef MONITOR_FILES_H
#define MONITOR_FILES_H

#include "common/msg.h"
#include "common/netparam.h"

/* What everything but user-mode networking has open at most. */
#define FILES_OTHER	256

/* Flows of an interface, each of them a socket: at most, and at least. */
#define FLOWS_MAX	1024
#define FLOWS_MIN	16

int files_for_flows(const struct net_param *nets, unsigned int nr,
		    unsigned int *flows, struct err *err);

#endif /* MONITOR_FILES_H */

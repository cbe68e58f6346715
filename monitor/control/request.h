/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests of the control channel: what each means for the machine.
 */
#ifndef MONITOR_REQUEST_H
#define MONITOR_REQUEST_H

#include "control.h"

control_handler request_handle;

#endif /* MONITOR_REQUEST_H */

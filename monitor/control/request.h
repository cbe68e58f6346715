/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handler of the control channel's requests.
 */
#ifndef MONITOR_REQUEST_H
#define MONITOR_REQUEST_H

#include "control.h"

control_handler request_handle;

#endif /* MONITOR_REQUEST_H */

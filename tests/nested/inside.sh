# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the tests share inside the nested host. Sourced by each NAME.inside.

set -euo pipefail
export LC_ALL=C

fail()
{
	echo "FAIL: $*"
	exit 1
}

step()
{
	echo "-- $* (up $(cut -d ' ' -f 1 /proc/uptime) s)"
}

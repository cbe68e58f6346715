# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # variables for scripts that source it
#
# Runs several commands at once; sourced by the scripts that do so. Each command has
# a process group of its own, and processes that it leaves behind end with it. When the
# script ends, the pool ends all groups.

declare -A pool_running=() pool_since=()

# pool_start NAME LOG COMMAND...: runs the command in the background, its output in
# LOG.
pool_start()
{
	local name=$1 log=$2

	shift 2
	setsid "$COLINUX_TOP/tools/build/reaper" "$@" >"$log" 2>&1 </dev/null &
	pool_running[$!]=$name
	pool_since[$!]=$SECONDS
}

# pool_next: waits until a command ends. Sets pool_name, pool_status and pool_took
# (seconds).
pool_next()
{
	local pid

	pool_status=0
	wait -n -p pid "${!pool_running[@]}" || pool_status=$?
	pool_name=${pool_running[$pid]}
	pool_took=$((SECONDS - pool_since[$pid]))
	unset "pool_running[$pid]"
}

pool_stop()
{
	local pid

	trap - EXIT
	for pid in "${!pool_running[@]}"; do
		kill -TERM -- "-$pid" 2>/dev/null || :
	done
	wait
}

trap pool_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

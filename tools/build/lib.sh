# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Shared by the scripts in tools/ and tests/, which source it: messages, the cache
# directory, temporary directories, locks, and a line with its duration for each long
# step.

set -euo pipefail

# Sorting, globs and tool messages must not depend on the user's language.
export LC_ALL=C

# The PATH of some users lacks the directories of depmod and the like.
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034 # for those who source this
COLINUX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
COLINUX_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/colinux

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Progress goes to stderr, as stdout is for the result of a script.
note()
{
	echo "  $*" >&2
}

# temporary VARIABLE [TEMPLATE]: makes a private directory, as mktemp -d does. Sets
# VARIABLE to its name before it exists, so that the caller's trap can remove it
# after a signal at any moment.
temporary()
{
	printf -v "$1" %s "$(mktemp -u "${2:-${TMPDIR:-/tmp}/tmp.XXXXXXXXXX}")"
	mkdir -m 700 -- "${!1}"
}

# interrupted STATUS [TEXT]: for traps of signals: ends the script. Ignores further
# signals, so that they do not interrupt the cleanup.
interrupted()
{
	trap '' INT TERM HUP
	end_bar
	[ -z "$timed_log" ] || rm -f "$timed_log"
	echo "${0##*/}: interrupted${2:+: $2}" >&2
	exit "$1"
}

# PID of the process that draws the progress bar; empty if none.
bar=''
end_bar()
{
	[ -n "$bar" ] || return 0
	kill "$bar" 2>/dev/null || :
	wait "$bar" 2>/dev/null || :
	bar=''
	printf '\r\033[K' >&2
}

# paint WHAT PERCENT
paint()
{
	local full=##############################

	printf '\r  %s [%-30s] %2d%%' "$1" "${full:0:$2*30/100}" "$2" >&2
}

# paint_bar WHAT PROBE: draws the bar until it is killed or the script has ended.
# PROBE prints the percentage.
paint_bar()
{
	local percent

	while kill -0 $$ 2>/dev/null; do
		percent=$("$2" 2>/dev/null) || :
		[[ $percent =~ ^[0-9]+$ ]] || percent=0
		[ "$percent" -lt 100 ] || percent=99
		paint "$1" "$percent"
		sleep 0.3
	done
}

# timed WHAT COMMAND...: prints WHAT, runs the command, and prints how long it took.
# Shows the output of the command only if it fails; with V=1 always. Two variables
# may name functions, which can read the output from /dev/fd/$fd:
#   probe   prints the percentage done; on a terminal there is then a progress bar
#   reason  prints why the command failed; this then replaces the output
probe='' reason='' timed_log=''
timed()
{
	local what=$1 start=$SECONDS fd status=0 why=''

	shift
	note "$what ..."
	if [ "${V:-0}" != 0 ]; then
		"$@" >&2 || die "$what: failed (status $?)"
	else
		# The log is unlinked at once, so that it never stays behind. Before
		# that, interrupted() removes it.
		timed_log=$(mktemp -u)
		exec {fd}>"$timed_log"
		rm -f "$timed_log"
		timed_log=''
		if [ -n "$probe" ] && [ -t 2 ]; then
			# A short step may end before the child paints.
			paint "$what" 0
			paint_bar "$what" "$probe" &
			bar=$!
		fi
		# In a subshell: else a trap that runs during a function would
		# write its message to the log.
		("$@") >&"$fd" 2>&1 || status=$?
		end_bar
		if [ "$status" != 0 ]; then
			[ -z "$reason" ] || why=$("$reason") || :
			[ -z "$why" ] || die "$why"
			cat "/dev/fd/$fd" >&2
			die "$what: failed (status $status)"
		fi
		exec {fd}>&-
	fi
	note "$what: $((SECONDS - start)) s"
}

# lock NAME: takes the lock of a part of the cache, and holds it until the script
# ends. Only its holder may change that part.
lock()
{
	local fd

	mkdir -p "$COLINUX_CACHE" ||
		die "$COLINUX_CACHE: cannot create the cache; set XDG_CACHE_HOME"
	exec {fd}>"$COLINUX_CACHE/.lock-$1" ||
		die "$COLINUX_CACHE/.lock-$1: cannot be written"
	if ! flock -n "$fd"; then
		note "waiting for another build that holds the cache ($1)"
		flock "$fd" || die "$COLINUX_CACHE/.lock-$1: cannot be locked"
	fi
}

# lacks DIRECTORY NAME: is the directory of the cache missing? If so, holds the lock of
# its part: another script may have made it while this one waited.
lacks()
{
	[ ! -d "$1" ] || return 1
	lock "$2"
	[ ! -d "$1" ]
}

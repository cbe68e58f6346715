# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the build's scripts share: one style of message, the cache folder, and a
# line with its duration for each step that takes long. Sourced, never run.

set -euo pipefail

# Sorting, globs and tool messages must not depend on the user's language.
export LC_ALL=C

# Root's administration tools (depmod) are not in every user's PATH.
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034 # for those who source this
COLINUX_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
COLINUX_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/colinux

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Progress goes to stderr: stdout belongs to what a script answers.
note()
{
	echo "  $*" >&2
}

# temporary VARIABLE [TEMPLATE]: make a folder of our own, as mktemp does. The
# variable has its name before it is there: a signal that comes while it is made
# finds in the variable what to remove, or a name of nothing.
temporary()
{
	printf -v "$1" %s "$(mktemp -u "${2:-${TMPDIR:-/tmp}/tmp.XXXXXXXXXX}")"
	mkdir -m 700 -- "${!1}"
}

# interrupted STATUS [TEXT]: the end by a signal, for traps. What cleans up is
# not interrupted again.
interrupted()
{
	trap '' INT TERM HUP
	end_bar
	[ -z "$timed_log" ] || rm -f "$timed_log"
	echo "${0##*/}: interrupted${2:+: $2}" >&2
	exit "$1"
}

# What shows how far a step is, while it runs.
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

# paint_bar WHAT PROBE: PROBE prints the percentage; until it is killed, or this
# script has ended in some other way
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

# timed WHAT COMMAND...: say what starts, run it, say how long it took. The
# output of the command is shown only if it fails, or all of it with V=1. On a
# terminal there is a bar, if probe is a function that knows how far it is. If
# reason is a function and finds out why it failed, what it prints is all that is
# said. Both may look at the output, /dev/fd/$fd.
probe='' reason='' timed_log=''
timed()
{
	local what=$1 start=$SECONDS fd status=0 why=''

	shift
	note "$what ..."
	if [ "${V:-0}" != 0 ]; then
		"$@" >&2 || die "$what: failed (status $?)"
	else
		# Without a name, nothing is left of it, whatever happens; until then
		# interrupted() removes it.
		timed_log=$(mktemp -u)
		exec {fd}>"$timed_log"
		rm -f "$timed_log"
		timed_log=''
		if [ -n "$probe" ] && [ -t 2 ]; then
			# At once: a short step may be over before the child runs.
			paint "$what" 0
			paint_bar "$what" "$probe" &
			bar=$!
		fi
		# In a shell of its own: a trap of ours, that comes while a function
		# runs, would say what it says into the log.
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

# lock NAME: one process at a time may change a part of the cache; held until
# the script ends.
lock()
{
	local fd

	mkdir -p "$COLINUX_CACHE" ||
		die "$COLINUX_CACHE: cannot create the cache; set XDG_CACHE_HOME"
	exec {fd}>"$COLINUX_CACHE/.lock-$1"
	if ! flock -n "$fd"; then
		note "waiting for another build that holds the cache ($1)"
		flock "$fd"
	fi
}

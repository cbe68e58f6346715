# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The checks of a test, on both sides: outside.sh and inside.sh source this file.

fail()
{
	echo "FAIL: $*"
	exit 1
}

# expect STATUS COMMAND...: fail unless COMMAND ends with STATUS
expect()
{
	local wanted=$1 status=0

	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ] || fail "$*: status $status, not $wanted"
}

# says FILE REGEX: fail unless a line of FILE matches
says()
{
	grep -qaE -- "$2" "$1" || {
		tail -n 40 "$1" || :
		fail "$1: no line matches '$2'"
	}
}

# one_line FILE REGEX WHAT: print FILE, the messages of WHAT; fail unless it is one line
# that matches
one_line()
{
	[ "$(wc -l <"$1")" = 1 ] || fail "$3: not one line of error: $(cat "$1")"
	grep -qaE -- "$2" "$1" || fail "$3: '$(cat "$1")' does not match '$2'"
	echo "   $(cat "$1")"
}

# complains STATUS REGEX COMMAND...: fail unless COMMAND ends within $patience seconds (60)
# with STATUS, and prints one line on standard error that matches, after the name of the
# program $speaker if this is set. The files out and err get the output.
complains()
{
	local status=0

	timeout "${patience:-60}" "${@:3}" >out 2>err </dev/null || status=$?
	[ "$status" = "$1" ] || fail "${*:3}: status $status, not $1: $(cat out err)"
	one_line err "${speaker:+^$speaker: .*}$2" "${*:3}"
}

# wrong STATUS REGEX COMMAND...: the same; COMMAND must print nothing on standard output
wrong()
{
	complains "$@"
	[ ! -s out ] || fail "${*:3}: unexpected output on stdout: $(head -n 1 out)"
}

# within SECONDS COMMAND...: wait until COMMAND succeeds; returns 1 if it does not in time
within()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# await FILE REGEX [SECONDS]: wait until a line of FILE matches. Fails on time-out,
# and, if $monitor is set, when this monitor has ended.
await()
{
	local end=$((SECONDS + ${3:-60})) running=1 why=''

	until grep -qaE -- "$2" "$1" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || why="in ${3:-60} s"
		[ -n "$running" ] || why='and its monitor has ended'
		if [ -n "$why" ]; then
			tail -n 20 "${1%.*}"* || :
			# Last, since tests/nested/run shows only the end of a log.
			tail -n 12 "$1" || :
			fail "$1: no line matches '$2' $why"
		fi
		sleep 0.1
		# After the monitor's end the file is read once more.
		[ -z "${monitor-}" ] || kill -0 "$monitor" 2>/dev/null ||
			running=''
	done
}

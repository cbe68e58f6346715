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

# expect STATUS COMMAND...
expect()
{
	local wanted=$1 status=0

	shift
	"$@" || status=$?
	[ "$status" = "$wanted" ] || fail "$*: status $status, not $wanted"
}

# says FILE REGEX: FILE has a line that matches
says()
{
	grep -qaE -- "$2" "$1" || {
		tail -n 40 "$1"
		fail "$1: no line matches '$2'"
	}
}

# For a guest with somebody at its console: systemd says how the start goes on
# until all of it is done, which a slow machine still is when the prompt is there,
# and then behind it.
# shellcheck disable=SC2034 # for the tests
still=(quiet systemd.show_status=no)

# PREEMPT_RT kernels have no transparent huge pages: there guests get half of the
# memory there is from hugetlbfs, by this word for colinux-run.
huge=()
reserve_huge()
{
	[ ! -e /sys/kernel/mm/transparent_hugepage ] || return 0
	awk '$1 == "MemTotal:" { print int($2 / 2048 / 2) }' /proc/meminfo \
		>/proc/sys/vm/nr_hugepages
	huge=(--hugetlb)
}

load()
{
	modprobe colinux || fail "the module does not load"
	[ -c /dev/colinux ] || fail "no /dev/colinux"
	reserve_huge
}

# start_guest NAME WORD...: start a guest of --add's /guest/initrd, whose
# monitor then is $monitor. What it said, what the monitor said and the
# counters go to NAME.console, .err, .stats.
start_guest()
{
	local name=$1

	shift
	colinux-run "--name=$name" --console=stdio "--stats=$name.stats" \
		"${huge[@]}" initrd=/guest/initrd console=hvc0 "$@" \
		</dev/null >"$name.console" 2>"$name.err" &
	monitor=$!
}

# guest NAME WORD...: run a guest to its end; its status is the monitor's
guest()
{
	start_guest "$@"
	wait "$monitor"
}

# await FILE REGEX [SECONDS]: until FILE, which the guest of $monitor writes, if
# there is one, has a line that matches
await()
{
	local end=$((SECONDS + ${3:-60})) running=1 why=''

	until grep -qaE -- "$2" "$1" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || why="in ${3:-60} s"
		[ -n "$running" ] || why='and its monitor has ended'
		if [ -n "$why" ]; then
			tail -n 20 "${1%.*}"*
			# Last, since a test's end is what is shown of it.
			tail -n 12 "$1"
			fail "$1: no line matches '$2' $why"
		fi
		sleep 0.1
		# Looked at once more after its end.
		[ -z "${monitor-}" ] || kill -0 "$monitor" 2>/dev/null ||
			running=''
	done
}

# good_guest NAME WORD...: the same, and all went well in it
good_guest()
{
	local name=$1 status=0

	guest "$@" || status=$?
	if [ "$status" != 0 ] || ! grep -qa '^guest: status 0' "$name.console"; then
		tail -n 40 "$name.console" "$name.err"
		fail "guest $name: status $status"
	fi
}

# Of the guests that are told what to do: the way to their keyboards, their
# monitors.
declare -A shell_keys=() shells=()

# shell_guest NAME WORD...: start a guest with shell.guest in it, and wait until
# it listens. The rest is as with start_guest.
shell_guest()
{
	local name=$1 fd

	shift
	rm -f "$name".{keys,console}
	mkfifo "$name.keys"
	colinux-run "--name=$name" --console=stdio "--stats=$name.stats" \
		"${huge[@]}" initrd=/guest/initrd console=hvc0 quiet "$@" \
		<"$name.keys" >"$name.console" 2>"$name.err" &
	monitor=$!
	exec {fd}>"$name.keys"
	shell_keys[$name]=$fd shells[$name]=$monitor
	await "$name.console" '^done 0 '
}

# tell NAME COMMAND [SECONDS]: have the guest do that, well; what it says is in
# NAME.said
tell()
{
	local name=$1 nr

	# One line says that it listens, and one each what it has done.
	nr=$(grep -ac '^done ' "$name.console")
	echo "$2" >&"${shell_keys[$name]}"
	monitor=${shells[$name]}
	await "$name.console" "^done $nr " "${3:-60}"
	tr -d '\r' <"$name.console" |
		awk -v wanted="$nr" '/^done [0-9]+ / { at = $2 + 1; next }
			at == wanted' >"$name.said"
	grep -qa "^done $nr 0" "$name.console" ||
		fail "guest $name: $2: $(cat "$name.said")"
}

# end_shell NAME: have it power off
end_shell()
{
	local status=0 fd=${shell_keys[$1]}

	echo end >&"$fd"
	exec {fd}>&-
	wait "${shells[$1]}" || status=$?
	[ "$status" = 0 ] || fail "guest $1: status $status: $(cat "$1.err")"
}

# below WORD: what the first host answers, in a nested host under KVM; the words
# are in tools/nested.d/first
below_port=''
below()
{
	local name line

	if [ -z "$below_port" ]; then
		for name in /sys/class/virtio-ports/*/name; do
			[ "$(cat "$name")" != nested.below ] || break
		done
		name=${name%/name}
		exec {below_port}<>"/dev/${name##*/}"
	fi
	echo "$1" >&"$below_port"
	while read -r line <&"$below_port"; do
		[ "$line" != . ] || return 0
		echo "$line"
	done
	fail "no answer from the first host"
}

# Exits of KVM by the CPU's number for the reason (SDM vol. 3, appendix C; AMD APM
# vol. 2, appendix C). Without nested paging those for CR3 and page faults are the
# emulator's alone: they have no name.
exit_names()
{
	if grep -q 'GenuineIntel' /proc/cpuinfo; then
		echo "0 exception-nmi 1 interrupt 7 interrupt-window 8 nmi-window 10 cpuid
			12 hlt 28 cr 29 dr 30 io 31 rdmsr 32 wrmsr 40 pause 46 gdtr-idtr
			47 ldtr-tr 48 ept-violation 49 ept-misconfig 52 preemption-timer
			55 xsetbv"
	else
		echo "4 read-cr4 16 write-cr0 20 write-cr4 39 read-dr7 55 write-dr7
			96 interrupt 97 nmi 100 virq-window 101 write-cr0 114 cpuid
			116 iret 120 hlt 123 io 124 msr 141 xsetbv"
	fi
}

# exits_each BEFORE AFTER PASSAGES: exits a passage, between two answers of the
# first host's, "NAME NUMBER" and last their sum; fewer than one in 50 are left out
exits_each()
{
	awk -v names="$(exit_names)" -v passages="$3" '
		BEGIN { n = split(names, word)
			for (i = 1; i < n; i += 2) name[word[i]] = word[i + 1] }
		FILENAME == ARGV[1] { before[$1] = $2; next }
		$1 in name { each[name[$1]] += ($2 - before[$1]) / passages }
		END { for (i in each) {
				sum += each[i]
				if (each[i] >= 0.02)
					printf "%s %.2f\n", i, each[i] | "sort -k 2,2rn"
			}
			close("sort -k 2,2rn")
			printf "all %.2f\n", sum }' "$1" "$2"
}

# counter FILE NAME: of a file of counters
counter()
{
	sed -n "s/^$2 //p" "$1"
}

# Pages pinned now, for good or for a moment, by anybody.
pins()
{
	# Makes the counters exact, which are per CPU and lazy.
	cat /proc/sys/vm/stat_refresh >/dev/null
	awk '$1 == "nr_foll_pin_acquired" { a = $2 }
	     $1 == "nr_foll_pin_released" { r = $2 }
	     END { print a - r }' /proc/vmstat
}

# Free memory, with what CPUs have set aside for their next allocations: a few
# huge pages.
free_kib()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "nr_free_pages" || $1 == "count:" { pages += $2 }
	     END { print pages * 4 }' /proc/zoneinfo
}

# memory_back KIB: pins are gone, and as much is free as before, but for what
# the host's kernel caches for itself
memory_back()
{
	local now slack=2048

	[ "$(pins)" = 0 ] || fail "$(pins) pages are still pinned"
	now=$(free_kib)
	[ $((now + slack)) -ge "$1" ] ||
		fail "$(($1 - now)) KiB of the host's memory are gone"
}

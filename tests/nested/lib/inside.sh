# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Functions of the scripts NAME/inside, which run in the nested host.

set -euo pipefail
export LC_ALL=C

# shellcheck source=checks.sh
. /nested/checks.sh

# The guests' architecture, and what "uname -m" says in a guest. The benchmarks have no
# such file.
arch=i386
[ ! -e /nested/arch ] || read -r arch </nested/arch
# shellcheck disable=SC2034 # for the tests
machine=${arch/i386/i686}

step()
{
	echo "-- $* (up $(cut -d ' ' -f 1 /proc/uptime) s)"
}

# Kernel parameters for a guest whose console a test types at. On a slow machine
# systemd would print the progress of the start behind the prompt.
# shellcheck disable=SC2034 # for the tests
still=(quiet systemd.show_status=no)

# PREEMPT_RT kernels have no transparent huge pages. There half of the host's memory
# goes to hugetlbfs, and $huge makes colinux-run take the guests' memory from it.
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

# start_guest NAME WORD...: start a guest with /guest/initrd; $monitor becomes the
# PID of its monitor. The guest's console is in NAME.console, the monitor's messages
# in NAME.err, the counters at the end in NAME.stats.
start_guest()
{
	local name=$1

	shift
	colinux-run "--name=$name" --console=stdio "--stats=$name.stats" \
		"${huge[@]}" initrd=/guest/initrd console=hvc0 "$@" \
		</dev/null >"$name.console" 2>"$name.err" &
	monitor=$!
}

# typed_guest NAME WORD...: start a guest of a Debian image that is the words' cobd0. $keys
# becomes the descriptor of its keyboard, $monitor the PID of its monitor; the files are
# those of start_guest.
typed_guest()
{
	local name=$1

	shift
	rm -f "$name.console"
	mkfifo "$name.keys"
	colinux-run "--name=$name" --console=stdio "--stats=$name.stats" \
		root=/dev/cobd0 rw console=hvc0 "${still[@]}" "$@" \
		<"$name.keys" >"$name.console" 2>"$name.err" &
	monitor=$!
	exec {keys}>"$name.keys"
	# Both ends are open. await prints the files NAME.*, and would wait for this one's end.
	rm "$name.keys"
}

# log_in NAME [SECONDS]: wait for the login prompt of a typed_guest, log in as root, and
# wait up to SECONDS for the shell
log_in()
{
	await "$1.console" 'login: $' 600
	echo root >&"$keys"
	await "$1.console" '# $' "${2:-60}"
}

# enter NAME COMMAND: after log_in, type COMMAND and wait for its end; its output goes to
# NAME.answer, with the line that was typed. Fails unless it succeeds.
enter()
{
	local name=$1 nr

	nr=$(grep -ac '^done-' "$name.console" || :)
	if [ "$nr" = 0 ]; then
		# Bracketed paste would put control characters before the output of a command.
		echo "bind 'set enable-bracketed-paste off'; echo; echo done-0-0" >&"$keys"
		await "$name.console" '^done-0-' 60
		nr=1
	fi
	# The empty line ends a line that a service may have begun on the console.
	printf "%s; echo \$'\\\\ndone-%s-'\$?\\n" "$2" "$nr" >&"$keys"
	await "$name.console" "^done-$nr-" 300
	tr -d '\r' <"$name.console" |
		awk -v wanted="$nr" '/^done-[0-9]+-/ { split($0, word, "-")
				at = word[2] + 1; next }
			at == wanted' >"$name.answer"
	grep -qa "^done-$nr-0" "$name.console" ||
		fail "$name: $2: $(cat "$name.answer" "$name.err")"
	echo "   $name: $(head -n 3 "$name.answer" | tr '\n' ' ')"
}

# healthy NAME: fail unless systemd of the guest has started all, and its kernel logged no
# error
healthy()
{
	enter "$1" 'systemctl is-system-running --wait || systemctl --failed'
	says "$1.answer" '^running$'
	enter "$1" 'systemctl is-active multi-user.target'
	enter "$1" 'dmesg --level=emerg,alert,crit,err | wc -l'
	says "$1.answer" '^0$'
}

# unmounted DISK: fail unless the ext4 file system is clean, and was unmounted. Without
# the latter, e2fsck -n ignores the journal.
unmounted()
{
	local journal

	e2fsck -fn "$1" >fsck 2>&1 || fail "$1: e2fsck finds errors: $(cat fsck)"
	journal=$(debugfs -R features "$1" 2>&1)
	[[ $journal == *has_journal* && $journal != *needs_recovery* ]] ||
		fail "$1: was not unmounted: $journal"
}

# guest NAME WORD...: run a guest to its end; returns the monitor's status
guest()
{
	start_guest "$@"
	wait "$monitor"
}

# good_end NAME: wait for $monitor; fails unless monitor and guest end with 0
good_end()
{
	local status=0

	wait "$monitor" || status=$?
	if [ "$status" != 0 ] || ! grep -qa '^guest: status 0' "$1.console"; then
		tail -n 60 "$1.console" "$1.err"
		fail "guest $1: status $status"
	fi
}

# good_guest NAME WORD...: run a guest; fails unless monitor and guest end with 0
good_guest()
{
	start_guest "$@"
	good_end "$1"
}

# By name of a shell guest: file descriptor of its keyboard, PID of its monitor.
declare -A shell_keys=() shells=()

# shell_guest NAME WORD...: like start_guest, for a guest that runs guest/shell;
# returns when the guest waits for commands
shell_guest()
{
	local name=$1 fd

	shift
	rm -f "$name.console"
	mkfifo "$name.keys"
	colinux-run "--name=$name" --console=stdio "--stats=$name.stats" \
		"${huge[@]}" initrd=/guest/initrd console=hvc0 quiet "$@" \
		<"$name.keys" >"$name.console" 2>"$name.err" &
	monitor=$!
	exec {fd}>"$name.keys"
	rm "$name.keys"
	shell_keys[$name]=$fd shells[$name]=$monitor
	await "$name.console" '^done 0 '
}

# tell NAME COMMAND [SECONDS]: run COMMAND in the guest, with its output in NAME.said;
# fails unless the command succeeds
tell()
{
	local name=$1 nr

	# guest/shell prints one "done" line at its start and one after each command.
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

# end_shell NAME: power the guest off
end_shell()
{
	local status=0 fd=${shell_keys[$1]}

	echo end >&"$fd"
	exec {fd}>&-
	wait "${shells[$1]}" || status=$?
	[ "$status" = 0 ] || fail "guest $1: status $status: $(cat "$1.err")"
}

# below WORD: send WORD to the first host, which runs this nested host under KVM, and
# print its answer; tools/nested.d/first has the words
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

# Names of KVM's exits by the CPU's exit reason (SDM vol. 3, appendix C; AMD APM
# vol. 2, appendix C). Exits for CR3 and page faults have no name: only the emulator,
# which has no nested paging, causes them.
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

# exits_each BEFORE AFTER PASSAGES: print KVM's exits per passage between two answers
# of the first host, as lines "NAME NUMBER", the sum last. Names with fewer than one
# exit in 50 passages are left out.
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

# counter FILE NAME: print a counter of a file that --stats wrote
counter()
{
	sed -n "s/^$2 //p" "$1"
}

# pins: print the number of pages that are pinned now, by any process
pins()
{
	# The counters are per CPU and updated lazily; this makes them exact.
	cat /proc/sys/vm/stat_refresh >/dev/null
	awk '$1 == "nr_foll_pin_acquired" { a = $2 }
	     $1 == "nr_foll_pin_released" { r = $2 }
	     END { print a - r }' /proc/vmstat
}

no_pins()
{
	[ "$(pins)" = 0 ]
}

# unpinned: wait until no page is pinned. Requests in flight, and work of a killed
# monitor, may hold pages for longer than the monitor runs.
unpinned()
{
	within 60 no_pins || fail "$(pins) pages are still pinned"
}

# nmis: print the first CPU's number of NMIs. QEMU sends them by LINT1, which Linux
# enables only on the first CPU.
nmis()
{
	awk '$1 == "NMI:" { print $2 }' /proc/interrupts
}

# nmi_storm SECONDS: 1,000 NMIs a second, on the first CPU, where the guest of $monitor
# runs. Fails if the guest ends, or if the host counts another number of NMIs.
nmi_storm()
{
	local first ticks count loglevel

	first=$(nmis)
	# The host would log each NMI on the slow serial line, which takes longer than the
	# time to the next one.
	read -r loglevel _ </proc/sys/kernel/printk
	echo 0 >/proc/sys/kernel/printk
	ticks=$(nmistorm 1000 "$1") || fail "nmistorm: status $?"
	count=$(($(nmis) - first))
	echo "$loglevel" >/proc/sys/kernel/printk
	echo "$ticks ticks, $count NMIs"
	kill -0 "$monitor" || fail "the guest ended"
	# The first and the last tick may fall outside of the count.
	[ $((ticks - count)) -le 2 ] || fail "$ticks ticks, but only $count NMIs: $((ticks - count)) are lost"
	[ $((count - ticks)) -le 2 ] || fail "$ticks ticks, but $count NMIs: $((count - ticks)) too many"
}

# await_tap NAME: wait until the monitor has made the TAP
await_tap()
{
	within 60 test -e "/sys/class/net/$1" ||
		fail "the monitor made no TAP $1 in 60 s"
}

# free_kib: print the free memory, with the pages in the per-CPU lists, which can be
# a few huge pages
free_kib()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "nr_free_pages" || $1 == "count:" { pages += $2 }
	     END { print pages * 4 }' /proc/zoneinfo
}

# memory_back KIB: fail if pages are pinned, or if less than KIB is free. The slack is
# for caches of the host's kernel.
memory_back()
{
	local now slack=2048

	no_pins || fail "$(pins) pages are still pinned"
	now=$(free_kib)
	[ $((now + slack)) -ge "$1" ] ||
		fail "$now KiB of the host's memory are free, $1 KiB before: $(($1 - now)) KiB are lost"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # variables shared with nested
#
# The exit status of the run. The host's log comes first: an error of the host's kernel
# is a failure, whatever the script's status is. Sourced by nested.

trouble='Kernel panic|Oops|BUG:|kernel BUG at|WARNING: (CPU:|[^ ]+:[0-9]+ at |possible|suspicious|bad|inconsistent|kernel stack)'
trouble+='|soft lockup|hard LOCKUP|rcu: INFO: .*(stall|self-detected)|rcu: .* kthread starved'
trouble+='|blocked for more than|general protection|invalid opcode|unchecked MSR|Call Trace:'
trouble+='|divide error|double fault|stack segment|segfault at|Bad page|corruption'
trouble+='|refcount_t:|unable to handle|Machine check|irq [0-9]+: nobody cared'

# watched_log LOG...: prints the hosts' logs without the lines to ignore. Of a kernel's
# warning, all lines to the end of its trace are ignored.
watched_log()
{
	local d=$'\001'

	if [ -z "$ignore" ]; then
		cat "$@"
		return
	fi
	sed -E "\\$d$ignore${d}{
		/WARNING: /!d
		:more
		\$d; N; s/.*\n//
		/---\\[ (end trace|cut here)/!b more
		d
	}" "$@"
}

# first_trouble: prints the lines of the logs that show an error of a kernel.
first_trouble()
{
	watched_log "$log/console.log" ${first_log:+"$first_log"} |
		grep -aE "$trouble"
}

# first_host: prints the messages of the first host (--under kvm), and ends the run if
# that failed. first_trouble has checked its kernel. Its script's status is QEMU's.
first_host()
{
	local status

	sed -n 's/^.*\(first host: .*\|nested: cannot set up.*\)$/    \1/p' "$first_log" >&2
	status=$(exit_status "$first_log")
	case $status in
	0)	;;
	96)	exit 96 ;;
	'')	die "the first host ended before the nested one did; see $first_log" ;;
	*)	echo "nested: the first host's QEMU ended with status $status" >&2 ;;
	esac
}

# exit_status LOG: prints the script's status, which nested.d/run wrote to the log.
exit_status()
{
	sed -n 's/^.*nested: exit status \([0-9]\+\).*$/\1/p' "$1" | tail -n 1
}

# verdict STATUS: exits with the status of the run; STATUS is the emulator's.
verdict()
{
	local machine_status=$1 lines status

	lines=$(first_trouble | head -n 20) || :
	if [ -n "$lines" ]; then
		echo "nested: errors of the host's kernel ($log/console.log):" >&2
		sed 's/^/    /; s/\r$//' <<<"$lines" >&2
		exit 99
	fi
	if [ "$machine_status" = 124 ] || [ "$machine_status" = 137 ]; then
		echo "nested: time-out after $time_limit s; the end of $log/console.log:" >&2
		tail -n 5 "$log/console.log" | sed 's/^/    /; s/\r$//' >&2
		[ ! -s "$log/cpus.log" ] ||
			echo "nested: where its CPUs were: $log/cpus.log" >&2
		exit 124
	fi
	[ -z "$first_log" ] || first_host
	status=$(exit_status "$log/console.log")
	if [ ! -s "$log/console.log" ]; then
		die "no kernel came up in the emulator ($emulator: status $machine_status)"
	fi
	if [ -z "$status" ]; then
		echo "nested: the machine was reset or ended before the script did ($emulator: status $machine_status)" >&2
		echo "nested: the log is $log/console.log; to see a triple fault:" >&2
		echo "nested:   --qemu '-d int,cpu_reset -D /tmp/qemu.log', or -s -S for gdb" >&2
		exit 98
	fi
	if [ "$machine_status" != 0 ]; then
		die "the emulator failed (status $machine_status)"
	fi
	if ! grep -aq 'reboot: Power down' "$log/console.log"; then
		echo "nested: the machine was reset on its way down ($log/console.log)" >&2
		exit 98
	fi
	if [ "$status" = 96 ]; then
		sed -n 's/^.*nested: cannot set up/nested: cannot set up/p' "$log/console.log" >&2
	fi
	exit "$status"
}

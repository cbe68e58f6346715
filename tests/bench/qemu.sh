# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2004,SC2034 # variables shared with nested/lib/inside.sh
#
# The QEMU peer: the guest's kernel, built for a PC. NAME.inside scripts source this in
# the nested host. Without hardware virtualisation QEMU translates each instruction.
# $with_qemu of lib.sh adds the files.

# qemu MB [OPTION]... [-- WORD...]: boot it with MB of memory, and with the initial RAM
# disk of the guests if they have one; its console is standard input and output
qemu()
{
	local mb=$1 options=()

	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift $(($# > 0))
	[ ! -e /guest/initrd ] || options+=(-initrd /guest/initrd)
	qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
		-display none -machine pc -cpu max -smp 1 -m "$mb" \
		-accel tcg,thread=single \
		-chardev stdio,id=out,signal=off -serial chardev:out \
		-kernel /qemu/bzImage \
		-append "console=ttyS0 panic=-1 quiet $*" "${options[@]}"
}

# shell_qemu NAME MB [OPTION]... [-- WORD...]: the same with guest/shell, for tell and
# end_shell
shell_qemu()
{
	local name=$1 fd

	shift
	rm -f "$name".{keys,console}
	mkfifo "$name.keys"
	qemu "$@" <"$name.keys" >"$name.console" 2>"$name.err" &
	shells[$name]=$!
	exec {fd}>"$name.keys"
	shell_keys[$name]=$fd
	monitor=${shells[$name]}
	await "$name.console" '^done 0 ' 600
}

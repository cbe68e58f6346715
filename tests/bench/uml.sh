# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2004,SC2034 # variables shared with nested/lib/inside.sh
#
# The User-mode Linux peer. NAME.inside scripts source this in the nested host.

# uml_root [PROGRAM...]: complete the root file system /uml, a directory of the host, in
# which the benchmark has put files. It gets busybox and the host's programs of these
# names. The host's own root would not do: there busybox would find the program of its
# own kernel as /proc/self/exe.
uml_root()
{
	local program lib

	mkdir -p /uml/{bin,dev,proc,sys,tmp}
	cp /bin/busybox /uml/bin
	for program in $(busybox --list); do
		[ -e "/uml/bin/$program" ] || ln -s busybox "/uml/bin/$program"
	done
	for program; do
		cp "/bin/$program" /uml/bin
		/lib64/ld-linux-x86-64.so.2 --list "/bin/$program" | grep -o '/[^ ]*' |
		while read -r lib; do
			mkdir -p "/uml${lib%/*}"
			cp -L "$lib" "/uml$lib"
		done
	done
	[ -c /uml/dev/console ] || mknod /uml/dev/console c 5 1
}

# uml_system MB WORD...: run it with MB of memory and the root file system that the words
# name; prints the console
uml_system()
{
	local mb=$1

	shift
	mkdir -p /tmp/uml
	grep -q ' /tmp/uml ' /proc/mounts || mount -t tmpfs tmp /tmp/uml
	# It fails at the end of its input: this input never ends.
	[ -p /tmp/uml/input ] || mkfifo /tmp/uml/input
	# After a halt it may end by abort(): by then all output is written.
	TMPDIR=/tmp/uml linux.uml "mem=${mb}M" quiet con=null con0=fd:0,fd:1 \
		"$@" <>/tmp/uml/input 2>&1 || [ $? = 134 ]
}

# uml MB WORD...: the same with the root file system of uml_root and /uml/init
uml()
{
	local mb=$1

	shift
	uml_system "$mb" root=/dev/root rootfstype=hostfs rootflags=/uml rw \
		init=/init "$@"
}

# shell_uml NAME MB WORD...: the same with guest/shell as /uml/bench, for tell and
# end_shell
shell_uml()
{
	local name=$1 fd

	shift
	rm -f "$name.console"
	: >"$name.err"
	uml "$@" >"$name.console" &
	shells[$name]=$! monitor=$!
	await "$name.console" '^done 0 '
	exec {fd}>/tmp/uml/input
	shell_keys[$name]=$fd
}

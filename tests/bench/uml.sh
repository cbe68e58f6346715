# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2004,SC2034 # variables shared with nested/inside.sh
#
# Sourced in the nested host: the User-mode Linux peer.

# uml_root [PROGRAM...]: what its root file system, a folder of the host's, has
# besides what the benchmark put into /uml; the host's programs of these names
# among it. Not the host's own root: there busybox would find the monitor of
# its own kernel as /proc/self/exe.
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

# uml_system MB WORD...: run it in so much memory, with a root file system that
# the words name; its console
uml_system()
{
	local mb=$1

	shift
	mkdir -p /tmp/uml
	grep -q ' /tmp/uml ' /proc/mounts || mount -t tmpfs tmp /tmp/uml
	# It takes the end of its input for a failure; this one's never comes.
	[ -p /tmp/uml/input ] || mkfifo /tmp/uml/input
	# Once its system has halted it may end by abort(); what that had to say is said.
	TMPDIR=/tmp/uml linux.uml "mem=${mb}M" quiet con=null con0=fd:0,fd:1 \
		"$@" <>/tmp/uml/input 2>&1 || [ $? = 134 ]
}

# uml MB WORD...: the same with uml_root's and /uml/init
uml()
{
	local mb=$1

	shift
	uml_system "$mb" root=/dev/root rootfstype=hostfs rootflags=/uml rw \
		init=/init "$@"
}

# shell_uml NAME MB WORD...: the same with shell.guest as /uml/bench; then it
# takes tell and end_shell
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

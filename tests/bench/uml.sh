# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
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
	mkdir -p /tmp/uml
	mount -t tmpfs tmp /tmp/uml
}

# uml MB WORD...: run /uml/init, in so much memory; its console
uml()
{
	local mb=$1

	shift
	# It takes the end of its input for a failure; this one's never comes.
	[ -p /tmp/uml/input ] || mkfifo /tmp/uml/input
	TMPDIR=/tmp/uml linux.uml "mem=${mb}M" root=/dev/root \
		rootfstype=hostfs rootflags=/uml rw init=/init quiet \
		con=null con0=fd:0,fd:1 "$@" <>/tmp/uml/input 2>&1
}

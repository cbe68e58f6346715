# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced in the nested host: the User-mode Linux peer.

# uml_root: what its root file system, a folder of the host's, has besides what
# the benchmark put into /uml. Not the host's own root: there busybox would
# find the monitor of its own kernel as /proc/self/exe.
uml_root()
{
	mkdir -p /uml/{bin,dev,proc,sys,tmp}
	cp /bin/busybox /uml/bin
	for applet in sh mount halt; do
		ln -sf busybox "/uml/bin/$applet"
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
	# It takes the end of its input for a failure.
	sleep 100000 | TMPDIR=/tmp/uml linux.uml "mem=${mb}M" root=/dev/root \
		rootfstype=hostfs rootflags=/uml rw init=/init quiet \
		con=null con0=fd:0,fd:1 "$@" 2>&1 &
	wait -n $!
}

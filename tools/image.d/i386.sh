# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# i386 programs on a machine that cannot execute any: its kernel was built without
# them, or a hypervisor below keeps 32-bit code from running. mmdebstrap has to
# run Debian's, to configure their packages. QEMU's emulator of user programs
# does it then, of which the kernel is told for as long as that takes. Sourced
# after lib.sh.

i386_emulator=/usr/bin/qemu-i386-static
i386_binfmt=/proc/sys/fs/binfmt_misc
i386_entry=colinux-i386
i386_emulated=''

# i386_begin: see that they can be executed, until i386_end
i386_begin()
{
	# An entry is another run's, and goes with it.
	if [ ! -e "$i386_binfmt/$i386_entry" ] && arch-test i386 >/dev/null 2>&1; then
		return
	fi
	[ "$(id -u)" = 0 ] ||
		die "this machine executes no i386 programs, and only root can have QEMU do it"
	[ -x "$i386_emulator" ] ||
		die "this machine executes no i386 programs: install qemu-user-static"
	# One at a time: who is done first takes it away.
	lock i386
	[ -e "$i386_binfmt/register" ] ||
		mount -t binfmt_misc binfmt_misc "$i386_binfmt" ||
		die "this machine executes no i386 programs, nor does its kernel know binfmt_misc"
	i386_emulated=1
	# What a run that was killed has left.
	i386_forget
	# ELF, 32 bits, an executable or a library, for the 80386. F: the kernel
	# keeps the emulator open, so that it need not be there after chroot.
	printf '%s' ":$i386_entry:M::" \
		'\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00:' \
		'\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:' \
		"$i386_emulator:F" >"$i386_binfmt/register"
	arch-test i386 >/dev/null 2>&1 ||
		die "this machine executes no i386 programs, not with $i386_emulator either"
}

i386_end()
{
	[ -z "$i386_emulated" ] || i386_forget
}

i386_forget()
{
	[ ! -e "$i386_binfmt/$i386_entry" ] || echo -1 >"$i386_binfmt/$i386_entry"
}

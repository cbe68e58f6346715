# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Runs i386 programs on a machine that cannot execute them: its kernel was built without
# support, or a hypervisor prevents 32-bit code. mmdebstrap executes programs of Debian
# to configure packages. QEMU's user-mode emulator then runs them; it is registered
# with the kernel (binfmt_misc) meanwhile. Sourced before make.sh, after lib.sh or by create.

i386_emulator=/usr/bin/qemu-i386-static
i386_binfmt=/proc/sys/fs/binfmt_misc
i386_entry=colinux-i386
i386_emulated=''

# i386_begin: makes i386 programs executable until i386_end, if they are not.
i386_begin()
{
	# An existing entry belongs to another run, which will remove it.
	if [ ! -e "$i386_binfmt/$i386_entry" ] && arch-test i386 >/dev/null 2>&1; then
		return
	fi
	[ "$(id -u)" = 0 ] ||
		die "this machine executes no i386 programs, and only root can register QEMU for it"
	[ -x "$i386_emulator" ] ||
		die "this machine executes no i386 programs: install qemu-user-static"
	# One run at a time: the first to end would remove the entry of the other.
	lock i386
	[ -e "$i386_binfmt/register" ] ||
		mount -t binfmt_misc binfmt_misc "$i386_binfmt" ||
		die "this machine executes no i386 programs, and its kernel has no binfmt_misc"
	i386_emulated=1
	# Remove the entry of a run that was killed.
	i386_forget
	# ELF, 32 bits, an executable or a library, for the 80386. F: the kernel opens
	# the emulator now, so that it works in a chroot without the file.
	printf '%s' ":$i386_entry:M::" \
		'\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x03\x00:' \
		'\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:' \
		"$i386_emulator:F" >"$i386_binfmt/register"
	arch-test i386 >/dev/null 2>&1 ||
		die "this machine executes no i386 programs, even with $i386_emulator"
}

i386_end()
{
	[ -z "$i386_emulated" ] || i386_forget
}

i386_forget()
{
	[ ! -e "$i386_binfmt/$i386_entry" ] || echo -1 >"$i386_binfmt/$i386_entry"
}

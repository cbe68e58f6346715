# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034 # variables for scripts that source it
#
# The commands that start the emulators: the installed ones, or those that
# fetch-emulator unpacked. An unpacked emulator needs paths as arguments, because its files
# are not in their usual places. Sourced by nested and fetch-emulator.

qemu_program=(qemu-system-x86_64)
bochs_program=(bochs)
bochs_files=/usr/share/bochs

# emulator_in ROOT: sets the commands for emulators in this directory. They run with
# the loader and the C library of their own suite.
emulator_in()
{
	local root=$1 libraries name loader own

	libraries=$root/usr/lib/x86_64-linux-gnu
	name=ld-linux-x86-64.so.2
	loader=$(find "$root/lib/x86_64-linux-gnu/$name" "$libraries/$name" \
		-xtype f 2>/dev/null | head -n 1) || :
	[ -n "$loader" ] || die "$root: no $name in it"
	own=("$loader" --library-path "$root/lib/x86_64-linux-gnu:$libraries")
	qemu_program=(env "QEMU_MODULE_DIR=$libraries/qemu" "${own[@]}"
		"$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu"
		-L "$root/usr/share/seabios" -L "$root/usr/lib/ipxe/qemu")
	bochs_program=(env "LTDL_LIBRARY_PATH=$libraries/bochs/plugins" "${own[@]}"
		"$root/usr/bin/bochs-bin")
	bochs_files=$root/usr/share/bochs
}

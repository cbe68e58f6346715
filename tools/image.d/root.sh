# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The root file system of another machine: checks the machine type of its programs, and
# adapts it to a guest. Sourced by colinux-image, after jail.sh.

# shellcheck disable=SC2154 # work: colinux-image's

# Programs of which each root file system has one.
root_programs=(/usr/lib/systemd/systemd /lib/systemd/systemd /sbin/init
	/bin/busybox /bin/bash /bin/dash /bin/sh /usr/bin/bash)

# machine_of HEADER: prints the machine type of a program, from its first 20 bytes in
# hexadecimal; fails if it is not a program.
machine_of()
{
	[[ $1 == 7f454c46* && ${#1} = 40 ]] || return 1
	case ${1:8:2}${1:36:4} in
	010300)	echo i386 ;;
	023e00)	echo x86-64 ;;
	*b700)	echo ARM ;;
	*2800)	echo ARM ;;
	*)	echo 'of another machine' ;;
	esac
}

# check_machine WHAT MACHINE: dies if the programs of WHAT are not i386.
check_machine()
{
	[ "$2" = i386 ] ||
		die "$1: its programs are $2: guests are i386 (32-bit): use an i386 installation"
}

# check_directory DIRECTORY [WHAT]: dies if its programs are not i386.
check_directory()
{
	local top name file machine

	top=$(realpath -e -- "$1")
	for name in "${root_programs[@]}"; do
		# A symbolic link may lead out of the directory.
		file=$(realpath -e -q -- "$1$name") || continue
		[[ $file == "$top"/* && -f $file ]] || continue
		machine=$(machine_of "$(hex "$file" 20)") || continue
		check_machine "${2:-$1}" "$machine"
		return 0
	done
}

# check_tar FILE: the same for a tar, if it has one of root_programs as a file.
check_tar()
{
	local machine

	machine=$(plain "$1" 2>/dev/null | jail '' '' tar -xOf - --wildcards \
		--no-wildcards-match-slash "${root_programs[@]/#/*}" "${root_programs[@]#/}" \
		2>/dev/null | hex - 20) || :
	machine=$(machine_of "$machine") || return 0
	check_machine "$1" "$machine"
}

# in_ext FILE OFFSET COMMAND: runs a command of debugfs that reads.
in_ext()
{
	jail "$1" '' debugfs -R "$3" "/source?offset=$2" 2>/dev/null </dev/null || :
}

# is_root FILE OFFSET: tells whether an ext file system has an init or an fstab.
is_root()
{
	printf 'stat %s\n' /sbin/init /usr/lib/systemd/systemd /bin/busybox /etc/fstab |
		jail "$1" '' debugfs -f - "/source?offset=$2" 2>/dev/null |
		grep '^Inode:' >/dev/null
}

# name_of FILE OFFSET: prints the name of the system from os-release.
name_of()
{
	local name

	for name in /etc/os-release /usr/lib/os-release; do
		in_ext "$1" "$2" "cat $name" | tr -cd '[:print:]\n' |
			sed -n 's/^PRETTY_NAME="\?\([^"]*\)"\?$/\1/p' | grep -m 1 . && return
	done
	echo 'of no name'
}

# check_ext_root FILE OFFSET WHAT: dies if its programs are not i386.
check_ext_root()
{
	local name machine

	for name in "${root_programs[@]}"; do
		machine=$(machine_of "$(in_ext "$1" "$2" "cat $name" | hex - 20)") || continue
		check_machine "$3" "$machine"
		return 0
	done
}

# The functions below change $work/image, an ext file system that becomes the image. New
# files are written to $work/edit first.

# ask_root COMMAND: runs a command of debugfs that reads.
ask_root()
{
	jail '' "$work/image" debugfs -R "$1" /target 2>/dev/null </dev/null || :
}

# Files that the image may have; one run of debugfs looks for all.
root_paths=(/sbin/init /etc/inittab /etc/runit/2 /usr/lib/systemd/systemd
	/lib/systemd/systemd /sbin/getty /bin/getty /usr/sbin/getty /sbin/agetty
	/usr/bin/agetty /usr/sbin/agetty /etc/init.d/agetty
	/etc/runlevels/default/agetty.hvc0 /etc/runit/runsvdir/default /etc/service
	/etc/sv /etc/sv/agetty-hvc0 /etc/machine-id /var/lib/dbus/machine-id
	/etc/ssh/ssh_host_{rsa,ecdsa,ed25519,dsa}_key)
declare -A links=()

# find_paths: sets links for each existing path: to the target of a symbolic link, to
# "-" for others.
find_paths()
{
	local path link

	printf 'stat %s\n' "${root_paths[@]}" >"$work/edit/paths"
	while read -r path link; do
		links[$path]=$link
	done < <(jail '' "$work/image" debugfs -f /edit/paths /target 2>/dev/null </dev/null |
		tr -d '\0' | awk '
			/^debugfs: stat / { path = $3 }
			/^Inode: / { print path, "-" }
			/^Fast link dest: / { gsub(/^Fast link dest: "|"$/, ""); print path, $0 }')
}

has()
{
	[ -n "${links[$1]-}" ]
}

# read_file PATH: prints a text file, at most 1 MiB of it.
read_file()
{
	ask_root "cat $1" | head -c 1048576 | tr -d '\0'
}

edits=() edited=()

# put PATH MODE: makes standard input the content of the file, owned by root.
put()
{
	local file=$work/edit/${#edited[@]}

	cat >"$file"
	chmod 644 "$file"
	edited+=("$1")
	edits+=("rm $1" "write /edit/${file##*/} $1" "set_inode_field $1 mode 0100$2"
		"set_inode_field $1 uid 0" "set_inode_field $1 gid 0")
}

# do_edits WHAT: writes all changes to the image, and checks them.
do_edits()
{
	local i

	[ ${#edits[@]} != 0 ] || return 0
	printf '%s\n' "${edits[@]}" >"$work/edit/script"
	(jail '' "$work/image" debugfs -w -f /edit/script /target </dev/null) >/dev/null 2>&1 ||
		die "$1: cannot write to its file system"
	for i in "${!edited[@]}"; do
		read_file "${edited[i]}" | cmp -s - "$work/edit/$i" ||
			die "$1: no room for ${edited[i]} in its file system: enlarge it, or use --size"
	done
}

# Comments out the devices in its fstab, except the root's: a guest does not have them,
# and would wait for each.
mend_fstab()
{
	local old new line

	old=$(read_file /etc/fstab)
	[ -n "$old" ] || return 0
	new=$(awk '!/^[[:space:]]*(#|$)/ && $1 ~ /^(UUID|LABEL|PARTUUID|PARTLABEL|\/dev)/ {
		if ($2 == "/") {
			$1 = "/dev/cobd0"
			if ($3 ~ /^(xfs|btrfs)$/) { $3 = "ext4"; $4 = "defaults" }
		} else { $0 = "#colinux-image# " $0 }
	} { print }' <<<"$old")
	[ "$old" != "$new" ] || return 0
	sed -n 's/^#colinux-image# //p' <<<"$new" | while read -r line; do
		note "its /etc/fstab: commented out, as a guest has no such device: $line"
	done
	put /etc/fstab 644 <<<"$new"
}

# init_of: prints the kind of the first process.
init_of()
{
	local link

	link=${links[/sbin/init]-}
	case $link in
	*systemd)	echo systemd ;;
	*busybox*)	echo busybox ;;
	*openrc-init)	echo openrc ;;
	*runit*)	echo runit ;;
	*)	if has /etc/inittab; then
			echo sysv
		elif has /etc/runit/2; then
			echo runit
		elif has /usr/lib/systemd/systemd || has /lib/systemd/systemd; then
			echo systemd
		else
			echo unknown
		fi ;;
	esac
}

# getty_of PATH...: prints the first of these getty programs that the image has.
getty_of()
{
	local name

	for name; do
		! has "$name" || { echo "$name"; return 0; }
	done
	return 1
}

# add_to_inittab LINE: adds a line, unless there is one for hvc0.
add_to_inittab()
{
	local old

	old=$(read_file /etc/inittab)
	! grep -qE '^[^#]*\<hvc0\>' <<<"$old" || return 1
	put /etc/inittab 644 <<<"$old"$'\n'"$1"
}

# add_runit_service: adds a service in the directory of Void or of Debian.
add_runit_service()
{
	local dir=/etc/runit/runsvdir/default getty

	has "$dir" || dir=/etc/service
	has "$dir" || return 1
	! ask_root "ls $dir" | grep -q hvc0 || return 1
	if ! has /etc/sv/agetty-hvc0; then
		getty=$(getty_of /sbin/agetty /usr/bin/agetty /sbin/getty) || return 1
		has /etc/sv || edits+=('mkdir /etc/sv')
		edits+=('mkdir /etc/sv/agetty-hvc0')
		put /etc/sv/agetty-hvc0/run 755 <<<"#!/bin/sh"$'\n'"exec $getty 115200 hvc0"
	fi
	edits+=("symlink $dir/agetty-hvc0 /etc/sv/agetty-hvc0")
}

# add_login: adds a login at the guest's console. systemd makes one itself.
add_login()
{
	local init getty

	init=$(init_of)
	case $init in
	systemd)
		return 0 ;;
	busybox)
		# Without an inittab, busybox runs a shell at the console.
		has /etc/inittab || return 0
		getty=$(getty_of /sbin/getty /bin/getty /usr/sbin/getty) &&
			getty+=' 0 hvc0' || getty=-/bin/sh
		add_to_inittab "hvc0::respawn:$getty" || return 0 ;;
	sysv)
		getty=$(getty_of /sbin/agetty /sbin/getty /usr/sbin/agetty) || {
			note "its /etc/inittab: no getty found: add a line for hvc0"
			return 0
		}
		add_to_inittab "hvc0:12345:respawn:$getty 115200 hvc0" || return 0 ;;
	openrc)
		! has /etc/runlevels/default/agetty.hvc0 || return 0
		has /etc/init.d/agetty || return 0
		edits+=('symlink /etc/init.d/agetty.hvc0 agetty'
			'symlink /etc/runlevels/default/agetty.hvc0 /etc/init.d/agetty.hvc0') ;;
	runit)
		add_runit_service || return 0 ;;
	*)
		note "its init is unknown: add a login at hvc0 yourself"
		return 0 ;;
	esac
	note "its init ($init): a login at hvc0, the guest's console, was added"
}

# Adds hvc0 to /etc/securetty, if that restricts root's logins.
mend_securetty()
{
	local old

	old=$(read_file /etc/securetty)
	[ -n "$old" ] && ! grep -qx hvc0 <<<"$old" || return 0
	put /etc/securetty 644 <<<"$old"$'\n'hvc0
}

# renew_identity: gives the image, a copy, a machine ID and host keys of its own.
# systemd makes a machine ID if the file is empty.
renew_identity()
{
	local kind

	if has /etc/machine-id; then
		if [ "$(init_of)" = systemd ]; then
			put /etc/machine-id 444 </dev/null
		else
			put /etc/machine-id 444 <<<"$(tr -d - </proc/sys/kernel/random/uuid)"
		fi
	fi
	if has /var/lib/dbus/machine-id && [ "${links[/var/lib/dbus/machine-id]}" = - ]; then
		edits+=('rm /var/lib/dbus/machine-id'
			'symlink /var/lib/dbus/machine-id /etc/machine-id')
	fi
	for kind in rsa ecdsa ed25519; do
		has "/etc/ssh/ssh_host_${kind}_key" || continue
		need ssh-keygen openssh-client
		ssh-keygen -q -t "$kind" -N '' -C 'root@guest' -f "$work/key" </dev/null
		put "/etc/ssh/ssh_host_${kind}_key" 600 <"$work/key"
		put "/etc/ssh/ssh_host_${kind}_key.pub" 644 <"$work/key.pub"
		rm -f "$work"/key{,.pub}
		note "its SSH has a new host key ($kind)"
	done
	! has /etc/ssh/ssh_host_dsa_key || edits+=('rm /etc/ssh/ssh_host_dsa_key')
}

# mend WHAT: adapts the image, which was made from WHAT, to a guest.
mend()
{
	mkdir -m 755 "$work/edit"
	find_paths
	mend_fstab
	add_login
	mend_securetty
	renew_identity
	do_edits "$1"
	give_back "$work/image"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A root file system that is taken over: whose programs are in it, and what has to
# be other in a guest. Sourced by colinux-image, after jail.sh.

# shellcheck disable=SC2154 # work: colinux-image's

# Programs, one of which is in each root.
root_programs=(/usr/lib/systemd/systemd /lib/systemd/systemd /sbin/init
	/bin/busybox /bin/bash /bin/dash /bin/sh /usr/bin/bash)

# machine_of HEADER: whose program it is, from its first 20 bytes in hex; fails if
# it is none
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

# check_machine WHAT MACHINE
check_machine()
{
	[ "$2" = i386 ] ||
		die "$1: its programs are $2: guests are i386 (32-bit): take an installation of that"
}

# check_folder FOLDER [WHAT]: that its programs are a guest's
check_folder()
{
	local top name file machine

	top=$(realpath -e -- "$1")
	for name in "${root_programs[@]}"; do
		# A link may lead out of it.
		file=$(realpath -e -q -- "$1$name") || continue
		[[ $file == "$top"/* && -f $file ]] || continue
		machine=$(machine_of "$(hex "$file" 20)") || continue
		check_machine "${2:-$1}" "$machine"
		return 0
	done
}

# check_tar FILE: the same, as far as a program of those is in it as a file
check_tar()
{
	local machine

	machine=$(plain "$1" 2>/dev/null | jail '' '' tar -xOf - --wildcards \
		--no-wildcards-match-slash "${root_programs[@]/#/*}" "${root_programs[@]#/}" \
		2>/dev/null | hex - 20) || :
	machine=$(machine_of "$machine") || return 0
	check_machine "$1" "$machine"
}

# in_ext FILE OFFSET COMMAND: of debugfs; only to read
in_ext()
{
	jail "$1" '' debugfs -R "$3" "/source?offset=$2" 2>/dev/null </dev/null || :
}

# is_root FILE OFFSET: does an ext file system have an init?
is_root()
{
	printf 'stat %s\n' /sbin/init /usr/lib/systemd/systemd /bin/busybox /etc/fstab |
		jail "$1" '' debugfs -f - "/source?offset=$2" 2>/dev/null |
		grep '^Inode:' >/dev/null
}

# name_of FILE OFFSET: what its system calls itself
name_of()
{
	local name

	for name in /etc/os-release /usr/lib/os-release; do
		in_ext "$1" "$2" "cat $name" | tr -cd '[:print:]\n' |
			sed -n 's/^PRETTY_NAME="\?\([^"]*\)"\?$/\1/p' | grep -m 1 . && return
	done
	echo 'of no name'
}

# check_ext_root FILE OFFSET WHAT: that its programs are a guest's
check_ext_root()
{
	local name machine

	for name in "${root_programs[@]}"; do
		machine=$(machine_of "$(in_ext "$1" "$2" "cat $name" | hex - 20)") || continue
		check_machine "$3" "$machine"
		return 0
	done
}

# What follows is about $work/image, an ext file system that is to become the
# image; what it shall have is written to $work/edit first.

# ask_root COMMAND: of debugfs
ask_root()
{
	jail '' "$work/image" debugfs -R "$1" /target 2>/dev/null </dev/null || :
}

# read_file PATH: as far as a person may have written it
read_file()
{
	ask_root "cat $1" | head -c 1048576 | tr -d '\0'
}

edits=() edited=()

# put PATH MODE: what is read becomes the file, root's
put()
{
	local file=$work/edit/${#edited[@]}

	cat >"$file"
	chmod 644 "$file"
	edited+=("$1")
	edits+=("rm $1" "write /edit/${file##*/} $1" "set_inode_field $1 mode 0100$2"
		"set_inode_field $1 uid 0" "set_inode_field $1 gid 0")
}

# do_edits: and see that they are there
do_edits()
{
	local i

	[ ${#edits[@]} != 0 ] || return 0
	printf '%s\n' "${edits[@]}" >"$work/edit/script"
	(jail '' "$work/image" debugfs -w -f /edit/script /target </dev/null) >/dev/null 2>&1 ||
		die "$1: cannot write to its file system"
	for i in "${!edited[@]}"; do
		read_file "${edited[i]}" | cmp -s - "$work/edit/$i" ||
			die "$1: no room for ${edited[i]} in its file system: make that larger where it is, or say --size"
	done
}

# The devices of its fstab, the root's aside, are not there in the guest, which
# would wait for each of them.
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
		note "its /etc/fstab: commented out, as nothing in a guest has this name: $line"
	done
	put /etc/fstab 644 <<<"$new"
}

# mend WHAT: what was WHAT becomes a guest's root
mend()
{
	mkdir -m 755 "$work/edit"
	mend_fstab
	do_edits "$1"
	give_back "$work/image"
}

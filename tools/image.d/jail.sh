# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Runs programs that read untrusted data: partition tables, file systems, disks,
# archives. They run without privileges, and see no other file of the host. Sourced by
# colinux-image, whose $work is the directory of the new image.

# shellcheck disable=SC2154 # work: colinux-image's

nobody=65534

# real_root: tells whether we are root in the initial user namespace. Only this root can
# change to every other user.
real_root()
{
	[ "$(awk '/^Uid:/ { print $3 }' /proc/self/status)" = 0 ] &&
		grep -q ' 4294967295$' /proc/self/uid_map
}

# jail IN OUT PROGRAM [ARGUMENT]...: runs a program without capabilities, network and
# files, except: IN, which it reads as /source; OUT, which it writes as /target; and
# $work/edit, as /edit. IN and OUT may be ''.
#
# As real root, with files in $work, the program runs as user nobody, which becomes their
# owner. A file elsewhere may be readable only for us. Then the program keeps our user,
# in a user namespace, without privileges.
jail()
{
	local in=$1 out=$2 program=$3 rights=() become=() binds=() own=()

	shift 3
	if [ -b "$in" ]; then
		binds+=(--dev-bind "$in" /source)
	elif [ -n "$in" ]; then
		binds+=(--ro-bind "$in" /source)
		own=("$in")
	fi
	if [ -n "$out" ]; then
		binds+=(--bind "$out" /target)
		own+=("$out")
	fi
	[ ! -d "$work/edit" ] || binds+=(--ro-bind "$work/edit" /edit)
	if real_root && [[ -z $in || $in == "$work"/* ]]; then
		[ ${#own[@]} = 0 ] || chown "$nobody:$nobody" "${own[@]}"
		rights=(--cap-drop ALL --cap-add CAP_SETUID --cap-add CAP_SETGID
			--cap-add CAP_SETPCAP
			--ro-bind "$(type -P setpriv)" /setpriv)
		become=(/setpriv "--reuid=$nobody" "--regid=$nobody" --clear-groups
			--inh-caps=-all --bounding-set=-all)
	else
		rights=(--unshare-user --cap-drop ALL --uid "$nobody" --gid "$nobody")
	fi
	# With a preloaded fakeroot, bwrap would take itself for root. EXT2FS_NO_MTAB_OK:
	# e2fsprogs cannot look for mounted files in the jail, which has none. If a
	# signal ends bwrap before its process in the new PID namespace has asked to die
	# with it, that process waits for bwrap for ever, and SIGINT has no effect on it.
	"$COLINUX_TOP/tools/build/reaper" env -u LD_PRELOAD bwrap "${rights[@]}" \
		--unshare-net --unshare-pid --unshare-ipc --unshare-uts \
		--new-session --die-with-parent --clearenv --chdir / \
		--setenv LC_ALL C --setenv EXT2FS_NO_MTAB_OK 1 \
		--ro-bind /lib /lib --ro-bind-try /lib64 /lib64 \
		--perms 755 --dir /dev --dev-bind /dev/null /dev/null \
		--ro-bind "$(type -P "$program")" /program "${binds[@]}" \
		"${become[@]}" /program "$@"
}

# give_back FILE: changes the owner from nobody back to us.
give_back()
{
	chown "$(id -u):$(id -g)" "$1"
}

# to_probe FILE: sets probed to the path for jail(). For a block device, this is a
# read-only node of our own: a read-only bind mount does not protect a device.
to_probe()
{
	probed=$1
	if [ -b "$1" ] && real_root; then
		probed=$work/node
		[ -b "$probed" ] ||
			mknod -m 444 "$probed" b "$((0x$(stat -Lc %t "$1")))" \
				"$((0x$(stat -Lc %T "$1")))" ||
			die "$1: cannot make a device for it in $work"
	fi
}

# look FILE TAG [OFFSET]: prints a value that blkid finds.
look()
{
	jail "$1" '' blkid -p -O "${3:-0}" -s "$2" -o value /source 2>/dev/null </dev/null |
		tr -cd '[:print:]' || :
}

# hex FILE BYTES: prints the first bytes in hexadecimal.
hex()
{
	head -c "$2" -- "$1" | od -An -v -tx1 | tr -d ' \n'
}

# packer FILE: prints the program that compressed the file; nothing if it is not
# compressed.
packer()
{
	case $(hex "$1" 6) in
	1f8b*)		echo gzip ;;
	fd377a585a00)	echo xz ;;
	28b52ffd*)	echo zstd ;;
	425a68*)	echo bzip2 ;;
	esac
}

# plain FILE: prints the content, unpacked.
plain()
{
	local program

	program=$(packer "$1")
	if [ -z "$program" ]; then
		cat <"$1"
		return
	fi
	jail '' '' "$program" -dc <"$1"
}

# need_packer FILE: dies if the program to unpack the file is missing.
need_packer()
{
	case $(packer "$1") in
	gzip)	need gzip gzip ;;
	xz)	need xz xz-utils ;;
	zstd)	need zstd zstd ;;
	bzip2)	need bzip2 bzip2 ;;
	esac
}

# most: prints the largest size of an unpacked file: that of the file system of $work.
# So a small file cannot unpack for ever.
most()
{
	df --output=size -B 1 "$work" | tail -n 1
}

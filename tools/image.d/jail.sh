# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Programs that read what a stranger may have written: tables, file systems, disks,
# archives. They run without rights, and see nothing of the host but that. Sourced
# by colinux-image, whose $work is the folder for what is being made.

# shellcheck disable=SC2154 # work: colinux-image's

nobody=65534

# Root of the first user namespace: no other can become somebody else.
real_root()
{
	[ "$(awk '/^Uid:/ { print $3 }' /proc/self/status)" = 0 ] &&
		grep -q ' 4294967295$' /proc/self/uid_map
}

# jail IN OUT PROGRAM [ARGUMENT]...: run it without capabilities, network or any
# file but IN, which is /source, to read; OUT, which is /target, to write; and
# /edit, of $work. Either may be ''. Of what is in $work nobody becomes the owner
# and runs it. A file elsewhere may be ours alone to read: a user namespace
# keeps our rights from it then.
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
	# A preloaded fakeroot would tell bwrap that it is root. In here no file is
	# mounted, which e2fsprogs cannot see. If a signal ends bwrap before its
	# process in the new PID namespace has asked to die with it, that process
	# waits for bwrap for ever, and SIGINT has no effect on it.
	"$COLINUX_TOP/tools/build/reaper" env -u LD_PRELOAD bwrap "${rights[@]}" \
		--unshare-net --unshare-pid --unshare-ipc --unshare-uts \
		--new-session --die-with-parent --clearenv --chdir / \
		--setenv LC_ALL C --setenv EXT2FS_NO_MTAB_OK 1 \
		--ro-bind /lib /lib --ro-bind-try /lib64 /lib64 \
		--perms 755 --dir /dev --dev-bind /dev/null /dev/null \
		--ro-bind "$(type -P "$program")" /program "${binds[@]}" \
		"${become[@]}" /program "$@"
}

# give_back FILE: that nobody owned
give_back()
{
	chown "$(id -u):$(id -g)" "$1"
}

# to_probe FILE: sets probed to what jail() is given for it. Of a device that is a
# node of our own which can be read alone: the rights of a device are not the
# mount's.
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

# look FILE TAG [OFFSET]: what blkid finds there
look()
{
	jail "$1" '' blkid -p -O "${3:-0}" -s "$2" -o value /source 2>/dev/null </dev/null |
		tr -cd '[:print:]' || :
}

# hex FILE BYTES: its first ones
hex()
{
	head -c "$2" -- "$1" | od -An -v -tx1 | tr -d ' \n'
}

# packer FILE: the program that compressed it
packer()
{
	case $(hex "$1" 6) in
	1f8b*)		echo gzip ;;
	fd377a585a00)	echo xz ;;
	28b52ffd*)	echo zstd ;;
	425a68*)	echo bzip2 ;;
	esac
}

# plain FILE: what is in it, unpacked
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

# need_packer FILE
need_packer()
{
	case $(packer "$1") in
	gzip)	need gzip gzip ;;
	xz)	need xz xz-utils ;;
	zstd)	need zstd zstd ;;
	bzip2)	need bzip2 bzip2 ;;
	esac
}

# most: how large what is unpacked may become: as large as the file system that it
# goes to, which no small file can be expected to fill
most()
{
	df --output=size -B 1 "$work" | tail -n 1
}
